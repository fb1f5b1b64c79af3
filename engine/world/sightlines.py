"""Sight lines: from which standpoints a landmark of the city is seen, over and between the houses."""

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from engine.world.plan.city import manhattan
from engine.world.plan.elements import Landmark, Plan
from engine.world.standpoints import Floats, metres, standpoints

_STEP_M = 14.0  # along a sight line
_SEEN_SHARE = 0.4  # of the landmark's height, above the roofs before it
_FREE_AROUND_M = 5.0  # parks and squares have a pavement around them
_EMBANKMENT_M = 14.0


@lru_cache(maxsize=32)
def views(key: str) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Numbers of the standpoints that see a landmark of Manhattan, the azimuth of each from it, and its distance.

    A standpoint sees it when at least 0.4 of its height stands above the roofs in between; the roofs are as high
    as the neighbourhood's style makes them on average.
    """
    plan, points = manhattan(), standpoints()
    mark = next(mark for mark in plan.landmarks if mark.key == key)
    centre = metres(plan, [mark.place])[0]
    east, north = points.east - centre[0], points.north - centre[1]
    away = np.hypot(east, north)
    near_m, far_m = mark.distances_m
    numbers = np.flatnonzero((away >= near_m) & (away <= far_m))
    eyes = np.column_stack([points.east, points.north])[numbers]
    seen = _seen(plan, mark, centre, eyes)
    azimuths = np.degrees(np.arctan2(east, north))[numbers] % 360
    return numbers[seen], azimuths[seen], away[numbers][seen]


def _seen(plan: Plan, mark: Landmark, centre: Floats, eyes: Floats) -> NDArray[np.bool_]:
    """Whether each eye sees enough of the landmark."""
    houses = _houses(plan, shapely.Point(*centre).buffer(mark.distances_m[1] + 20))
    away = np.hypot(*(eyes - centre).T)
    highest = np.zeros(len(eyes))  # steepest roof before each eye, as rise over run
    for number in range(1, int(away.max() / _STEP_M) + 1):
        reach = number * _STEP_M
        before = np.flatnonzero(away - mark.grounds_m > reach)
        spots = eyes[before] + (centre - eyes[before]) * (reach / away[before])[:, None]
        for shape, roof_m in houses:
            under = shapely.contains_xy(shape, spots[:, 0], spots[:, 1])
            highest[before[under]] = np.maximum(highest[before[under]], roof_m / reach)
    return highest <= (1 - _SEEN_SHARE) * mark.height_m / away


def _houses(plan: Plan, around: shapely.Polygon) -> list[tuple[shapely.Geometry, float]]:
    """The built-up ground of each neighbourhood within an area, with the height of its roofs."""
    free = [
        shapely.LineString(metres(plan, street.path.places)).buffer(street.width_m / 2, cap_style="square")
        for street in plan.streets
        if street.kind != "path"
    ]
    free += [
        shapely.Polygon(metres(plan, area.polygon.exterior)).buffer(_FREE_AROUND_M) for area in plan.areas
    ]
    free += [shapely.Point(*metres(plan, [mark.place])).buffer(mark.grounds_m) for mark in plan.landmarks]
    tree = shapely.STRtree(free)
    taken = shapely.union_all([free[number] for number in tree.query(around)])
    island = shapely.Polygon(metres(plan, plan.land[0].polygon.exterior)).buffer(-_EMBANKMENT_M)
    built = island.intersection(around).difference(taken)
    found = []
    for part in plan.neighbourhoods:
        shape = built.intersection(shapely.Polygon(metres(plan, part.polygon.exterior)))
        if not shape.is_empty and part.style.gap_share < 1:
            shapely.prepare(shape)
            low_m, high_m = np.mean(part.style.height_m), np.mean(part.style.tower_height_m)
            found.append((shape, float(low_m + part.style.tower_share * (high_m - low_m))))
    return found
