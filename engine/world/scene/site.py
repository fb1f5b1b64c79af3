"""A landmark on its own ground: the scene that its visitors photograph from all around."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import shapely

from engine.geo.frame import Frame
from engine.geo.region import Box
from engine.world.plan.elements import Landmark
from engine.world.raycast.index import indexed
from engine.world.raycast.scene import Floods, Scene
from engine.world.raycast.solids import Quarry
from engine.world.scene.landmarks.liberty import statue_of_liberty
from engine.world.scene.maps import drawn
from engine.world.scene.mason import Mason
from engine.world.scene.sites.arc import arc_de_triomphe
from engine.world.scene.sites.grounds import (
    Grounds,
    centre_grounds,
    island,
    mall_grounds,
    pisa_grounds,
    plain_grounds,
    star_grounds,
)
from engine.world.scene.sites.needle import space_needle
from engine.world.scene.sites.pisa import leaning_tower
from engine.world.scene.sites.stonehenge import stonehenge
from engine.world.scene.sites.washington import washington_monument
from engine.world.scene.stage import Stage

_REACH_M = 900.0
_CELL_M = 3.0


@dataclass(frozen=True)
class _Site:
    build: Callable[[Mason, np.random.Generator], None]
    grounds: Callable[[], Grounds]


_SITES: Mapping[str, _Site] = MappingProxyType(
    {
        "leaning-tower-of-pisa": _Site(leaning_tower, pisa_grounds),
        "washington-monument": _Site(washington_monument, mall_grounds),
        "stonehenge": _Site(stonehenge, plain_grounds),
        "arc-de-triomphe": _Site(arc_de_triomphe, star_grounds),
        "space-needle": _Site(space_needle, centre_grounds),
        "statue-of-liberty": _Site(lambda m, rng: statue_of_liberty(m), island),
    }
)


def site_stage(mark: Landmark) -> Stage:
    """The landmark's site, centred on it."""
    site = _SITES[mark.key]
    quarry = Quarry()
    rng = np.random.default_rng(list(mark.key.encode()))
    site.build(Mason(quarry, 0.0, 0.0, mark.heading_deg), rng)
    grounds = site.grounds()
    grounds.plant(quarry, rng)
    solids = quarry.solids()
    everywhere = shapely.box(-_REACH_M - 100, -_REACH_M - 100, _REACH_M + 100, _REACH_M + 100)
    covers = {"land": everywhere, "lawn": grounds.covers.get("park", shapely.Polygon()), **grounds.covers}
    bounds = (-_REACH_M, -_REACH_M, _REACH_M, _REACH_M)
    frame = Frame(Box.around([mark.place], margin_m=_REACH_M))
    ground = drawn(bounds, _CELL_M, covers, solids)
    floods = Floods(max(mark.grounds_m, mark.height_m / 2), max(mark.height_m * 1.5, 20.0))
    return Stage(Scene(mark.key, frame, indexed(solids), ground, floods=floods))
