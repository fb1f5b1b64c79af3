"""The drawn region: what the hand or a file sent, checked by the engine, and its size in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, get_args

import numpy as np

from engine.errors import BadRegion
from engine.geo.bearing import destination
from engine.geo.formats import read
from engine.geo.place import Place
from engine.geo.region import Box, Path, Polygon
from engine.geo.walking import thinned
from engine.studio.requests.walk import MOST_PLACES
from ui import units
from ui.map_state import RegionOutline, Shape

MOST_CORNERS = 2_000
_CIRCLE_CORNERS = 72
_LARGEST_CIRCLE_M = 500_000.0


@dataclass(frozen=True)
class Drawn:
    """A box, polygon or line that somebody drew on the map, or chose by its name."""

    shape: Shape
    places: tuple[Place, ...]
    geometry: Box | Polygon | Path
    name: str = ""
    """What it is called, where it was chosen by its name or came out of a file."""

    @classmethod
    def of(cls, region: Box | Polygon, name: str = "") -> "Drawn":
        """A region as if somebody had drawn it."""
        if isinstance(region, Box):
            return cls("box", region.corners, region, name)
        return cls("polygon", region.exterior, region, name)

    @property
    def outline(self) -> RegionOutline:
        """The layer that shows it."""
        return RegionOutline(self.shape, self.places)

    @property
    def size(self) -> str:
        """Length of a line; sides and area of a box; area of a polygon; all with units."""
        if isinstance(self.geometry, Path):
            return units.metres(self.geometry.length_m)
        if isinstance(self.geometry, Box):
            sides = f"{units.metres(self.geometry.width_m)} × {units.metres(self.geometry.height_m)}"
            return f"{sides}, {units.area(self.geometry.area_m2)}"
        return units.area(self.geometry.area_m2)

    def count(self, latitudes: np.ndarray, longitudes: np.ndarray) -> int | None:
        """How many of the places lie inside; None for a line, which has no inside."""
        if isinstance(self.geometry, Path):
            return None
        return int(np.count_nonzero(self.geometry.contains(latitudes, longitudes)))


def read_drawn(data: Mapping[str, Any]) -> Drawn:
    """The region in an event of the map. BadRegion or BadPlace where it is none; the data is not trusted."""
    shape, corners = data.get("shape"), data.get("places")
    if shape not in (*get_args(Shape), "circle") or not isinstance(corners, list):
        raise BadRegion("the map sent a drawing that is none; draw it again")
    if len(corners) > MOST_CORNERS:
        raise BadRegion(f"the drawing has {len(corners):,} corners; draw it with at most {MOST_CORNERS:,}")
    places = tuple(_place(corner) for corner in corners)
    if shape == "circle":
        return _circle(places, data.get("radius_m"))
    if shape == "line":
        return Drawn("line", places, Path(places))
    if shape == "polygon":
        return Drawn.of(Polygon(places))
    latitudes, longitudes = [p.latitude for p in places], [p.longitude for p in places]
    if len(places) < 2:
        raise BadRegion("the box has no two corners; draw it again")
    box = Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
    return Drawn.of(box)


def read_file(path: FilePath) -> Drawn:
    """The first line or area of a file, as if somebody had drawn it; a line keeps the places that its shape needs most.

    BadFile for a file that cannot be read, BadRegion for one of places alone or with an area of too many corners.
    """
    for feature in read(path):
        if isinstance(feature.geometry, Path):
            line = thinned(feature.geometry, MOST_PLACES)
            return Drawn("line", line.places, line, feature.name)
        if isinstance(feature.geometry, Polygon):
            corners = len(feature.geometry.exterior)
            if corners > MOST_CORNERS:
                raise BadRegion(
                    f"the area in {path.name} has {corners:,} corners; simplify it to at most {MOST_CORNERS:,}"
                )
            return Drawn.of(feature.geometry, feature.name)
    raise BadRegion(
        f"{path.name} has neither a line nor an area, only places; open it below More for a picture of each"
    )


def _circle(centre: tuple[Place, ...], radius_m: Any) -> Drawn:
    """The polygon that is within a thousandth of a circle's area."""
    if len(centre) != 1 or isinstance(radius_m, bool) or not isinstance(radius_m, int | float):
        raise BadRegion("the map sent a circle that is none; draw it again")
    if not 0 < radius_m <= _LARGEST_CIRCLE_M:
        raise BadRegion(f"the circle has a radius of {radius_m:g} m; draw one of a city's size")
    turns = (360 * corner / _CIRCLE_CORNERS for corner in range(_CIRCLE_CORNERS))
    polygon = Polygon(tuple(destination(centre[0], bearing_deg, radius_m) for bearing_deg in turns))
    return Drawn.of(polygon)


def _place(corner: Any) -> Place:
    if not isinstance(corner, list) or len(corner) != 2:
        raise BadRegion("the map sent a corner that is no place; draw it again")
    numbers = [value if isinstance(value, int | float) else math.nan for value in corner]
    return Place(*numbers)
