"""The street grid of 1811: two numbers, a street and an avenue, say where a corner is.

The grid is straight and even enough from Houston Street to 168th for one affine map: measured at Fifth Avenue and
59th Street, Fifth and 110th, and Columbus Circle, it is right to about 30 m everywhere.
"""

import math

from engine.geo.place import Place

AVENUES = {
    "12": 1957.0,
    "11": 1682.0,
    "10": 1408.0,
    "9": 1134.0,
    "8": 860.0,
    "7": 585.0,
    "6": 311.0,
    "5": 0.0,
    "madison": -155.0,
    "park": -311.0,
    "lexington": -466.0,
    "3": -622.0,
    "2": -838.0,
    "1": -1067.0,
    "A": -1284.0,
    "B": -1505.0,
    "C": -1735.0,
    "D": -1950.0,
}
"""Metres west of Fifth Avenue's centre line; York is A's line uptown, East End is B's."""

_ORIGIN = Place(40.7645, -73.9730)  # Fifth Avenue and 59th Street
_ORIGIN_STREET = 59
_NORTH_PER_STREET = (40.7968 - 40.7645) / (110 - 59)  # degrees, to Fifth Avenue and 110th Street
_EAST_PER_STREET = (-73.9493 + 73.9730) / (110 - 59)
_METRES_PER_LATITUDE = 111_050.0
_METRES_PER_LONGITUDE = 84_330.0  # at 40.78 N
TILT_DEG = math.degrees(
    math.atan2(_EAST_PER_STREET * _METRES_PER_LONGITUDE, _NORTH_PER_STREET * _METRES_PER_LATITUDE)
)
"""Compass bearing of the avenues, uptown."""
STREET_M = math.hypot(_EAST_PER_STREET * _METRES_PER_LONGITUDE, _NORTH_PER_STREET * _METRES_PER_LATITUDE)
"""From one numbered street to the next: twenty to the mile."""
_WEST_NORTH = math.sin(math.radians(TILT_DEG)) / _METRES_PER_LATITUDE
_WEST_EAST = -math.cos(math.radians(TILT_DEG)) / _METRES_PER_LONGITUDE


def corner(street: float, west_m: float) -> Place:
    """The place where a numbered street meets the line `west_m` metres west of Fifth Avenue."""
    streets = street - _ORIGIN_STREET
    return Place(
        round(_ORIGIN.latitude + streets * _NORTH_PER_STREET + west_m * _WEST_NORTH, 6),
        round(_ORIGIN.longitude + streets * _EAST_PER_STREET + west_m * _WEST_EAST, 6),
    )


def on_grid(place: Place) -> tuple[float, float]:
    """Street number (with fraction) and metres west of Fifth Avenue of any place; undoes `corner`."""
    north = (place.latitude - _ORIGIN.latitude) * _METRES_PER_LATITUDE
    east = (place.longitude - _ORIGIN.longitude) * _METRES_PER_LONGITUDE
    tilt = math.radians(TILT_DEG)
    uptown_m = east * math.sin(tilt) + north * math.cos(tilt)
    return _ORIGIN_STREET + uptown_m / STREET_M, north * math.sin(tilt) - east * math.cos(tilt)


def trace(text: str) -> tuple[Place, ...]:
    """Places written one after another, each as degrees or as a corner of the grid.

    `40.7047,-74.0139` is latitude and longitude; `42/5` is 42nd Street and Fifth Avenue, `59/park` is on Park
    Avenue, `86/w700` and `34/e1300` are metres west and east of Fifth.
    """
    return tuple(_token(token) for token in text.split())


def _token(token: str) -> Place:
    if "," in token:
        latitude, longitude = token.split(",")
        return Place(float(latitude), float(longitude))
    street, avenue = token.split("/")
    if avenue in AVENUES:
        return corner(float(street), AVENUES[avenue])
    return corner(float(street), float(avenue[1:]) * (1 if avenue[0] == "w" else -1))
