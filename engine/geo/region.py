"""Regions of a city: a box, a polygon, a path.

None of them crosses the antimeridian or comes near a pole: that is refused in one sentence, because a city's map is
flat. The edges of an area are straight in degrees, as GeoJSON has them; the legs of a path are shortest ways.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from engine.errors import BadRegion
from engine.geo import ellipsoid
from engine.geo.place import Place

MAX_LATITUDE: Final = 85.0
_CROSSES: Final = "crosses the antimeridian (180 degrees) or spans half the Earth; keep it to one city"
_LEAST_SIDE: Final = 1e-6  # degrees, about 0.1 m
_LEAST_AREA: Final = 1e-12


@dataclass(frozen=True)
class Box:
    """A rectangle in WGS84 degrees; raises BadRegion when it is empty, crosses 180 degrees or nears a pole."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        for name in ("south", "west", "north", "east"):
            object.__setattr__(self, name, _finite(name, getattr(self, name)))
        shown = f"the box from {self.south:g}, {self.west:g} to {self.north:g}, {self.east:g}"
        _check_latitudes(shown, self.south, self.north)
        if self.west < -180 or self.east >= 180 or self.west > self.east or self.east - self.west >= 180:
            raise BadRegion(f"{shown} {_CROSSES}")
        if min(self.north - self.south, self.east - self.west) < _LEAST_SIDE:
            raise BadRegion(f"{shown} is empty; give south < north and west < east")

    @classmethod
    def around(cls, places: Iterable[Place], margin_m: float = 0.0) -> "Box":
        """The smallest box that holds all places with a margin in metres on every side.

        Raises BadRegion for no places, or for places so near to each other that only a margin makes them a box.
        """
        found = list(places)
        if not found:
            raise BadRegion("there is no place to draw a box around; give at least one")
        latitudes, longitudes = [p.latitude for p in found], [p.longitude for p in found]
        south, north = min(latitudes), max(latitudes)
        _check_latitudes("the box around the places", south, north)
        north_m, _ = ellipsoid.metres_per_degree(min(abs(south), abs(north)))
        _, east_m = ellipsoid.metres_per_degree(max(abs(south), abs(north)))
        tall, wide = margin_m / north_m, margin_m / east_m
        return cls(south - tall, min(longitudes) - wide, north + tall, max(longitudes) + wide)

    @property
    def bounds(self) -> "Box":
        """The box itself."""
        return self

    @property
    def centre(self) -> Place:
        """The middle in degrees."""
        return Place((self.south + self.north) / 2, (self.west + self.east) / 2)

    @property
    def corners(self) -> tuple[Place, Place, Place, Place]:
        """South-west, south-east, north-east, north-west."""
        return (
            Place(self.south, self.west),
            Place(self.south, self.east),
            Place(self.north, self.east),
            Place(self.north, self.west),
        )

    @property
    def width_m(self) -> float:
        """Length of the parallel through the centre, in metres."""
        return (self.east - self.west) * ellipsoid.metres_per_degree(self.centre.latitude)[1]

    @property
    def height_m(self) -> float:
        """Length of the meridian from south to north, in metres."""
        return float(ellipsoid.inverse(self.south, self.west, self.north, self.west)[0])

    @property
    def area_m2(self) -> float:
        """Area on the ellipsoid."""
        return _area_m2(shapely.box(self.west, self.south, self.east, self.north))

    def nearest(self, place: Place) -> Place:
        """The place itself where the box contains it, and otherwise the one on its edge that is nearest in degrees."""
        if self.contains(place):
            return place
        middle = self.centre.longitude
        around = middle + float(
            ellipsoid.half_turn(place.longitude - middle)
        )  # the shorter way around the Earth
        latitude = min(max(place.latitude, self.south), self.north)
        return Place(latitude, min(max(around, self.west), self.east))

    @overload
    def contains(self, latitude: Place) -> bool: ...
    @overload
    def contains(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]: ...
    def contains(self, latitude, longitude=None):
        """Whether a place, or each of many given as arrays of latitudes and longitudes, is inside or on the edge."""
        if isinstance(latitude, Place):
            return bool(self.contains(latitude.latitude, latitude.longitude))
        lat, lon = np.asarray(latitude), np.asarray(longitude)
        return (lat >= self.south) & (lat <= self.north) & (lon >= self.west) & (lon <= self.east)


