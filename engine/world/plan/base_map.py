"""The plan as GeoJSON: what the page draws when no map tiles can be had."""

from collections.abc import Iterable
from typing import Any

import shapely

from engine.geo.place import Place
from engine.world.plan.city import BOX, manhattan

_DECIMALS = 5  # about a metre
_CUT = shapely.box(BOX.west - 0.02, BOX.south - 0.02, BOX.east + 0.02, BOX.north + 0.02)


def base_map() -> dict[str, Any]:
    """A FeatureCollection to be drawn in its order; every feature has the properties `kind` and `name`.

    Kinds: water (the ground of everything), land, pier, park, lawn, plaza, lake, path, lane, street, highway,
    avenue, bridge as areas and lines (`width_m` on lines); neighbourhood, landmark, river and borough as points to be
    labelled.
    """
    plan = manhattan()
    lines = sorted(plan.streets, key=lambda street: _LINE_ORDER.index(street.kind))
    features = [
        _feature("water", "New York Harbor", {"type": "Polygon", "coordinates": [_ring(_WATER)]}),
        *(_polygon(area.kind, area.name, area.polygon.exterior) for area in (*plan.land, *plan.areas)),
        *(_line(street.kind, street.name, street.path.places, street.width_m) for street in lines),
        *(_line("bridge", bridge.name, bridge.path.places, bridge.width_m) for bridge in plan.bridges),
    ]
    for part in plan.neighbourhoods:
        middle = part.polygon.shape.point_on_surface()
        features.append(_point("neighbourhood", part.name, Place(middle.y, middle.x)))
    features += [_point("landmark", mark.name, mark.place) for mark in plan.landmarks]
    features += [_point(kind, name, place) for kind, name, place in _LABELS]
    return {"type": "FeatureCollection", "features": features}


_WATER = tuple(BOX.corners)
_LINE_ORDER = ("lane", "street", "highway", "avenue", "path")
_LABELS = (
    ("river", "Hudson River", Place(40.7700, -74.0090)),
    ("river", "Hudson River", Place(40.8300, -73.9640)),
    ("river", "East River", Place(40.7230, -73.9685)),
    ("river", "Harlem River", Place(40.8260, -73.9327)),
    ("river", "Upper Bay", Place(40.6930, -74.0310)),
    ("borough", "Brooklyn", Place(40.6950, -73.9600)),
    ("borough", "Queens", Place(40.7560, -73.9250)),
    ("borough", "The Bronx", Place(40.8350, -73.9120)),
    ("borough", "New Jersey", Place(40.7600, -74.0400)),
)


def _feature(kind: str, name: str, geometry: dict[str, Any], **more: float) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind, "name": name, **more}, "geometry": geometry}


def _polygon(kind: str, name: str, exterior: Iterable[Place]) -> dict[str, Any]:
    return _feature(kind, name, {"type": "Polygon", "coordinates": [_ring(exterior)]})


def _line(kind: str, name: str, places: Iterable[Place], width_m: float) -> dict[str, Any]:
    return _feature(kind, name, {"type": "LineString", "coordinates": _positions(places)}, width_m=width_m)


def _point(kind: str, name: str, place: Place) -> dict[str, Any]:
    return _feature(kind, name, {"type": "Point", "coordinates": _positions([place])[0]})


def _ring(places: Iterable[Place]) -> list[list[float]]:
    positions = _positions(places)
    return [*positions, positions[0]]


def _positions(places: Iterable[Place]) -> list[list[float]]:
    """(longitude, latitude), as GeoJSON wants them."""
    return [[round(place.longitude, _DECIMALS), round(place.latitude, _DECIMALS)] for place in places]
