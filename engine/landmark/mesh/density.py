"""A field's density on a grid, and the threshold from which on it counts as solid."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import BadRequest, EmptyField
from engine.landmark.mesh.crop import Cropped

MOST_CELLS = 512
_CANDIDATES = 48
_FULL = 7.0
"""Optical thickness of a cell from which on nothing shines through it; no threshold beyond it is looked at."""
_AS_GOOD = 1.05
"""A threshold is as good as the best one while its error is at most so many times the least error."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DensityGrid:
    """Densities at the corners of cubic cells that fill a crop box, and of one more layer of cells around it."""

    values: Floats
    """(X, Y, Z) density per unit: east, north, up; 0 outside the box."""
    origin: NDArray[np.float64]
    """(3,) where `values[0, 0, 0]` is, in the cube's coordinates."""
    cell: float
    """Edge of a cell, in units of the cube."""


@torch.no_grad()
def sample_density(
    field: Cropped,
    resolution: int = 128,
    *,
    device: torch.device | str = "cpu",
    chunk: int = 2**18,
) -> DensityGrid:
    """The field's density where a mesh is to be made; `resolution` cells along the crop box's longest edge.

    At most `chunk` points are with the field at a time. Raises BadRequest for a resolution that is not in [8, 512],
    EmptyField where a density is not a finite number.
    """
    if not 8 <= resolution <= MOST_CELLS:
        raise BadRequest(
            f"a mesh cannot have {resolution} cells along an edge; give a resolution from 8 to {MOST_CELLS}"
        )
    low, high = np.array(field.crop.low), np.array(field.crop.high)
    cell = float((high - low).max()) / resolution
    origin = low - cell
    # The corners, and one more on each side.
    size = tuple(int(n) for n in np.ceil((high - low) / cell - 1e-6) + 3)
    values = np.empty(math.prod(size), np.float32)
    for start in range(0, len(values), chunk):
        numbers = np.arange(start, min(start + chunk, len(values)))
        points = origin + cell * np.stack(np.unravel_index(numbers, size), axis=1)
        values[numbers] = field.density(torch.from_numpy(points).float().to(device)).float().cpu().numpy()
    if bad := np.count_nonzero(~np.isfinite(values)):
        raise EmptyField(
            f"the field's density is not a finite number at {bad:,} of {len(values):,} points, so no mesh can be made "
            "of it; reconstruct again"
        )
    return DensityGrid(values.reshape(size), origin, cell)


def choose_threshold(grid: DensityGrid) -> float:
    """The density whose surface is where light ends.

    Looked at along the three axes from both sides, the light of a ray ends before, at or behind the surface of a given
    threshold; the threshold is the one for which the mean distance between the two is least. So a field that is only
    half learned, where no cell is opaque but twenty in a row are, gets its surface as well as one with hard walls. Of
    thresholds that are about as good as the best it is the lowest: a little fog is better than a hole.

    Raises EmptyField when no ray is at least half stopped.
    """
    alphas = -np.expm1(-grid.values * grid.cell)
    if (darkest := max(float((1 - np.prod(1 - alphas, axis=axis)).max()) for axis in range(3))) < 0.5:
        raise EmptyField(
            f"the field is empty: nothing in it hides more than {darkest:.0%} of what is behind it; reconstruct again "
            "with another seed, or crop less of it away"
        )
    faintest = math.log(2) / (grid.cell * max(alphas.shape))  # half stopped after the whole way
    fullest = max(min(_FULL / grid.cell, float(grid.values.max())), faintest)
    candidates = np.geomspace(faintest, fullest, _CANDIDATES)
    levels = -np.expm1(-candidates * grid.cell)
    errors = np.zeros(_CANDIDATES)
    for axis in range(3):
        along = np.moveaxis(alphas, axis, 0).reshape(alphas.shape[axis], -1)
        along = along[:, along.max(axis=0) >= levels[0]]  # the others miss every surface
        errors += _depth_errors(along, levels) + _depth_errors(along[::-1], levels)
    return float(candidates[errors <= _AS_GOOD * errors.min()].min())


def _depth_errors(alphas: Floats, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each level, the distance in cells between where light ends and the first cell of that level, over all rays.

    (K, M): K cells of M rays, front to back. Light that nothing stops ends behind the last cell, as does a ray that
    meets no such cell.
    """
    left = np.cumprod(1 - alphas, axis=0)  # share of the light that is left behind each cell
    error_of_first = left.sum(
        axis=0
    )  # of a surface in the first cell: the mean number of cells that light passes
    # One cell farther back, the surface is farther from the light that has ended and nearer to what is left.
    gained = np.cumsum(1 - 2 * left, axis=0)
    highest = np.maximum.accumulate(alphas, axis=0)
    columns = np.arange(alphas.shape[1])
    errors = np.empty(len(levels))
    for number, level in enumerate(levels):
        surface = np.count_nonzero(highest < level, axis=0)
        errors[number] = (error_of_first + np.where(surface > 0, gained[surface - 1, columns], 0)).sum()
    return errors
