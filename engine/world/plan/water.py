"""Where the built-in city has water, and what that water is called."""

from functools import lru_cache

import shapely

from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.world.plan.bridges import bridges
from engine.world.plan.city import BOX
from engine.world.plan.grid import trace
from engine.world.plan.parks import areas
from engine.world.plan.shore import land, piers

# Points along the middle of each; a place in the water has the name of the nearest.
_WATERS = {
    "the Upper Bay": "40.6970,-74.0300 40.6950,-74.0080 40.6850,-74.0350 40.6900,-74.0520 40.6820,-74.0200",
    "the Hudson River": """40.7060,-74.0240 40.7200,-74.0210 40.7350,-74.0180 40.7500,-74.0150 40.7620,-74.0085
        40.7700,-74.0040 40.7900,-73.9910 40.8100,-73.9760 40.8300,-73.9620 40.8500,-73.9520 40.8700,-73.9400
        40.8820,-73.9330""",
    "the East River": """40.7035,-74.0010 40.7070,-73.9930 40.7080,-73.9840 40.7085,-73.9730 40.7200,-73.9690
        40.7350,-73.9670 40.7500,-73.9630 40.7480,-73.9585 40.7570,-73.9570 40.7560,-73.9520 40.7650,-73.9500
        40.7640,-73.9440 40.7740,-73.9400 40.7780,-73.9370 40.7770,-73.9280 40.7820,-73.9240 40.7880,-73.9150
        40.7960,-73.9080""",
    "the Harlem River": """40.7850,-73.9370 40.7910,-73.9320 40.7980,-73.9280 40.8050,-73.9310 40.8150,-73.9325
        40.8300,-73.9340 40.8450,-73.9280 40.8570,-73.9210 40.8680,-73.9105 40.8740,-73.9120 40.8790,-73.9225""",
}
_ABUTMENT_M = 12.0
"""A person beside the deck of a bridge is still on the bridge."""


def water_at(place: Place) -> str | None:
    """Name of the water at a place, "the Hudson River"; None on land, piers and bridges, and outside the city."""
    if not BOX.contains(place):
        return None
    point = shapely.Point(place.longitude, place.latitude)
    ground, decks, lakes = _shapes()
    for name, lake in lakes:
        if lake.contains(point):
            return name
    if shapely.intersects(ground, point) or shapely.intersects(decks, point):
        return None
    north_m, east_m = ellipsoid.metres_per_degree(place.latitude)
    return min(
        (
            ((place.latitude - each.latitude) * north_m) ** 2
            + ((place.longitude - each.longitude) * east_m) ** 2,
            name,
        )
        for name, text in _WATERS.items()
        for each in trace(text)
    )[1]


@lru_cache(maxsize=1)
def _shapes() -> tuple[shapely.Geometry, shapely.Geometry, list[tuple[str, shapely.Polygon]]]:
    """Land and piers, the decks of the bridges, and the lakes with their names, in (longitude, latitude)."""
    ground = shapely.union_all([area.polygon.shape for area in (*land(), *piers())])
    _, east_m = ellipsoid.metres_per_degree(BOX.centre.latitude)
    decks = shapely.union_all(
        [
            shapely.LineString([(each.longitude, each.latitude) for each in bridge.path.places]).buffer(
                (bridge.width_m / 2 + _ABUTMENT_M) / east_m
            )
            for bridge in bridges()
        ]
    )
    shapely.prepare(ground)
    shapely.prepare(decks)
    lakes = [(_named(area.name), area.polygon.shape) for area in areas() if area.kind == "lake"]
    return ground, decks, lakes


def _named(lake: str) -> str:
    """The name as it stands within a sentence."""
    return f"the {lake.removeprefix('The ')}"
