"""Sampling: places at random inside a region, and places one after another along a path."""

import math
from typing import Final

import numpy as np
import shapely

from engine.errors import BadRequest
from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.geo.region import Box, Path, Region

MAX_PLACES: Final = 1_000_000


def sample_in(region: Region, count: int, rng: np.random.Generator) -> list[Place]:
    """`count` places inside the region, every square metre being equally likely; the same `rng` gives the same.

    Raises BadRequest for a count that is negative or beyond a million.
    """
    _check_count(count)
    triangles = _triangles(region)
    sides = triangles[:, 1:] - triangles[:, :1]
    nearest_equator = np.where(
        np.ptp(np.sign(triangles[:, :, 1]), axis=1) == 2, 0.0, np.abs(triangles[:, :, 1]).min(axis=1)
    )
    tops = _area_of_degrees(nearest_equator)
    ceilings = tops * np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0])
    chances = ceilings / ceilings.sum()
    found: list[Place] = []
    while missing := count - len(found):
        # Each triangle is drawn as if a degree were as wide everywhere as at its widest; the excess is rejected.
        which = rng.choice(len(triangles), size=missing, p=chances)
        u, v = rng.random((2, missing, 1))
        corner, second, third = triangles[which].swapaxes(0, 1)
        points = corner + (1 - np.sqrt(u)) * (second - corner) + np.sqrt(u) * v * (third - corner)
        kept = rng.random(missing) * tops[which] <= _area_of_degrees(points[:, 1])
        found += [Place(latitude, longitude) for longitude, latitude in points[kept].tolist()]
    return found


def along(path: Path, spacing_m: float | None = None, count: int | None = None) -> list[tuple[Place, float]]:
    """Places along the path with the heading of who walks there, in degrees, [0, 360).

    Either one place every `spacing_m` metres from the start (the end only if a step falls on it), or `count` places at
    equal steps from start to end (1 gives the start). A corner has the heading of the leg that leaves it. Raises
    BadRequest unless exactly one of the two is given and leaves no more than a million places.
    """
    if count is not None and spacing_m is None:
        _check_count(count)
        distances = np.linspace(0, path.length_m, count)
    elif spacing_m is not None and count is None:
        if not (math.isfinite(spacing_m) and spacing_m > 0):
            raise BadRequest(f"the spacing is {spacing_m:g} m; give a number above 0")
        # A step that should meet the end must not miss it by rounding.
        steps = path.length_m / spacing_m + 1e-9
        _check_count(steps + 1)
        distances = np.minimum(np.arange(math.floor(steps) + 1) * spacing_m, path.length_m)
    else:
        raise BadRequest("places along a path need either a spacing in metres or a count; give exactly one")
    latitudes, longitudes = np.array([(p.latitude, p.longitude) for p in path.places]).T
    lengths = np.array(path.leg_lengths_m)
    legs = np.flatnonzero(lengths)  # a repeated place makes a leg without direction
    ends = np.cumsum(lengths[legs])
    which = np.minimum(np.searchsorted(ends, distances + 1e-6, side="right"), len(legs) - 1)
    start, end = legs[which], legs[which] + 1
    gone_m = np.clip(distances - (ends[which] - lengths[start]), 0, lengths[start])
    leg = latitudes[start], longitudes[start], latitudes[end], longitudes[end]
    here = ellipsoid.direct(*leg[:2], ellipsoid.inverse(*leg)[1], gone_m)
    # Looking ahead says nothing at the leg's end, looking back nothing at its start: take the longer look.
    ahead, back = ellipsoid.inverse(*here, *leg[2:])[1], ellipsoid.inverse(*here, *leg[:2])[1]
    headings = np.where(gone_m > lengths[start] / 2, ellipsoid.turn(back + 180), ahead)
    return [
        (Place(latitude, longitude), heading)
        for latitude, longitude, heading in zip(*(a.tolist() for a in (*here, headings)), strict=True)
    ]


def _check_count(count: float) -> None:
    if not 0 <= count <= MAX_PLACES:
        raise BadRequest(f"{count:,.0f} places were asked for; ask for 0 to {MAX_PLACES:,}")


def _triangles(region: Region) -> np.ndarray:
    """Triangles that fill the region, as (triangles, 3 corners, longitude and latitude)."""
    if isinstance(region, Box):
        south_west, south_east, north_east, north_west = region.corners
        halves = [(south_west, south_east, north_east), (south_west, north_east, north_west)]
        return np.array([[(p.longitude, p.latitude) for p in half] for half in halves])
    pieces = shapely.get_parts(shapely.constrained_delaunay_triangles(region.shape))
    return shapely.get_coordinates(pieces).reshape(len(pieces), 4, 2)[:, :3]


def _area_of_degrees(latitude: np.ndarray) -> np.ndarray:
    """Area of a square degree relative to one at the equator."""
    latitude = np.radians(latitude)
    return np.cos(latitude) / (1 - (ellipsoid.ECCENTRICITY * np.sin(latitude)) ** 2) ** 2
