"""WGS84: the ellipsoid, its radii of curvature, and distance and direction along its surface.

Everything works on numpy arrays that broadcast, in degrees and metres.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEMI_MAJOR_M: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257223563
SEMI_MINOR_M: Final = SEMI_MAJOR_M * (1 - FLATTENING)
ECCENTRICITY: Final = math.sqrt(FLATTENING * (2 - FLATTENING))

Array = NDArray[np.float64]


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Length of one degree of latitude and of one degree of longitude at a latitude, in metres."""
    sine = math.sin(math.radians(latitude))
    shrink = 1 - (ECCENTRICITY * sine) ** 2
    prime_vertical_m = SEMI_MAJOR_M / math.sqrt(shrink)
    meridian_m = prime_vertical_m * (1 - ECCENTRICITY**2) / shrink
    return math.radians(meridian_m), math.radians(prime_vertical_m * math.cos(math.radians(latitude)))


def area_coordinate(latitude: ArrayLike) -> Array:
    """Square metres per radian of longitude between the equator and a latitude, negative to the south.

    Longitude and this coordinate together are an equal-area map of the Earth.
    """
    sine = np.sin(np.radians(latitude))
    squeezed = ECCENTRICITY * sine
    return SEMI_MINOR_M**2 / 2 * (sine / (1 - squeezed**2) + np.arctanh(squeezed) / ECCENTRICITY)


def turn(angle_deg: ArrayLike) -> Array:
    """The same angle in [0, 360)."""
    turned = np.remainder(angle_deg, 360.0)
    return np.where(turned == 360, 0.0, turned)  # the remainder of a tiny negative angle rounds to 360


def half_turn(angle_deg: ArrayLike) -> Array:
    """The same angle in [-180, 180), as longitudes and differences are given."""
    return turn(np.add(angle_deg, 180.0)) - 180.0


def inverse(
    latitude1: ArrayLike, longitude1: ArrayLike, latitude2: ArrayLike, longitude2: ArrayLike
) -> tuple[Array, Array]:
    """Distance in metres and bearing at the first place in degrees, [0, 360), of the shortest way to the second.

    Millimetres almost everywhere, tens of kilometres between antipodes; two equal places give (0, 0). Source:
    T. Vincenty, Survey Review 23 (1975).
    """
    longitudes = np.radians(np.subtract(longitude2, longitude1))
    longitudes = np.arctan2(np.sin(longitudes), np.cos(longitudes))
    reduced1, reduced2 = _reduced(latitude1), _reduced(latitude2)
    spherical = longitudes
    line = _great_circle(reduced1, reduced2, spherical)
    for _ in range(30):
        shift = _flattening_shift(line.sin_equator, line.cos_squared, line.arc, line.middle)
        before, spherical = spherical, np.clip(longitudes + shift, -np.pi, np.pi)
        line = _great_circle(reduced1, reduced2, spherical)
        if np.all(np.abs(spherical - before) < 1e-13):
            break
    scale, b = _series(line.cos_squared)
    distance_m = SEMI_MINOR_M * scale * (line.arc - _correction(b, line.arc, line.middle))
    return distance_m, turn(np.degrees(np.arctan2(line.east, line.north)))


def direct(
    latitude: ArrayLike, longitude: ArrayLike, bearing_deg: ArrayLike, distance_m: ArrayLike
) -> tuple[Array, Array]:
    """Latitude and longitude, [-180, 180), at a distance along the shortest way that starts at a bearing.

    Millimetres everywhere. Source: T. Vincenty, Survey Review 23 (1975).
    """
    bearing = np.radians(bearing_deg)
    reduced = _reduced(latitude)
    sin_start, cos_start = np.sin(reduced), np.cos(reduced)
    sin_equator = cos_start * np.sin(bearing)
    cos_squared = 1 - sin_equator**2
    start = np.arctan2(sin_start, cos_start * np.cos(bearing))
    scale, b = _series(cos_squared)
    plain = arc = np.divide(distance_m, SEMI_MINOR_M * scale)
    middle = np.cos(2 * start + arc)
    for _ in range(30):
        before, arc = arc, plain + _correction(b, arc, middle)
        middle = np.cos(2 * start + arc)
        if np.all(np.abs(arc - before) < 1e-13):
            break
    sin_arc, cos_arc = np.sin(arc), np.cos(arc)
    rise = sin_start * sin_arc - cos_start * cos_arc * np.cos(bearing)
    end = np.arctan2(
        sin_start * cos_arc + cos_start * sin_arc * np.cos(bearing),
        (1 - FLATTENING) * np.hypot(sin_equator, rise),
    )
    spherical = np.arctan2(
        sin_arc * np.sin(bearing), cos_start * cos_arc - sin_start * sin_arc * np.cos(bearing)
    )
    moved = spherical - _flattening_shift(sin_equator, cos_squared, arc, middle)
    return np.degrees(end), half_turn(np.add(longitude, np.degrees(moved)))


def _reduced(latitude: ArrayLike) -> Array:
    return np.arctan((1 - FLATTENING) * np.tan(np.radians(latitude)))


class _Line(NamedTuple):
    """A great circle on the auxiliary sphere: its start, its arc, and how it lies to the equator."""

    east: Array
    north: Array
    arc: Array
    sin_equator: Array
    cos_squared: Array
    middle: Array


def _great_circle(reduced1: Array, reduced2: Array, longitudes: Array) -> _Line:
    sin1, cos1, sin2, cos2 = np.sin(reduced1), np.cos(reduced1), np.sin(reduced2), np.cos(reduced2)
    east = cos2 * np.sin(longitudes)
    north = cos1 * sin2 - sin1 * cos2 * np.cos(longitudes)
    sin_arc, cos_arc = np.hypot(east, north), sin1 * sin2 + cos1 * cos2 * np.cos(longitudes)
    sin_equator = cos1 * east / np.where(sin_arc == 0, 1, sin_arc)
    cos_squared = 1 - sin_equator**2
    middle = np.where(cos_squared < 1e-12, 0, cos_arc - 2 * sin1 * sin2 / np.maximum(cos_squared, 1e-12))
    return _Line(east, north, np.arctan2(sin_arc, cos_arc), sin_equator, cos_squared, middle)


def _series(cos_squared: Array) -> tuple[Array, Array]:
    """Vincenty's A and B, with Helmert's expansion parameter."""
    root = np.sqrt(1 + cos_squared * (SEMI_MAJOR_M**2 / SEMI_MINOR_M**2 - 1))
    k = (root - 1) / (root + 1)
    return (1 + k**2 / 4) / (1 - k), k * (1 - 3 / 8 * k**2)


def _correction(b: Array, arc: Array, middle: Array) -> Array:
    """Vincenty's difference between the arc on the sphere and the one of equal length, in radians."""
    cos_arc, sin_arc = np.cos(arc), np.sin(arc)
    inner = cos_arc * (2 * middle**2 - 1) - b / 6 * middle * (4 * sin_arc**2 - 3) * (4 * middle**2 - 3)
    return b * sin_arc * (middle + b / 4 * inner)


def _flattening_shift(sin_equator: Array, cos_squared: Array, arc: Array, middle: Array) -> Array:
    """How much further the longitude turns on the sphere than on the ellipsoid, in radians."""
    c = FLATTENING / 16 * cos_squared * (4 + FLATTENING * (4 - 3 * cos_squared))
    bend = arc + c * np.sin(arc) * (middle + c * np.cos(arc) * (2 * middle**2 - 1))
    return (1 - c) * FLATTENING * sin_equator * bend
