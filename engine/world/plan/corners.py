"""Corners: where two streets of the plan meet, as people name them: 5th Ave & 42nd St."""

import re
from functools import lru_cache

import numpy as np
import shapely

from engine.geo.place import Place
from engine.world.plan.city import manhattan
from engine.world.plan.gazetteer import Named, gazetteer
from engine.world.plan.spelling import key

_AND = re.compile(r"\s*(?:[&/@]|\b(?:and|at)\b)\s*", re.IGNORECASE)
_CORNER_OF = re.compile(r"\s*(?:the\s+)?corner\s+of\s+", re.IGNORECASE)
_TYPE = re.compile(r" (?:avenue|boulevard|drive|lane|parkway|place|row|slip|st|terrace)$")
_REACH_M = 40.0
"""Streets that end so near to each other meet there; the plan's lines are not drawn to the metre."""
_APART_M = 80.0


def corners(written: str) -> tuple[Place, ...]:
    """Every place where the two streets that a text names meet; none where they do not, or it names no two streets.

    The kind of a street may be left out, and so may the "East" or "West" of a numbered one: "Broadway and Wall", "5th &
    42nd".
    """
    parts = _AND.split(_CORNER_OF.sub("", written, count=1))
    if len(parts) != 2:
        return ()
    first, second = _bearers(parts[0]), _bearers(parts[1])
    found: list[shapely.Point] = []
    for one in first:
        for other in second:
            for point in _crossings(one, other) if one != other else []:
                if all(point.distance(known) > _APART_M for known in found):
                    found.append(point)
    frame = manhattan().frame
    degrees = [frame.from_metres(point.x, point.y) for point in found]
    return tuple(Place(round(latitude, 6), round(longitude, 6)) for latitude, longitude in degrees)


def _bearers(written: str) -> list[str]:
    """Names of the streets that a person may mean, those called a street before those called an avenue."""
    wanted = key(written)
    streets = [each for each in gazetteer() if each.kind == "street"]
    found = [each for each in streets if wanted in each.keys] or [
        each for each in streets if wanted in _without_type(each)
    ]
    return sorted((each.name for each in found), key=lambda name: "Avenue" in name)


def _without_type(street: Named) -> set[str]:
    return {_TYPE.sub("", known) for known in street.keys}


def _crossings(one: str, other: str) -> list[shapely.Point]:
    first, second = _lines()[one], _lines()[other]
    between = shapely.shortest_line(first, second)
    if between.length > _REACH_M:
        return []
    if between.length > 0:
        return [between.centroid]
    return [part.centroid for part in shapely.get_parts(shapely.intersection(first, second))]


@lru_cache(maxsize=1)
def _lines() -> dict[str, shapely.MultiLineString]:
    """The pieces of every street by its name, in metres of the plan's frame."""
    plan = manhattan()
    pieces: dict[str, list[np.ndarray]] = {}
    for street in plan.streets:
        places = street.path.places
        latitudes, longitudes = [each.latitude for each in places], [each.longitude for each in places]
        pieces.setdefault(street.name, []).append(
            np.column_stack(plan.frame.to_metres(latitudes, longitudes))
        )
    return {name: shapely.MultiLineString(lines) for name, lines in pieces.items()}