@dataclass(frozen=True)
class Polygon:
    """An area with straight edges, perhaps with holes; raises BadRegion when its lines cross or enclose nothing.

    Rings are kept open (the first place is not repeated), the exterior counterclockwise and the holes clockwise,
    however they were given.
    """

    exterior: tuple[Place, ...]
    holes: tuple[tuple[Place, ...], ...] = ()

    def __post_init__(self) -> None:
        for ring in (self.exterior, *self.holes):
            if (different := len(set(ring))) < 3:
                raise BadRegion(
                    f"a ring of the polygon has {different} different places; draw at least three"
                )
            _check_reach("the polygon", ring)
        shape = self.shape
        sides = shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1]
        if min(sides) < _LEAST_SIDE or shape.convex_hull.area < _LEAST_AREA:
            raise BadRegion(f"the polygon at {self.exterior[0]} encloses nothing; draw it around an area")
        if not shape.is_valid:
            raise BadRegion(_why_invalid(shapely.is_valid_reason(shape)))
        oriented = shapely.orient_polygons(shape)
        object.__setattr__(self, "exterior", _open_ring(oriented.exterior))
        object.__setattr__(self, "holes", tuple(_open_ring(hole) for hole in oriented.interiors))

    @cached_property
    def shape(self) -> shapely.Polygon:
        """The same polygon for shapely, in (longitude, latitude), prepared for many questions."""
        shape = shapely.Polygon(_lon_lat(self.exterior), [_lon_lat(hole) for hole in self.holes])
        shapely.prepare(shape)
        return shape

    @property
    def bounds(self) -> Box:
        """The smallest box around the polygon."""
        west, south, east, north = self.shape.bounds
        return Box(south, west, north, east)

    @property
    def area_m2(self) -> float:
        """Area on the ellipsoid, without the holes."""
        return _area_m2(self.shape)

    @overload
    def contains(self, latitude: Place) -> bool: ...
    @overload
    def contains(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]: ...
    def contains(self, latitude, longitude=None):
        """Whether a place, or each of many given as arrays of latitudes and longitudes, is inside or on the edge."""
        if isinstance(latitude, Place):
            return bool(self.contains(latitude.latitude, latitude.longitude))
        return shapely.intersects_xy(self.shape, np.asarray(longitude), np.asarray(latitude))


Region = Box | Polygon


@dataclass(frozen=True)
class Path:
    """A line to walk along; raises BadRegion when it has fewer than two different places."""

    places: tuple[Place, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", tuple(self.places))
        if len(set(self.places)) < 2:
            raise BadRegion("the path has fewer than two different places; give at least two")
        _check_reach("the path", self.places)
        if self.length_m < 1e-3:
            raise BadRegion(f"the path at {self.places[0]} is shorter than a millimetre; give a longer one")

    @cached_property
    def leg_lengths_m(self) -> tuple[float, ...]:
        """Length of each leg between neighbouring places, in metres; 0 where a place is repeated."""
        latitudes, longitudes = np.array([(p.latitude, p.longitude) for p in self.places]).T
        lengths, _ = ellipsoid.inverse(latitudes[:-1], longitudes[:-1], latitudes[1:], longitudes[1:])
        return tuple(lengths.tolist())

    @property
    def length_m(self) -> float:
        """Length along the ellipsoid in metres."""
        return math.fsum(self.leg_lengths_m)


def _area_m2(shape: shapely.Polygon) -> float:
    """Area on the ellipsoid between edges that are straight in degrees, which 0.1-degree pieces follow."""
    area_m2, _ = ellipsoid.GEOD.geometry_area_perimeter(
        shapely.segmentize(shapely.orient_polygons(shape), 0.1)
    )
    return abs(area_m2)


def _finite(name: str, value: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadRegion(f"the box's {name} '{str(value)[:40]}' is not a number; give degrees")
    return number


def _check_latitudes(what: str, south: float, north: float) -> None:
    if south < -MAX_LATITUDE or north > MAX_LATITUDE:
        worst = south if -south > north else north
        raise BadRegion(
            f"{what} reaches latitude {worst:g}; stay within {MAX_LATITUDE:g} degrees of the equator"
        )


def _check_reach(what: str, places: Sequence[Place]) -> None:
    latitudes, longitudes = [p.latitude for p in places], [p.longitude for p in places]
    _check_latitudes(what, min(latitudes), max(latitudes))
    if max(longitudes) - min(longitudes) >= 180:
        raise BadRegion(f"{what} {_CROSSES}")


def _lon_lat(places: Iterable[Place]) -> list[tuple[float, float]]:
    return [(place.longitude, place.latitude) for place in places]


def _open_ring(ring: shapely.LinearRing) -> tuple[Place, ...]:
    return tuple(Place(latitude, longitude) for longitude, latitude in ring.coords[:-1])


def _why_invalid(reason: str) -> str:
    """One sentence from a reason of GEOS, such as "Self-intersection[-73.97 40.77]"."""
    kind, _, at = reason.partition("[")
    near = ""
    if len(numbers := re.findall(r"[-+.\de]+", at)) == 2:
        near = f" near {Place(float(numbers[1]), float(numbers[0]))}"
    if "Self-intersection" in kind:
        return f"the polygon crosses itself{near}; redraw it without crossing lines"
    if "outside" in kind:
        return f"a hole lies outside the polygon{near}; move or remove it"
    if "disconnected" in kind:
        return f"a hole cuts the polygon in two{near}; draw two polygons"
    if "nested" in kind:
        return f"one hole lies inside another{near}; remove it"
    return f"the polygon cannot be used ({kind.lower()}){near}; redraw it"
