"""A field of voxels: raw density and raw colour on a dense grid, interpolated, then activated."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from engine.landmark.fields.activation import Blob

_GAIN = 32.0
"""Density of one unit of raw density: opaque within a few voxels of a 64-voxel cube."""
_SORTED_FROM = 4096
"""Points from which on they are visited cell after cell: the grid is larger than a core's cache, a cell is not."""


class VoxelField(nn.Module):
    """Grid of `resolution` points along each edge of the cube; the choice for a CPU (learning rate 0.2).

    As in DVGO the activation comes after the interpolation, so surfaces can be sharper than the grid. Its normals can
    be exact, but a loss can depend on them only by finite differences: torch does not differentiate its grid sampling
    twice. `initial_density` is everywhere; a `blob` is added before the activation.
    """

    def __init__(self, resolution: int = 64, blob: Blob | None = None, initial_density: float = 0.5) -> None:
        super().__init__()
        self.grid = nn.Parameter(torch.zeros(1, 4, resolution, resolution, resolution))
        """Raw density, red, green and blue; then up, north, east."""
        self.blob = blob
        self._shift = math.log(math.expm1(initial_density / _GAIN))

    def density(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        return self._activated(_interpolated(self.grid[:, :1], points)[:, 0], points)

    def forward(self, points: Float[Tensor, "N 3"]) -> tuple[Float[Tensor, " N"], Float[Tensor, "N 3"]]:
        raw = _interpolated(self.grid, points)
        return self._activated(raw[:, 0], points), raw[:, 1:].sigmoid()

    @torch.no_grad()
    def resize(self, resolution: int) -> None:
        """Goes on with a finer or coarser grid of the same field; optimisers must be told anew."""
        size = (resolution, resolution, resolution)
        finer = functional.interpolate(self.grid, size, mode="trilinear", align_corners=True)
        self.grid = nn.Parameter(finer.contiguous())

    def _activated(self, raw: Float[Tensor, " N"], points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        if self.blob is not None:
            raw = raw + self.blob.at(points)
        return functional.softplus(raw + self._shift) * _GAIN


def _interpolated(grid: Float[Tensor, "1 C D H W"], points: Float[Tensor, "N 3"]) -> Float[Tensor, "N C"]:
    """The grid's values at the points."""
    if len(points) < _SORTED_FROM:
        return _sampled(grid, points)
    size = grid.shape[-1]
    cells = ((points.detach() + 1) * ((size - 1) / 2)).long()
    order = ((cells[:, 2] * size + cells[:, 1]) * size + cells[:, 0]).argsort()
    back = torch.empty_like(order).scatter_(0, order, torch.arange(len(order), device=order.device))
    return _sampled(grid, points[order])[back]


def _sampled(grid: Float[Tensor, "1 C D H W"], points: Float[Tensor, "N 3"]) -> Float[Tensor, "N C"]:
    places = points[None, None, None]  # (1, 1, 1, N, 3)
    return functional.grid_sample(grid, places, align_corners=True, padding_mode="border")[0, :, 0, 0].T
