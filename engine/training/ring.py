"""The ring: photos around a landmark become azimuths, are counted by direction, and are weighed against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.diffusion.card import landmark_prompt
from engine.diffusion.conditions import SIDES, azimuth_bin
from engine.errors import BadCollection, BadRequest
from engine.geo import ellipsoid
from engine.geo.place import Place

_BIN_DEG = 360 / SIDES
_FEWEST_DIRECTIONS = 2
_FEW_PHOTOS = 12
_FEWEST_HEADINGS = 5
_WIDEST_GAP_DEG = 60.0
_SMALLEST_HOLE = 3
_FARTHEST_M = 50_000.0


@dataclass(frozen=True)
class Ring:
    """Where the photos of a landmark are taken from: around its centre, neither inside it nor too far away.

    Raises BadRequest for numbers that make no ring and for a landmark without a name.
    """

    landmark: str
    """Its name, as in "A photo of {landmark}"."""
    centre: Place
    radius_m: float
    """Photos farther away do not count."""
    min_distance_m: float = 10.0
    """Nearer ones neither: they may be taken inside, and GPS is too coarse to tell their bearing."""

    def __post_init__(self) -> None:
        if not self.landmark.strip():
            raise BadRequest("the landmark has no name; give the name that its photos are captioned with")
        if not 0 <= self.min_distance_m < self.radius_m <= _FARTHEST_M:
            raise BadRequest(
                f"photos from {self.min_distance_m:g} to {self.radius_m:g} m away make no ring; give a radius of up to "
                f"{_FARTHEST_M:,.0f} m that is larger than the least distance"
            )

    @property
    def prompt(self) -> str:
        """The one prompt of all photos (paper)."""
        return landmark_prompt(self.landmark)


def photos_around(photos: pa.Table, ring: Ring) -> pa.Table:
    """The photos in the ring with three columns more: azimuth_deg, the bearing of the camera seen from the centre in
    [0, 360), distance_m, how far from it the camera is, and centre_deg, the bearing of the centre seen from the camera.

    Raises BadCollection where there is none.
    """
    latitude, longitude = photos["latitude"].to_numpy(), photos["longitude"].to_numpy()
    here = ring.centre.latitude, ring.centre.longitude
    distance_m, azimuth_deg = ellipsoid.inverse(*here, latitude, longitude)
    _, centre_deg = ellipsoid.inverse(latitude, longitude, *here)
    inside = (distance_m >= ring.min_distance_m) & (distance_m <= ring.radius_m)
    if not inside.any():
        nearest = f"; the nearest is {distance_m.min():,.0f} m away" if len(distance_m) else ""
        raise BadCollection(
            f"no photo was taken from {ring.min_distance_m:g} to {ring.radius_m:g} m around {ring.centre}{nearest}: "
            "check the centre, or choose a larger radius"
        )
    found = photos.append_column("azimuth_deg", pa.array(azimuth_deg))
    found = found.append_column("distance_m", pa.array(distance_m))
    return found.append_column("centre_deg", pa.array(centre_deg)).filter(pa.array(inside))


def check_headings(around: pa.Table, ring: Ring, tolerance_deg: float) -> None:
    """Nothing, when the photos of `photos_around` look at the centre, as far as their headings are known.

    Raises BadRequest where five or more have a heading and the median of how far they look past the centre is more
    than `tolerance_deg`: then the landmark is somewhere else.
    """
    headings = around["heading_deg"].to_numpy().astype(float)
    off_deg = np.abs(ellipsoid.half_turn(headings - around["centre_deg"].to_numpy()))
    off_deg = off_deg[~np.isnan(off_deg)]
    if len(off_deg) >= _FEWEST_HEADINGS and (median := float(np.median(off_deg))) > tolerance_deg:
        raise BadRequest(
            f"the photos' headings do not point at the centre {ring.centre}: median off by {median:.0f} degrees; "
            "check the centre, or raise heading_tolerance_deg if headings cannot be trusted"
        )


def count_directions(azimuths_deg: Sequence[float] | NDArray[np.float64]) -> tuple[int, ...]:
    """Photos in each of the 36 directions."""
    bins = [azimuth_bin(float(azimuth), _BIN_DEG) for azimuth in azimuths_deg]
    return tuple(np.bincount(bins, minlength=SIDES).tolist())


def direction_weights(azimuths_deg: Sequence[float] | NDArray[np.float64], cap: float) -> NDArray[np.float64]:
    """How much each photo counts, so that directions with few photos are learned as well as those with many: the mean
    number of photos in the directions that have any, divided by the number in its own, at most `cap`; then scaled to
    a mean of 1. A cap of 0 weighs all photos alike.
    """
    if not cap:
        return np.ones(len(azimuths_deg))
    counts = np.array(count_directions(azimuths_deg))
    own = counts[[azimuth_bin(float(azimuth), _BIN_DEG) for azimuth in azimuths_deg]]
    weights = np.minimum(counts[counts > 0].mean() / own, cap)
    return weights / weights.mean()


def notices(counts: Sequence[int], ring: Ring) -> tuple[str, ...]:
    """Sentences on what the photos, counted by direction, cannot teach; none where they are enough.

    Raises BadCollection where they show the landmark from a single direction.
    """
    photos, seen = sum(counts), sum(count > 0 for count in counts)
    if seen < _FEWEST_DIRECTIONS:
        raise BadCollection(
            f"all {photos} photos of {ring.landmark} were taken from one direction, around {_covered(counts)} degrees; "
            "an angle cannot be learned from them: add photos from other sides, or check the centre"
        )
    said = []
    if photos < _FEW_PHOTOS:
        said.append(f"{photos} photos of {ring.landmark} are very few; the model will learn them by heart")
    if (gap_deg := _widest_gap_deg(counts)) >= _WIDEST_GAP_DEG:
        side = "from one side only" if gap_deg >= 180 else "not from all sides"
        said.append(
            f"the photos show {ring.landmark} {side}: from {_covered(counts)} degrees, {seen} of {SIDES} directions; "
            "a picture from elsewhere is a guess"
        )
    return tuple(said)


def _widest_gap_deg(counts: Sequence[int]) -> float:
    """Degrees of the widest run of directions without a photo, around the circle."""
    empty, widest = 0, 0
    for count in (*counts, *counts):
        empty = 0 if count else empty + 1
        widest = max(widest, empty)
    return min(widest, len(counts)) * _BIN_DEG


def _covered(counts: Sequence[int]) -> str:
    """Where there are photos, as runs around the circle: "340 to 40 and 120"; holes of one or two directions apart."""
    bins = [bin_ for bin_, count in enumerate(counts) if count]
    following = [*bins[1:], bins[0] + SIDES]
    ends = [index for index, bin_ in enumerate(bins) if following[index] - bin_ > _SMALLEST_HOLE]
    if not ends:
        return "0 to 360"
    runs = []
    for before, end in zip([ends[-1] - len(bins), *ends], ends, strict=False):
        first, last = (f"{bins[each] * _BIN_DEG:.0f}" for each in ((before + 1) % len(bins), end))
        runs.append(first if first == last else f"{first} to {last}")
    return " and ".join([", ".join(runs[:-1]), runs[-1]] if len(runs) > 1 else runs)
