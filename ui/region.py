"""The drawn region: what the hand sent, checked by the engine, and its size in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from engine.errors import BadRegion
from engine.geo.place import Place
from engine.geo.region import Box, Path, Polygon
from ui import text
from ui.map_state import RegionOutline, Shape

MOST_CORNERS = 2_000


@dataclass(frozen=True)
class Drawn:
    """A box, polygon or line that somebody drew on the map."""

    shape: Shape
    places: tuple[Place, ...]
    geometry: Box | Polygon | Path

    @property
    def outline(self) -> RegionOutline:
        """The layer that shows it."""
        return RegionOutline(self.shape, self.places)

    @property
    def size(self) -> str:
        """Length of a line; sides and area of a box; area of a polygon; all with units."""
        if isinstance(self.geometry, Path):
            return text.metres(self.geometry.length_m)
        if isinstance(self.geometry, Box):
            sides = f"{text.metres(self.geometry.width_m)} × {text.metres(self.geometry.height_m)}"
            return f"{sides}, {text.area(self.geometry.area_m2)}"
        return text.area(self.geometry.area_m2)

    def count(self, latitudes: np.ndarray, longitudes: np.ndarray) -> int | None:
        """How many of the places lie inside; None for a line, which has no inside."""
        if isinstance(self.geometry, Path):
            return None
        return int(np.count_nonzero(self.geometry.contains(latitudes, longitudes)))


def read_drawn(data: Mapping[str, Any]) -> Drawn:
    """The region in an event of the map. BadRegion or BadPlace where it is none; the data is not trusted."""
    shape, corners = data.get("shape"), data.get("places")
    if shape not in get_args(Shape) or not isinstance(corners, list):
        raise BadRegion("the map sent a drawing that is none; draw it again")
    if len(corners) > MOST_CORNERS:
        raise BadRegion(f"the drawing has {len(corners):,} corners; draw it with at most {MOST_CORNERS:,}")
    places = tuple(_place(corner) for corner in corners)
    if shape == "line":
        return Drawn("line", places, Path(places))
    if shape == "polygon":
        return Drawn("polygon", places, Polygon(places))
    latitudes, longitudes = [p.latitude for p in places], [p.longitude for p in places]
    if len(places) < 2:
        raise BadRegion("the box has no two corners; draw it again")
    box = Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
    return Drawn("box", box.corners, box)


def _place(corner: Any) -> Place:
    if not isinstance(corner, list) or len(corner) != 2:
        raise BadRegion("the map sent a corner that is no place; draw it again")
    numbers = [value if isinstance(value, int | float) else math.nan for value in corner]
    return Place(*numbers)
