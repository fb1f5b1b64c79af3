"""Which solids of a scene can matter to a picture: by distance, by size, by level of detail."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float, Int

from engine.world.raycast.camera import Camera
from engine.world.raycast.index import Indexed, apparent_width
from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import CLOSE, RANGES_M, Kind, Solids, joined


def around(
    scene: Mapping[Kind, Indexed],
    guests: Mapping[Kind, Solids],
    camera: Camera,
    reach_m: float,
    smallest: float,
    bare: bool,
) -> dict[Kind, Solids]:
    """Solids of a scene and its guests within `reach_m`, the nearest first.

    Their east and north start at the camera. Left out is what holds the camera, what looks smaller than `smallest`
    (radians), the level of detail that is not due at the solid's distance, and what is out of season.
    """
    foot = np.array([camera.east_m, camera.north_m])
    eye, shift = np.array([*foot, camera.up_m]), np.array([*foot, 0.0])
    chosen: dict[Kind, Solids] = {}
    for kind, cells in scene.items():
        table = cells.solids
        table = table.take(_due(table, cells.rows(foot, reach_m, smallest), foot, reach_m, smallest))
        if kind in guests:
            guest = guests[kind]
            due = _due(guest, np.arange(len(guest)), foot, reach_m, smallest)
            table = joined([table, guest.take(due)], kind)
        keep = ~_out_of_season(table, bare) & ~_holds(kind, table, eye)
        away = np.where(keep, _away(table.centre, table.half, foot), np.inf)
        table = table.take(np.argsort(away, kind="stable")[: int(keep.sum())])
        table.geometry[:, :3] -= shift
        chosen[kind] = Solids(
            table.geometry,
            table.look,
            table.material,
            table.level,
            table.anchor - foot,
            table.centre - shift,
            table.half,
        )
    return chosen


def _due(
    table: Solids, rows: Int[np.ndarray, "N"], foot: np.ndarray, reach_m: float, smallest: float
) -> Int[np.ndarray, "M"]:
    """Those of the rows that are near and large enough, and whose level of detail is due."""
    half = table.half[rows]
    away = _away(table.centre[rows], half, foot)
    near = (away < reach_m) & (apparent_width(half) > smallest * away)
    rows = rows[near]
    gap = table.anchor[rows] - foot
    anchored = np.sqrt(gap[:, 0] ** 2 + gap[:, 1] ** 2)
    level = table.level[rows]
    return rows[(anchored >= RANGES_M[level, 0]) & (anchored < RANGES_M[level, 1])]


def _away(centre: np.ndarray, half: np.ndarray, foot: np.ndarray) -> Float[np.ndarray, "N"]:
    """Least distance over the ground from `foot` to each solid's box."""
    gap = np.maximum(np.abs(centre[:, :2] - foot) - half[:, :2], 0)
    return np.sqrt(gap[:, 0] ** 2 + gap[:, 1] ** 2)


def _out_of_season(table: Solids, bare: bool) -> Bool[np.ndarray, "N"]:
    """Leaves that have fallen, but for evergreens and trees seen from afar; or else branches, which leaves hide."""
    if not bare:
        return table.material == Material.BRANCH
    evergreen = table.look[:, 6] > 0.5
    return (table.material == Material.FOLIAGE) & (table.level == CLOSE) & ~evergreen


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
    return np.asarray(inside)
