"""The ground as maps: what covers it, and how high the houses stand around, for the light that reaches a point."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from engine.world.raycast.noise import smooth

EDGE_CELLS = 5
"""Distances to a border are known within half as many cells on either side; 0 and 255 mean farther."""
MASS_RADII_M = (5.0, 14.0, 40.0)


@dataclass(frozen=True, eq=False)
class Ground:
    """Maps over a rectangle of the local frame; outside it their last values go on."""

    west_m: float
    south_m: float
    cell_m: float
    covers: Mapping[str, UInt8[np.ndarray, "H W"]]
    """Of land, park, lawn (a park without paths), plaza and lake: the distance to the border, see `EDGE_CELLS`."""
    mass: tuple[UInt8[np.ndarray, "H W"], ...] = field(default=())
    """Mean height of the houses within each of `MASS_RADII_M`; a step is `MASS_STEP_M`."""

    def cover(self, name: str, east_m: Tensor, north_m: Tensor) -> Float[Tensor, "*N"]:
        """Signed distance in metres to the border of a cover, positive inside, within `EDGE_CELLS` / 2 cells."""
        span = EDGE_CELLS * self.cell_m
        if name not in self.covers:
            return torch.full_like(east_m, -span / 2)
        return (self._at(name, east_m, north_m) / 255 - 0.5) * span

    def mean_height(self, level: int, east_m: Tensor, north_m: Tensor) -> Float[Tensor, "*N"]:
        """Mean height in metres of the houses around a point."""
        if not self.mass:
            return torch.zeros_like(east_m)
        return self._at(f"mass{level}", east_m, north_m) * MASS_STEP_M

    def _at(self, name: str, east_m: Tensor, north_m: Tensor) -> Float[Tensor, "*N"]:
        """The map between its cells."""
        table, height, width = _on_device(self, name, east_m.device)
        x = ((east_m - self.west_m) / self.cell_m - 0.5).clamp(0, width - 1.001)
        y = ((north_m - self.south_m) / self.cell_m - 0.5).clamp(0, height - 1.001)
        column, row = x.floor(), y.floor()
        fx, fy = x - column, y - row
        index = row.long() * width + column.long()
        lower = torch.lerp(table[index].float(), table[index + 1].float(), fx)
        upper = torch.lerp(table[index + width].float(), table[index + width + 1].float(), fx)
        return torch.lerp(lower, upper, fy)


MASS_STEP_M = 0.8


def openness(
    ground: Ground, east_m: Tensor, north_m: Tensor, up_m: Tensor, nx: Tensor, ny: Tensor
) -> Float[Tensor, "*N"]:
    """Share of the sky's light, in (0, 1], that reaches a point whose surroundings stand as high as they do."""
    closed = torch.zeros_like(east_m)
    for level, radius in enumerate(MASS_RADII_M):
        height = ground.mean_height(level, east_m + nx * radius, north_m + ny * radius)
        rise = ((height - up_m) / radius).clamp(0, 4)
        closed = closed + rise * (0.40, 0.36, 0.32)[level]
    return 1 / (1 + closed)


def wander(east_m: Tensor, north_m: Tensor, size_m: float) -> Float[Tensor, "*N"]:
    """Slow variation in [-1, 1] over the ground."""
    return smooth(east_m / size_m, north_m / size_m) * 2 - 1


@lru_cache(maxsize=32)
def _on_device(ground: Ground, name: str, device: torch.device) -> tuple[Tensor, int, int]:
    table = ground.mass[int(name[4:])] if name.startswith("mass") else ground.covers[name]
    return torch.from_numpy(np.ascontiguousarray(table)).reshape(-1).to(device), *table.shape
