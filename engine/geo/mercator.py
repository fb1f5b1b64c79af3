"""Web Mercator: the flat map of tiles and page (EPSG:3857), whose metres are longer than the ground's."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.geo import ellipsoid

RADIUS_M: Final = ellipsoid.SEMI_MAJOR_M

Array = NDArray[np.float64]


def to_mercator(latitude: ArrayLike, longitude: ArrayLike) -> tuple[Array, Array]:
    """How far east and north on the map, in its metres, places within 85 degrees of the equator are."""
    east_m = RADIUS_M * np.radians(longitude)
    return east_m, RADIUS_M * np.arcsinh(np.tan(np.radians(latitude)))


def from_mercator(east_m: ArrayLike, north_m: ArrayLike) -> tuple[Array, Array]:
    """Latitude and longitude in degrees of points on the map."""
    latitude = np.degrees(np.arctan(np.sinh(np.asarray(north_m) / RADIUS_M)))
    return latitude, np.degrees(np.asarray(east_m) / RADIUS_M)


def stretch(latitude: float) -> float:
    """How many of the map's metres one metre from west to east is at a latitude; 1 at the equator."""
    return math.radians(RADIUS_M) / ellipsoid.metres_per_degree(latitude)[1]
