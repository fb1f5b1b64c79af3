"""A field of hashed grids: features on grids from coarse to fine, kept in small tables, and a small perceptron."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from engine.landmark.fields.activation import Blob, exponential

_PRIMES = (1, 2_654_435_761, 805_459_861)
"""Factors of the spatial hash for x, y and z, as Instant-NGP has them; 1 keeps neighbours in x near each other."""


class HashGridField(nn.Module):
    """Instant-NGP in pure torch: `num_levels` grids from `coarsest` to `finest` cells along the cube's edge.

    Each level has a table of at most 2^log2_table_size rows of `num_features`; a grid that is larger shares rows by a
    hash, and the perceptron learns to live with it. Twice differentiable. On a GPU the choice of the paper; on a CPU
    its 8 corners on every level cost too much. Learning rate 0.01.
    """

    def __init__(
        self,
        num_levels: int = 12,
        coarsest: int = 16,
        finest: int = 256,
        num_features: int = 2,
        log2_table_size: int = 16,
        width: int = 64,
        blob: Blob | None = None,
    ) -> None:
        super().__init__()
        growth = (finest / coarsest) ** (1 / max(num_levels - 1, 1))
        self.cells = [math.floor(coarsest * growth**level + 1e-6) for level in range(num_levels)]
        self.rows = [min((cells + 1) ** 3, 2**log2_table_size) for cells in self.cells]
        self.blob = blob
        self.table = nn.Parameter(torch.empty(sum(self.rows), num_features).uniform_(-1e-4, 1e-4))
        self.mlp = nn.Sequential(nn.Linear(num_levels * num_features, width), nn.ReLU(), nn.Linear(width, 4))

    def density(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        return self(points)[0]

    def forward(self, points: Float[Tensor, "N 3"]) -> tuple[Float[Tensor, " N"], Float[Tensor, "N 3"]]:
        raw = self.mlp(self._features(points))
        bias = 0.0 if self.blob is None else self.blob.at(points)
        return exponential(raw[:, 0] + bias), raw[:, 1:].sigmoid()

    def _features(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, "N F"]:
        """Every level's interpolated features, side by side."""
        index, shares, first = [], [], 0
        for cells, rows in zip(self.cells, self.rows, strict=True):
            row, share = _corners(points, cells, rows)
            index.append(row + first)
            shares.append(share)
            first += rows
        features = functional.embedding(torch.stack(index, dim=1), self.table)  # (N, L, 8, F)
        return (features * torch.stack(shares, dim=1)[..., None]).sum(2).flatten(1)


def _corners(
    points: Float[Tensor, "N 3"], cells: int, rows: int
) -> tuple[Int[Tensor, "N 8"], Float[Tensor, "N 8"]]:
    """Rows of the eight corners of each point's cell in the level's table, and their trilinear shares."""
    scaled = (points + 1) * (cells / 2)
    low = scaled.detach().floor().clamp(0, cells - 1)
    inner = scaled - low
    shares = torch.stack([1 - inner, inner], dim=-1)  # (N, 3, 2)
    ends = low.long()[..., None] + torch.arange(2, device=points.device)  # (N, 3, 2)
    x, y, z = ends[:, 0, None, None, :], ends[:, 1, None, :, None], ends[:, 2, :, None, None]
    if (cells + 1) ** 3 <= rows:
        row = (z * (cells + 1) + y) * (cells + 1) + x
    else:
        row = ((x * _PRIMES[0]) ^ (y * _PRIMES[1]) ^ (z * _PRIMES[2])) % rows
    share = shares[:, 0, None, None, :] * shares[:, 1, None, :, None] * shares[:, 2, :, None, None]
    return row.flatten(1), share.flatten(1)
