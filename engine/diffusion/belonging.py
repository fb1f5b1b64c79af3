"""Belonging: where in a box a picture is most at home, sought from coarse cells to fine ones by its error at places."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Float

from engine.errors import BadModel
from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.geo.region import Box

Errors = Callable[[Sequence[Place], int], Float[np.ndarray, " P"]]
"""(places, number of a draw) -> error of the picture at each place; a draw is the same for all places."""

FINEST_M: Final = 100.0
"""The last round brings the longer side of its cells to this or less; photos are off by 5 to 15 m."""
SPLIT_SHARE: Final = 16
"""A round splits the best sixteenth of as many cells as the first round has."""
_TO_GUMBEL: Final = math.sqrt(6) / math.pi
"""Scale of a Gumbel variable with a standard deviation of 1."""
_LEAST_TEMPERATURE: Final = 1e-30
_POINTS: Final = 8
"""A cell's plausibility is spread over so many points along each side when distances are measured."""


@dataclass(frozen=True)
class Belonging:
    """How plausible each cell of a box is as the place of a picture, relative to the others."""

    cells: tuple[Box, ...]
    """They fill the box without overlap; each was asked at its centre."""
    errors: Float[np.ndarray, "N K"]
    """Of each cell at each draw; NaN behind the draws with which it was asked."""

    @cached_property
    def best(self) -> int:
        """Number of the cell with the least mean error, among those that were asked with the most draws."""
        asked = np.isfinite(self.errors).sum(axis=1)
        return int(np.argmin(np.where(asked == asked.max(), np.nanmean(self.errors, axis=1), np.inf)))

    @property
    def place(self) -> Place:
        """The centre of the best cell."""
        return self.cells[self.best].centre

    @cached_property
    def gaps(self) -> Float[np.ndarray, " N"]:
        """How much larger the mean error of each cell is than the best one's, over the draws that they share.

        0 where it is less, which is possible for a cell that was asked with fewer draws.
        """
        return np.maximum(np.nanmean(self.errors - self.errors[self.best], axis=1), 0.0)

    @cached_property
    def likeness(self) -> Float[np.ndarray, " N"]:
        """Plausibility of a square metre of each cell, where one of the best cell has 1.

        A softmax of -error: exp(-gap / temperature). The temperature is sqrt(6) / pi times the standard error of one
        place's mean error, which is that of a gap over sqrt(2), from the scatter of the paired differences over the
        draws, pooled over the cells. If mean errors erred by Gumbel variables of that size, the softmax would be the
        chance that a place is truly the best one (McFadden 1974). So more draws make it sharper, and it is relative:
        no probability that a photo was taken there.
        """
        apart = np.delete(self.errors - self.errors[self.best], self.best, axis=0)
        scatter = np.nanvar(apart, axis=1, ddof=1).mean()
        temperature = _TO_GUMBEL * math.sqrt(scatter / 2 / self.errors.shape[1])
        return np.exp(-self.gaps / max(temperature, _LEAST_TEMPERATURE))

    @cached_property
    def plausibility(self) -> Float[np.ndarray, " N"]:
        """Relative plausibility of each whole cell, which is larger for larger cells; 1 in all."""
        whole = self.likeness * [cell.area_m2 for cell in self.cells]
        return whole / whole.sum()

    @cached_property
    def uncertainty_m(self) -> float:
        """Radius in metres around the best place that holds half of the plausibility."""
        return half_radius_m(self.place, self.cells, self.plausibility)


