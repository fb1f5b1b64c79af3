"""Which solids can matter to which rays: by distance and size for a view, by shadow on a plane for a tile."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from engine.world.raycast.camera import TILE_PX, Camera
from engine.world.raycast.index import Indexed, apparent_width
from engine.world.raycast.solids import FAR, NEAR, Kind, Solids, joined

_NEAR_PLANE_M = 0.05
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
_EDGES = [(i, i | bit) for i in range(8) for bit in (1, 2, 4) if not i & bit]


def around(
    scene: Mapping[Kind, Indexed],
    guests: Mapping[Kind, Solids],
    camera: Camera,
    reach_m: float,
    near_m: float,
    smallest: float,
) -> dict[Kind, Solids]:
    """Solids of a scene and its guests within `reach_m`, the nearest first.

    Their east and north start at the camera. Left out is what holds the camera, what is smaller than `smallest` (radians), and the level of detail
    that is not due at the solid's distance.
    """
    foot = np.array([camera.east_m, camera.north_m])
    chosen: dict[Kind, Solids] = {}
    for kind, cells in scene.items():
        table = cells.around(foot, reach_m, near_m, smallest)
        if kind in guests:
            table = joined([table, guests[kind]], kind)
        away = np.linalg.norm(np.maximum(np.abs(table.centre[:, :2] - foot) - table.half[:, :2], 0), axis=1)
        index = np.flatnonzero(away < reach_m)
        table, away = table.take(index), away[index]
        wide = apparent_width(table)
        near = np.linalg.norm(table.anchor - foot, axis=1) < near_m
        keep = (wide > smallest * away) & ~(near & (table.level == FAR)) & ~(~near & (table.level == NEAR))
        keep &= ~_holds(kind, table, np.array([*foot, camera.up_m]))
        table, away = table.take(keep), away[keep]
        table = table.take(np.argsort(away, kind="stable"))
        shift = np.array([*foot, 0.0])
        geometry = table.geometry.copy()
        geometry[:, :3] -= shift
        chosen[kind] = Solids(
            geometry,
            table.look,
            table.material,
            table.level,
            table.anchor - foot,
            table.centre - shift,
            table.half,
        )
    return chosen


def _holds(kind: Kind, table: Solids, point: np.ndarray) -> Bool[np.ndarray, "N"]:
    """Which solids hold the point; shapes that are neither boxes nor bodies of planes by their outer box."""
    gap = np.abs(table.centre - point)
    inside = (gap < table.half + 0.1).all(1)
    if kind == "box":
        cos, sin = table.geometry[:, 6], table.geometry[:, 7]
        east, north = (point - table.centre)[:, 0], (point - table.centre)[:, 1]
        inside &= np.abs(east * cos + north * sin) < table.geometry[:, 3] + 0.1
        inside &= np.abs(north * cos - east * sin) < table.geometry[:, 4] + 0.1
    if kind == "convex":
        planes = table.geometry[:, 4:].reshape(-1, 10, 4)
        side = np.einsum("npk,nk->np", planes[:, :, :3], point - table.centre) - planes[:, :, 3]
        inside &= (side < 0.1).all(1)
    return inside


def corners(kind: Kind, table: Solids) -> Float[np.ndarray, "N 8 3"]:
    """Corners of a box around each solid: its own box where it is one, else the box along the axes."""
    if kind != "box":
        return table.centre[:, None] + _CORNERS * table.half[:, None]
    cos, sin = table.geometry[:, 6, None], table.geometry[:, 7, None]
    local = _CORNERS * table.geometry[:, None, 3:6]
    east, north = local[..., 0] * cos - local[..., 1] * sin, local[..., 0] * sin + local[..., 1] * cos
    return table.centre[:, None] + np.stack([east, north, local[..., 2]], axis=-1)


def on_screen(points: Float[np.ndarray, "N 8 3"], camera: Camera, width_px: int) -> Float[np.ndarray, "N 4"]:
    """Left, right, top and bottom pixel of each solid, empty (inf, -inf, ...) behind the camera."""
    seen = (points - np.array([0, 0, camera.up_m])) @ camera.axes.T
    first, last = seen[:, [i for i, _ in _EDGES]], seen[:, [j for _, j in _EDGES]]
    depth0, depth1 = first[..., 2] - _NEAR_PLANE_M, last[..., 2] - _NEAR_PLANE_M
    crosses = (depth0 * depth1) < 0
    share = np.where(crosses, depth0 / np.where(crosses, depth0 - depth1, 1), 0)[..., None]
    seen = np.concatenate([seen, first + (last - first) * share], axis=1)
    valid = np.concatenate([seen[:, :8, 2] >= _NEAR_PLANE_M, crosses], axis=1)
    half_px = width_px / 2
    flat = seen[..., :2] / np.maximum(seen[..., 2:], _NEAR_PLANE_M) / camera.spread * half_px
    column, row = half_px + flat[..., 0], half_px - flat[..., 1]
    return np.stack(
        [
            np.where(valid, column, np.inf).min(1) - 1,
            np.where(valid, column, -np.inf).max(1) + 1,
            np.where(valid, row, np.inf).min(1) - 1,
            np.where(valid, row, -np.inf).max(1) + 1,
        ],
        axis=1,
    )


def screen_tiles(rects: Float[Tensor, "S 4"], width_px: int) -> Bool[Tensor, "T S"]:
    """Which tile each solid's rectangle touches."""
    count = width_px // TILE_PX
    start = torch.arange(count, device=rects.device, dtype=rects.dtype) * TILE_PX
    left, right, top, bottom = rects.unbind(1)
    across = (left < start[:, None] + TILE_PX) & (right > start[:, None])
    down = (top < start[:, None] + TILE_PX) & (bottom > start[:, None])
    return (down[:, None] & across[None]).reshape(count * count, -1)


def ranked(touching: Bool[Tensor, "T S"]) -> tuple[Int[Tensor, "T K"], Int[Tensor, "T"]]:
    """Candidates of each tile in the order of the solids, and their number; the rest of a row is 0."""
    tile, solid = touching.nonzero(as_tuple=True)
    counts = torch.bincount(tile, minlength=touching.shape[0])
    width = int(counts.max()) if len(tile) else 0
    rank = torch.arange(len(tile), device=tile.device) - (counts.cumsum(0) - counts)[tile]
    candidates = torch.zeros(touching.shape[0], max(width, 1), dtype=torch.long, device=tile.device)
    candidates[tile, rank] = solid
    return candidates, counts
