"""WGS84: the ellipsoid, its radii of curvature, and distance and direction along its surface.

Everything works on numpy arrays that broadcast, in degrees and metres. The geodesics are those of pyproj.
"""

import math
from typing import Final

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

SEMI_MAJOR_M: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257223563
ECCENTRICITY: Final = math.sqrt(FLATTENING * (2 - FLATTENING))
GEOD: Final = pyproj.Geod(ellps="WGS84")

Array = NDArray[np.float64]


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Length of one degree of latitude and of one degree of longitude at a latitude, in metres."""
    sine = math.sin(math.radians(latitude))
    shrink = 1 - (ECCENTRICITY * sine) ** 2
    prime_vertical_m = SEMI_MAJOR_M / math.sqrt(shrink)
    meridian_m = prime_vertical_m * (1 - ECCENTRICITY**2) / shrink
    return math.radians(meridian_m), math.radians(prime_vertical_m * math.cos(math.radians(latitude)))


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

    Two equal places give (0, 0).
    """
    lat1, lon1, lat2, lon2 = np.broadcast_arrays(latitude1, longitude1, latitude2, longitude2)
    bearing, _, distance_m = GEOD.inv(lon1, lat1, lon2, lat2)
    return np.asarray(distance_m), np.where(np.equal(distance_m, 0), 0.0, turn(bearing))


def direct(
    latitude: ArrayLike, longitude: ArrayLike, bearing_deg: ArrayLike, distance_m: ArrayLike
) -> tuple[Array, Array]:
    """Latitude and longitude, [-180, 180), at a distance along the shortest way that starts at a bearing."""
    lat, lon, bearing, distance = np.broadcast_arrays(latitude, longitude, bearing_deg, distance_m)
    end_longitude, end_latitude, _ = GEOD.fwd(lon, lat, bearing, distance)
    return np.asarray(end_latitude), half_turn(end_longitude)