@dataclass(frozen=True)
class Search:
    """A search from coarse to fine: how many cells are asked with how many draws."""

    box: Box
    count: int = 144
    """Cells of the first round at most; 2 at least."""
    draws: int = 8
    """Draws of the first round, 2 at least; each later one has so many more."""
    rounds: int = 5
    """Rounds in which cells are split at most; fewer where FINEST_M is reached before."""

    @cached_property
    def tiles(self) -> tuple[Box, ...]:
        """The cells of the first round."""
        return tiles(self.box, self.count)

    @property
    def splits(self) -> int:
        """Cells that are split in each later round."""
        return max(1, len(self.tiles) // SPLIT_SHARE)

    @property
    def halvings(self) -> int:
        """Later rounds."""
        halvings = math.ceil(math.log2(max(1.0, _longer_side_m(self.tiles[0]) / FINEST_M)))
        return min(self.rounds, halvings)

    @property
    def most_draws(self) -> int:
        """Draws of the last round."""
        return self.draws * (self.halvings + 1)

    @property
    def evaluations(self) -> int:
        """How often an error is asked for in all."""
        later = sum(4 * self.splits * self.draws * (number + 2) for number in range(self.halvings))
        return len(self.tiles) * self.draws + later

    def run(self, errors: Errors, on_found: Callable[[Belonging], None] | None = None) -> Belonging:
        """Where the picture belongs; every later round puts four quarters in the place of the best cells.

        `on_found` hears what is known after each draw of the first round but its first, and after each later round; it
        may raise to stop. Raises BadModel where an error is not finite, and what `errors` raises.
        """
        hear = on_found or (lambda found: None)
        table = _asked(errors, self.tiles, 0)[:, None]
        for draw in range(1, self.draws):
            table = np.column_stack([table, _asked(errors, self.tiles, draw)])
            hear(Belonging(self.tiles, table))
        found = Belonging(self.tiles, table)
        for number in range(self.halvings):
            found = self._split(found, errors, self.draws * (number + 2))
            hear(found)
        return found

    def _split(self, found: Belonging, errors: Errors, draws: int) -> Belonging:
        chosen = np.argsort(found.gaps, kind="stable")[: self.splits].tolist()
        kept = [number for number in range(len(found.cells)) if number not in chosen]
        fresh = tuple(quarter for number in chosen for quarter in quarters(found.cells[number]))
        asked = np.column_stack([_asked(errors, fresh, draw) for draw in range(draws)])
        before = np.full((len(kept), draws), np.nan)
        before[:, : found.errors.shape[1]] = found.errors[kept]
        return Belonging(
            tuple(found.cells[number] for number in kept) + fresh, np.concatenate([before, asked])
        )


def half_radius_m(here: Place, cells: Sequence[Box], plausibility: Float[np.ndarray, " N"]) -> float:
    """Radius in metres around `here` that holds half of the plausibility of cells, each of which has it evenly."""
    along = (np.arange(_POINTS) + 0.5) / _POINTS
    south, west, north, east = np.array([(cell.south, cell.west, cell.north, cell.east) for cell in cells]).T[
        ..., None, None
    ]
    latitude = south + (north - south) * along[:, None] + np.zeros(_POINTS)
    longitude = west + (east - west) * along + np.zeros((_POINTS, 1))
    distances_m, _ = ellipsoid.inverse(here.latitude, here.longitude, latitude.ravel(), longitude.ravel())
    nearest = np.argsort(distances_m)
    held = np.cumsum(np.repeat(plausibility / _POINTS**2, _POINTS**2)[nearest])
    return float(distances_m[nearest[np.searchsorted(held, held[-1] / 2)]])


def tiles(box: Box, count: int) -> tuple[Box, ...]:
    """At most `count` cells about as wide as high on the ground that fill the box, from the south-west eastwards."""
    side_m = math.sqrt(box.width_m * box.height_m / count)
    rows = min(count, max(1, round(box.height_m / side_m)))
    columns = count // rows
    norths, easts = np.linspace(box.south, box.north, rows + 1), np.linspace(box.west, box.east, columns + 1)
    return tuple(
        Box(norths[row], easts[column], norths[row + 1], easts[column + 1])
        for row in range(rows)
        for column in range(columns)
    )


def quarters(cell: Box) -> tuple[Box, Box, Box, Box]:
    """The four quarters of a cell: south-west, south-east, north-west, north-east."""
    middle = cell.centre
    latitudes, longitudes = (
        (cell.south, middle.latitude, cell.north),
        (cell.west, middle.longitude, cell.east),
    )
    south_west, south_east, north_west, north_east = (
        Box(latitudes[row], longitudes[column], latitudes[row + 1], longitudes[column + 1])
        for row in range(2)
        for column in range(2)
    )
    return south_west, south_east, north_west, north_east


def _asked(errors: Errors, cells: Sequence[Box], draw: int) -> Float[np.ndarray, " P"]:
    found = np.asarray(errors([cell.centre for cell in cells], draw), np.float64)
    if not np.isfinite(found).all():
        raise BadModel(
            "the model's predictions for this picture are not finite numbers; copy or train the model again"
        )
    return found


def _longer_side_m(cell: Box) -> float:
    return max(cell.width_m, cell.height_m)
