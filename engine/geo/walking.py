"""Walking: along a path with eyes that turn smoothly at its corners, and a path with fewer corners."""

import math
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.geo.region import Path
from engine.geo.sampling import along

LOOK_M: Final = 4.0
"""A walker looks along the line from so far behind to so far ahead, and so takes a corner over twice as much."""
MOST_TURN_DEG: Final = 30.0
"""No step turns by more."""
_MOST_PARTS: Final = 50
_FINEST_M: Final = 0.25


def walk(path: Path, spacing_m: float | None = None, count: int | None = None) -> list[tuple[Place, float]]:
    """Places along the path as `along` gives them, with headings in [0, 360) that turn smoothly.

    A corner is taken over a few metres. Where steps are too long for that, the turn begins before the corner and ends
    behind it, so that no step turns by more than 30 degrees. Raises BadRequest as `along` does.
    """
    steps = along(path, spacing_m, count)
    if len(steps) < 2:
        return steps
    step_m = spacing_m or path.length_m / (len(steps) - 1)
    parts = min(_MOST_PARTS, math.ceil(step_m / LOOK_M))
    fine = along(path, step_m / parts)
    latitude, longitude = np.array([(place.latitude, place.longitude) for place, _ in fine]).T
    here, look = np.arange(len(steps)) * parts, max(1, round(LOOK_M * parts / step_m))
    behind, ahead = np.maximum(here - look, 0), np.minimum(here + look, len(fine) - 1)
    seen_m, bearing = ellipsoid.inverse(
        latitude[behind], longitude[behind], latitude[ahead], longitude[ahead]
    )
    own = np.array([heading for _, heading in steps])
    headings = np.unwrap(np.where(seen_m > 1e-3, bearing, own), period=360)  # 0 m where the path turns back
    turned = ellipsoid.turn(eased(headings, MOST_TURN_DEG))
    return [(place, heading) for (place, _), heading in zip(steps, turned.tolist(), strict=True)]


def eased(angles: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Angles that differ by at most `most` from one to the next, as near to the given ones as that allows.

    The greatest difference from them is as small as it can be; those that turn slowly enough are kept.
    """
    ramp = most * np.arange(len(angles))

    def above(given: NDArray[np.float64]) -> NDArray[np.float64]:
        after = np.maximum.accumulate(given + ramp) - ramp
        before = np.maximum.accumulate((given - ramp)[::-1])[::-1] + ramp
        return np.maximum(after, before)

    return (above(angles) - above(-angles)) / 2


def thinned(path: Path, most_places: int) -> Path:
    """The path itself, or where it has more places than that, those of them that its shape needs most.

    By Douglas and Peucker, with the least tolerance of 0.25 m, 0.5 m and so on that leaves few enough.
    """
    places = path.places
    if len(places) <= most_places:
        return path
    shrink = math.cos(math.radians(places[0].latitude))
    line = shapely.LineString([(place.longitude * shrink, place.latitude) for place in places])
    tolerance = _FINEST_M / ellipsoid.metres_per_degree(places[0].latitude)[0]
    while len(line.coords) > most_places:
        line = shapely.simplify(line, tolerance, preserve_topology=False)
        tolerance *= 2
    return Path(tuple(Place(y, x / shrink) for x, y in line.coords))
