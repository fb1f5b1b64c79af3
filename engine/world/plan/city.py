"""Manhattan put together: every part of the plan in one value."""

from functools import lru_cache

from engine.geo.frame import Frame
from engine.geo.region import Box
from engine.world.plan.bridges import bridges
from engine.world.plan.elements import Plan
from engine.world.plan.landmarks import LANDMARKS
from engine.world.plan.neighbourhoods import neighbourhoods
from engine.world.plan.parks import areas
from engine.world.plan.shore import land, piers
from engine.world.plan.streets import streets

BOX = Box(40.680, -74.058, 40.882, -73.900)


@lru_cache(maxsize=1)
def manhattan() -> Plan:
    """The plan of Manhattan and the shores around it; the same value at every call."""
    ground = land()
    shore = ground[0].polygon.exterior
    return Plan(
        name="manhattan",
        frame=Frame(BOX),
        land=ground,
        areas=(*piers(), *areas()),
        neighbourhoods=neighbourhoods(ground),
        streets=streets(shore),
        bridges=bridges(),
        landmarks=tuple(LANDMARKS.values()),
    )
