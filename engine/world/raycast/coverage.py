"""Which tiles of rays a solid can touch: by its outline on the screen, or by its shadow square to the sun."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from engine.world.raycast.camera import TILE_PX, Camera
from engine.world.raycast.solids import Kind, Solids

_NEAR_PLANE_M = 0.05
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
_EDGES = np.array([(i, i | bit) for i in range(8) for bit in (1, 2, 4) if not i & bit])


@dataclass(frozen=True)
class Candidates:
    """Solids that each tile must be tested against, tile after tile."""

    solids: Int[Tensor, "P"]
    starts: Int[Tensor, "T"]
    counts: Int[Tensor, "T"]

    def step(self, tiles: Int[Tensor, "A"], k: int, width: int) -> tuple[Int[Tensor, "A W"], Tensor]:
        """Candidates k to k + width of some tiles, and which of them exist."""
        steps = torch.arange(k, k + width, device=tiles.device)
        index = (self.starts[tiles, None] + steps).clamp_max(len(self.solids) - 1)
        return self.solids[index], steps < self.counts[tiles, None]


def gathered(tile: Int[Tensor, "P"], solid: Int[Tensor, "P"], tiles: int) -> Candidates:
    """Pairs sorted by tile; within a tile the order of the pairs stays."""
    order = torch.argsort(tile, stable=True)
    counts = torch.bincount(tile, minlength=tiles)
    return Candidates(solid[order], counts.cumsum(0) - counts, counts)


def corners(kind: Kind, table: Solids) -> Float[np.ndarray, "N 8 3"]:
    """Corners of a box around each solid: its own box where it is one, else the box along the axes."""
    if kind != "box":
        return table.centre[:, None] + _CORNERS * table.half[:, None]
    cos, sin = table.geometry[:, 6, None], table.geometry[:, 7, None]
    local = _CORNERS * table.geometry[:, None, 3:6]
    east, north = local[..., 0] * cos - local[..., 1] * sin, local[..., 0] * sin + local[..., 1] * cos
    return table.centre[:, None] + np.stack([east, north, local[..., 2]], axis=-1)


def in_view(kind: Kind, table: Solids, camera: Camera) -> Int[np.ndarray, "M"]:
    """Numbers of the solids whose ball is not wholly outside the picture."""
    seen = (table.centre - np.array([0, 0, camera.up_m])) @ camera.axes.T
    radius = np.linalg.norm(table.half, axis=1)
    # A side plane of the view leans by the spread: the ball reaches over it by its radius times the slant.
    margin = radius * np.sqrt(1 + camera.spread**2)
    inside = seen[:, 2] + radius > _NEAR_PLANE_M
    for axis in (0, 1):
        inside &= np.abs(seen[:, axis]) - margin < seen[:, 2] * camera.spread
    return np.flatnonzero(inside)


def on_screen(points: Float[np.ndarray, "N 8 3"], camera: Camera, width_px: int) -> Float[np.ndarray, "N 4"]:
    """Left, right, top and bottom pixel of each solid; left > right behind the camera."""
    seen = (points - np.array([0, 0, camera.up_m])) @ camera.axes.T
    behind = seen[:, :, 2] < _NEAR_PLANE_M
    rects = _bounds(seen, ~behind, camera, width_px)
    across = np.flatnonzero(behind.any(1) & ~behind.all(1))
    if len(across):
        # What the near plane cuts is bounded by its corners in front and by the cuts of its edges.
        first, last = seen[across][:, _EDGES[:, 0]], seen[across][:, _EDGES[:, 1]]
        depth0, depth1 = first[..., 2] - _NEAR_PLANE_M, last[..., 2] - _NEAR_PLANE_M
        cut = (depth0 * depth1) < 0
        share = np.where(cut, depth0 / np.where(cut, depth0 - depth1, 1), 0)[..., None]
        spots = np.concatenate([seen[across], first + (last - first) * share], axis=1)
        rects[across] = _bounds(spots, np.concatenate([~behind[across], cut], axis=1), camera, width_px)
    return rects


def screen_candidates(rects: Float[np.ndarray, "N 4"], width_px: int, device: torch.device) -> Candidates:
    """Candidates of every tile, in the order of the rectangles."""
    count = width_px // TILE_PX
    tiles = np.floor(np.clip(np.nan_to_num(rects, posinf=1e7, neginf=-1e7) / TILE_PX, -1, count)).astype(
        np.int64
    )
    left, right = np.maximum(tiles[:, 0], 0), np.minimum(tiles[:, 1], count - 1)
    top, bottom = np.maximum(tiles[:, 2], 0), np.minimum(tiles[:, 3], count - 1)
    wide, high = np.maximum(right - left + 1, 0), np.maximum(bottom - top + 1, 0)
    sizes = wide * high
    solid = np.repeat(np.arange(len(rects)), sizes)
    step = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    tile = (top[solid] + step // wide[solid]) * count + left[solid] + step % wide[solid]
    return gathered(torch.from_numpy(tile).to(device), torch.from_numpy(solid).to(device), count * count)


def shadow_candidates(
    low: Float[Tensor, "T 3"],
    high: Float[Tensor, "T 3"],
    least: Float[Tensor, "S 3"],
    most: Float[Tensor, "S 3"],
    group: Int[Tensor, "T"],
) -> Candidates:
    """Candidates of every tile: solids whose box along the sun's axes overlaps the tile's and lies towards the sun.

    `low` and `high` bound the tiles, `least` and `most` the solids; `group` puts neighbouring tiles together, which
    are tested as one first.
    """
    groups = int(group.max()) + 1
    index = group[:, None].expand(-1, 3)
    wide_low = torch.full((groups, 3), torch.inf, device=low.device).scatter_reduce(0, index, low, "amin")
    wide_high = torch.full((groups, 3), -torch.inf, device=low.device).scatter_reduce(0, index, high, "amax")
    which, solid = _overlap(wide_low[:, None], wide_high[:, None], least, most).nonzero(as_tuple=True)
    sizes = torch.bincount(group, minlength=groups)
    members = torch.argsort(group, stable=True)
    starts = sizes.cumsum(0) - sizes
    repeats = sizes[which]
    solid = solid.repeat_interleave(repeats)
    step = torch.arange(len(solid), device=low.device) - (repeats.cumsum(0) - repeats).repeat_interleave(
        repeats
    )
    tile = members[starts[which].repeat_interleave(repeats) + step]
    keep = _overlap(low[tile], high[tile], least[solid], most[solid])
    return gathered(tile[keep], solid[keep], len(group))


def _overlap(low: Tensor, high: Tensor, least: Tensor, most: Tensor) -> Tensor:
    """Whether the boxes overlap across the sun's direction, and the solid reaches higher than the tile along it."""
    return (
        (least[..., 0] < high[..., 0])
        & (most[..., 0] > low[..., 0])
        & (least[..., 1] < high[..., 1])
        & (most[..., 1] > low[..., 1])
        & (most[..., 2] > low[..., 2])
    )


def _bounds(seen: np.ndarray, valid: np.ndarray, camera: Camera, width_px: int) -> Float[np.ndarray, "N 4"]:
    """Rectangles around the valid points, one pixel wider."""
    half_px = width_px / 2
    scale = half_px / camera.spread / np.maximum(seen[..., 2], _NEAR_PLANE_M)
    column, row = half_px + seen[..., 0] * scale, half_px - seen[..., 1] * scale
    low = [np.where(valid, side, np.inf).min(1, initial=np.inf) - 1 for side in (column, row)]
    high = [np.where(valid, side, -np.inf).max(1, initial=-np.inf) + 1 for side in (column, row)]
    return np.stack([low[0], high[0], low[1], high[1]], axis=1)
