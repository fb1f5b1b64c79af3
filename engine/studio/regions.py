"""Regions: the area that a person means by a file, by four numbers, or by the name of a part of the city."""

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadRegion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.geo.region import Box, Polygon, Region


def find_region(written: str, box: "Box | None" = None) -> "Region":
    """The region that a person wrote, where `box` is what the model knows.

    In this order: SOUTH,WEST,NORTH,EAST in degrees; a name of the built-in city, where the box has a part of it or
    there is no box; the first polygon of a file. Raises BadRegion, and BadFile for a file that cannot be read.
    """
    from engine.geo.formats import read
    from engine.geo.region import Box, Polygon

    if written.count(",") == 3:
        try:
            return Box(*map(float, written.split(",")))
        except ValueError:
            raise BadRegion(f"{written} is not a box; give SOUTH,WEST,NORTH,EAST in degrees") from None
    named = named_regions(box)
    if polygon := {_key(name): each for name, each in named.items()}.get(_key(written)):
        return polygon
    if not Path(written).suffix:
        raise BadRegion(_unknown(written, list(named)))
    for feature in read(Path(written)):
        if isinstance(feature.geometry, Polygon):
            return feature.geometry
    raise BadRegion(f"{written} has no polygon; draw one, or give SOUTH,WEST,NORTH,EAST")


def named_regions(box: "Box | None" = None) -> "Mapping[str, Polygon]":
    """Neighbourhoods and parks of the built-in city by their names, of which the box holds the middle."""
    from engine.world.plan.city import manhattan

    plan = manhattan()
    parts = [(each.name, each.polygon) for each in plan.neighbourhoods]
    parks = sorted(
        ((each.name, each.polygon) for each in plan.areas if each.kind == "park" and each.name),
        key=lambda named: named[1].area_m2,
    )
    found = dict(parks) | dict(
        parts
    )  # a park that is a neighbourhood too, and the largest part of a park in parts
    inside = [name for name, each in found.items() if box is None or box.contains(each.bounds.centre)]
    return {name: found[name] for name in sorted(inside, key=str.casefold)}


def _key(name: str) -> str:
    from engine.world.plan.spelling import key

    return key(name).replace(" ", "")


def _unknown(written: str, names: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(written.title(), names, n=1, cutoff=0.6)
    perhaps = f"; perhaps {close[0]}" if close else ""
    return (
        f'there is no region "{written[:60]}" here{perhaps}; give a GeoJSON or KML file, SOUTH,WEST,NORTH,EAST in '
        "degrees, or the name of a neighbourhood"
    )
