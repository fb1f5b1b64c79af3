"""Gaze: what a tourist points the camera at, and how it is held to get that into the picture."""

import math
from dataclasses import dataclass

import numpy as np

from engine.geo.bearing import distance_m, heading_towards_deg
from engine.geo.place import Place
from engine.world.haunts import sights
from engine.world.plan.city import manhattan
from engine.world.plan.elements import Landmark
from engine.world.shot import Subject, SubjectKind
from engine.world.standpoints import Stand, is_dry

_FOVY_DEG = (44.0, 66.0)  # of a phone's square picture
_ON_WHEELS = ("taxi", "bus")
_BUS_FROM_M = 10.0  # twelve metres of bus, side on


@dataclass(frozen=True)
class Gaze:
    """The camera's direction and angle."""

    heading_deg: float
    pitch_deg: float
    fovy_deg: float
    sight: Landmark | None = None
    down_the_street: bool = False


def at_landmark(mark: Landmark, place: Place, eye_m: float, rng: np.random.Generator) -> Gaze:
    """The landmark whole in the picture where the angle allows, a little off the middle."""
    heading_deg = heading_towards_deg(place, mark.place)
    top = math.degrees(math.atan2(mark.height_m - eye_m, distance_m(place, mark.place)))
    fovy = float(np.clip(top * rng.uniform(1.25, 1.7) + 8, 38, 78))
    # Upper edge a little above the top, but never so steep that the ground is lost from near by.
    pitch = float(np.clip(top * rng.uniform(1.04, 1.15) + 2 - fovy / 2, -4, 34))
    return Gaze((heading_deg + rng.normal(0, fovy * 0.06)) % 360, pitch, fovy, mark)


def around(stand: Stand, eye_m: float, rng: np.random.Generator) -> Gaze:
    """Something worth it: a sight at the end of the street, the street, the houses opposite, a park or the skyline."""
    seen = sights(stand)
    if seen and rng.random() < 0.4:
        place = Place(*manhattan().frame.from_metres(stand.east, stand.north))
        return at_landmark(seen[int(rng.integers(len(seen)))], place, eye_m, rng)
    fovy = float(rng.uniform(*_FOVY_DEG))
    if math.isnan(stand.along_deg):
        heading = _towards_the_city(stand, rng) if stand.afloat else float(rng.uniform(0, 360))
        return Gaze(heading, float(rng.normal(1.5, 2)), fovy)
    if rng.random() < 0.68:
        ahead = float(rng.choice([0.0, 180.0]))
        # Away from the near houses, which stand on the right hand of who looks along the street on its right side.
        lean = 4.0 * np.sign(stand.lateral_m) * (-1 if ahead == 0 else 1)
        heading = stand.along_deg + ahead + rng.normal(lean, 6)
        return Gaze(
            float(heading) % 360, float(np.clip(rng.normal(5, 4), -2, 16)), fovy, down_the_street=True
        )
    # The houses opposite fill the view: look up their fronts, askew more often than square on.
    across = -90.0 if stand.lateral_m > 0 else 90.0
    heading = stand.along_deg + across + rng.normal(0, 28)
    return Gaze(float(heading) % 360, float(np.clip(rng.normal(9, 6), -2, 24)), fovy)


def subject_before(
    kind: SubjectKind | None, view: Gaze, stand: Stand | None, rng: np.random.Generator
) -> Subject | None:
    """The subject where it belongs, well within the picture: wheels on the roadway, the rest on the ground ahead.

    Without a stand the ground is open all around. None where the subject cannot be: a car in a park, a bus
    across a street too narrow to see all of it, anything on the water.
    """
    half_m = stand.half_width_m if stand else 0.0
    if kind is None or (stand and stand.afloat) or (kind in _ON_WHEELS and not half_m):
        return None
    widest = view.fovy_deg * (0.24 if kind == "bus" else 0.32)
    if stand and view.down_the_street:
        return _down_the_street(kind, view, stand, widest, rng)
    # Across a street the roadway is in front; in the open, or before a sight, the ground is free.
    if stand and kind in _ON_WHEELS:
        away_m = max(5.0, abs(stand.lateral_m))
        if kind == "bus" and away_m < _BUS_FROM_M:
            return None
        turn = stand.along_deg + rng.choice([0.0, 180.0])
    else:
        away_m = float(rng.uniform(3.5, float(np.clip(half_m * 1.2 or 9.0, 4.5, 9.0))))
        turn = view.heading_deg + rng.uniform(90, 270)
    offset = float(rng.uniform(-widest, widest))
    if stand:
        bearing = math.radians(view.heading_deg + offset)
        if not is_dry(stand.east + away_m * math.sin(bearing), stand.north + away_m * math.cos(bearing)):
            return None
    return Subject(kind, float(away_m), offset, float(turn) % 360)


def _down_the_street(
    kind: SubjectKind, view: Gaze, stand: Stand, widest: float, rng: np.random.Generator
) -> Subject:
    """A car in its lane ahead, coming on the left and going on the right; the rest near the camera's own line."""
    bearing = stand.along_deg
    if abs((view.heading_deg - bearing + 180) % 360 - 180) > 90:
        bearing += 180
    own_m = stand.lateral_m if bearing == stand.along_deg else -stand.lateral_m
    if kind in _ON_WHEELS:
        lane_m = min(1.8, stand.half_width_m / 3)
        right_m = float(rng.choice([-lane_m, lane_m]))
        turn = bearing if right_m > 0 else bearing + 180
        ahead_m = float(rng.uniform(9, 16) if kind == "bus" else rng.uniform(6, 12))
    else:
        right_m = own_m + float(rng.uniform(-1.0, 1.0))
        turn = view.heading_deg + rng.uniform(90, 270)
        ahead_m = float(rng.uniform(3.5, 8))
    offset = (
        math.degrees(math.atan2(right_m - own_m, ahead_m)) + (bearing - view.heading_deg + 180) % 360 - 180
    )
    return Subject(
        kind, math.hypot(ahead_m, right_m - own_m), float(np.clip(offset, -widest, widest)), float(turn) % 360
    )


def _towards_the_city(stand: Stand, rng: np.random.Generator) -> float:
    """From a boat: Midtown or the towers downtown."""
    east, north = manhattan().frame.to_metres(
        *((40.7075, -74.0100) if rng.random() < 0.6 else (40.7520, -73.9820))
    )
    return (math.degrees(math.atan2(east - stand.east, north - stand.north)) + rng.normal(0, 12)) % 360
