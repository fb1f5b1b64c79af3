"""Which solids of a scene can matter to a picture: by distance, by size, by level of detail."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool

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
    chosen: dict[Kind, Solids] = {}
    for kind, cells in scene.items():
        table = cells.around(foot, reach_m, smallest)
        if kind in guests:
            table = joined([table, guests[kind]], kind)
        away = np.linalg.norm(np.maximum(np.abs(table.centre[:, :2] - foot) - table.half[:, :2], 0), axis=1)
        index = np.flatnonzero(away < reach_m)
        table, away = table.take(index), away[index]
        wide = apparent_width(table)
        anchored = np.linalg.norm(table.anchor - foot, axis=1)
        due = (anchored >= RANGES_M[table.level, 0]) & (anchored < RANGES_M[table.level, 1])
        keep = due & (wide > smallest * away)
        keep &= ~_out_of_season(table, bare)
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
