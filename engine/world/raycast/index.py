"""Solids sorted into cells of the plan, so that a view need not look at a whole city."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from engine.world.raycast.solids import RANGES_M, Kind, Solids

_CELL_M = 300.0


@dataclass(frozen=True, eq=False)
class Indexed:
    """One kind's solids, cell after cell; a cell holds solids of one level of detail and about one size."""

    solids: Solids
    starts: Int[np.ndarray, "C"]
    sizes: Int[np.ndarray, "C"]
    low: Float[np.ndarray, "C 2"]
    high: Float[np.ndarray, "C 2"]
    """Bounds of the cell's solids and of their anchors."""
    widest: Float[np.ndarray, "C"]
    level: Int[np.ndarray, "C"]

    def rows(self, foot: Float[np.ndarray, "2"], reach_m: float, smallest: float) -> Int[np.ndarray, "M"]:
        """Rows of `solids` in the cells that may matter from `foot`; see `culling.around`."""
        gap = np.linalg.norm(np.maximum(np.maximum(self.low - foot, foot - self.high), 0), axis=1)
        keep = (gap < reach_m) & (self.widest > smallest * gap) & (gap < RANGES_M[self.level, 1])
        starts, sizes = self.starts[keep], self.sizes[keep]
        steps = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.repeat(starts, sizes) + steps


def apparent_width(half: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N"]:
    """Width that decides from how far solids of these half sizes can be seen: the mean of breadth and height."""
    return 2 * np.sqrt(np.maximum(half[:, 0], half[:, 1]) * np.maximum(half[:, 2], 0.05))


def indexed(solids: Mapping[Kind, Solids]) -> dict[Kind, Indexed]:
    """All tables sorted into cells."""
    return {kind: _sorted(table) for kind, table in solids.items()}


def _sorted(table: Solids) -> Indexed:
    width = apparent_width(table.half)
    size = np.clip(np.log2(np.maximum(width, 0.1)).round(), -4, 8)
    cell = np.floor(table.centre[:, :2] / _CELL_M)
    order = np.lexsort((cell[:, 0], cell[:, 1], size, table.level))
    table, width = table.take(order), width[order]
    keys = np.column_stack([cell, size])[order]
    changes = np.flatnonzero((np.diff(keys, axis=0) != 0).any(1) | (np.diff(table.level) != 0)) + 1
    starts = np.concatenate([[0], changes]) if len(table) else np.zeros(0, dtype=int)
    sizes = np.diff(np.append(starts, len(table)))
    least = np.minimum(table.centre[:, :2] - table.half[:, :2], table.anchor)
    most = np.maximum(table.centre[:, :2] + table.half[:, :2], table.anchor)
    if not len(table):
        return Indexed(table, starts, sizes, least, most, width, table.level)
    return Indexed(
        table,
        starts,
        sizes,
        np.minimum.reduceat(least, starts),
        np.maximum.reduceat(most, starts),
        np.maximum.reduceat(width, starts),
        table.level[starts],
    )
