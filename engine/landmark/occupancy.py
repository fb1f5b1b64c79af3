"""Where a field is empty: a coarse grid of densities, so that rays are sampled only where something may be."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from engine.landmark.fields.field import Field


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

    def at(self, points: Float[Tensor, "*B 3"]) -> Bool[Tensor, "*B"]:
        """Whether something may be at the points, which are within the cube."""
        cells = ((points + 1) * (self.resolution / 2)).long().clamp_(0, self.resolution - 1)
        east, north, up = cells.unbind(-1)
        return self.occupied[(up * self.resolution + north) * self.resolution + east]
