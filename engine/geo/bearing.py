"""Bearings: angles as a compass shows them, clockwise from true north, and the distances that go with them.

The azimuth is where a camera stands, seen from a landmark; the heading is where it looks. A camera that looks at
the landmark has a heading about 180 degrees from its azimuth.
"""

import math

from engine.errors import BadPlace
from engine.geo import ellipsoid
from engine.geo.place import Place


def azimuth_deg(centre: Place, camera: Place) -> float:
    """Compass bearing of the camera seen from the landmark's centre, [0, 360); 0 when they are the same place."""
    _, bearing = ellipsoid.inverse(centre.latitude, centre.longitude, camera.latitude, camera.longitude)
    return float(bearing)


def heading_towards_deg(camera: Place, target: Place) -> float:
    """Heading of a camera that looks at the target, [0, 360); 0 when they are the same place."""
    return azimuth_deg(camera, target)


def opposite_deg(angle: float) -> float:
    """The bearing that points the other way, [0, 360)."""
    return float(ellipsoid.turn(angle + 180))


def angular_difference_deg(a: float, b: float) -> float:
    """What must be added to bearing `b` to reach bearing `a` by the shorter turn, [-180, 180)."""
    return float(ellipsoid.half_turn(a - b))


def distance_m(a: Place, b: Place) -> float:
    """Length of the shortest way between two places along the ellipsoid, in metres."""
    distance, _ = ellipsoid.inverse(a.latitude, a.longitude, b.latitude, b.longitude)
    return float(distance)


def destination(place: Place, bearing_deg: float, distance_m: float) -> Place:
    """The place reached from `place` in a direction; a negative distance goes backwards.

    Raises BadPlace when the bearing or the distance is not a number.
    """
    if not math.isfinite(bearing_deg) or not math.isfinite(distance_m):
        raise BadPlace(f"{distance_m:g} m at {bearing_deg:g} degrees leads nowhere; give two finite numbers")
    latitude, longitude = ellipsoid.direct(place.latitude, place.longitude, bearing_deg, distance_m)
    return Place(float(latitude), float(longitude))
