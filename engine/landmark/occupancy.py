"""Where a field is empty: a coarse grid of densities, so that rays are sampled only where something may be."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from engine.landmark.fields.field import Field

_MIST_CELLS = 3
"""Around what is emptied, for what is soft has no clear end."""


class Occupancy(nn.Module):
    """Fading maximum of a field's density in each of `resolution`^3 cells (Instant-NGP, Appendix C).

    A cell is occupied from a density of `threshold` on, or from the mean density where that is lower: a field that
    has hardly begun is not taken for empty. Everything is occupied before the first `update`. The state is in
    buffers, so `state_dict` has it.
    """

    densities: Float[Tensor, " R3"]
    occupied: Bool[Tensor, " R3"]

    def __init__(self, resolution: int = 48, threshold: float = 0.5, decay: float = 0.8) -> None:
        super().__init__()
        self.resolution, self.threshold, self.decay = resolution, threshold, decay
        self.register_buffer("densities", torch.zeros(resolution**3))
        self.register_buffer("occupied", torch.ones(resolution**3, dtype=torch.bool))

    @torch.no_grad()
    def update(self, field: Field, generator: torch.Generator) -> None:
        """Looks at one random point of every cell; what was seen there before has faded by `decay`."""
        cells = torch.arange(self.resolution)
        up, north, east = torch.meshgrid(cells, cells, cells, indexing="ij")
        corners = torch.stack([east, north, up], dim=-1).reshape(-1, 3)
        points = (corners + torch.rand(corners.shape, generator=generator)) / self.resolution * 2 - 1
        seen = field.density(points.to(self.densities))
        self.densities.mul_(self.decay).copy_(torch.maximum(self.densities, seen))
        self.occupied.copy_(self.densities >= self.densities.mean().clamp_max(self.threshold))

    @torch.no_grad()
    def drop_crumbs(self, least_share: float = 0.1, density: float = 4.0) -> None:
        """Empties what is dense but small or does not stand, such as a cloud, with the mist around it.

        Small are connected components of at least this `density` with less than `least_share` of the cells of the
        largest one, and what lies higher than its middle stands only above it.
        """
        from scipy.ndimage import binary_dilation, generate_binary_structure, label

        edges = (self.resolution,) * 3
        dense = (self.densities >= density).view(edges).cpu().numpy()
        touching = generate_binary_structure(3, 3)
        components = np.empty(edges, np.int32)
        label(dense, touching, output=components)
        cells = np.bincount(components.ravel())
        cells[0] = 0  # what is not dense
        if cells.max() == 0:
            return
        largest = components == cells.argmax()
        heights = largest.any((1, 2)).nonzero()[0]
        floating = ~np.isin(np.arange(len(cells)), components[: (heights[0] + heights[-1]) // 2])
        beside = np.bincount(components[:, ~largest.any(0)].ravel(), minlength=len(cells)) > cells / 2
        crumbs = (cells < least_share * cells.max()) | (floating & beside)
        gone = np.asarray(binary_dilation(crumbs[components] & dense, touching, iterations=_MIST_CELLS), bool)
        gone &= ~np.asarray(binary_dilation(~crumbs[components] & dense, touching), bool)
        left = torch.from_numpy(~gone).reshape(-1).to(self.occupied)
        self.occupied &= left
        self.densities.mul_(left)

    def solid(self, density: float) -> Float[Tensor, "N 3"]:
        """Middles of the occupied cells of at least this density."""
        cells = ((self.densities >= density) & self.occupied).view((self.resolution,) * 3).nonzero().flip(1)
        return (cells + 0.5) / self.resolution * 2 - 1

    def at(self, points: Float[Tensor, "*B 3"]) -> Bool[Tensor, "*B"]:
        """Whether something may be at the points, which are within the cube."""
        cells = ((points + 1) * (self.resolution / 2)).long().clamp_(0, self.resolution - 1)
        east, north, up = cells.unbind(-1)
        return self.occupied[(up * self.resolution + north) * self.resolution + east]
