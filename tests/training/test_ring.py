"""The ring: bearings by geo, bins and weights by closed forms, and one sentence for photos that cannot teach."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadCollection, BadRequest
from engine.geo.bearing import azimuth_deg, destination, distance_m, heading_towards_deg
from engine.geo.place import Place
from engine.training.ring import (
    Ring,
    check_headings,
    count_directions,
    direction_weights,
    notices,
    photos_around,
)

ARC = Ring("Arc de Triomphe", Place(48.8738, 2.2950), radius_m=300, min_distance_m=20)
ALL_ROUND = np.arange(0, 360, 5.0)


def table(cameras: list[Place], headings: list[float | None] | None = None) -> pa.Table:
    """Photos as a collection has them, as far as the ring looks at them."""
    return pa.table(
        {
            "latitude": [camera.latitude for camera in cameras],
            "longitude": [camera.longitude for camera in cameras],
            "heading_deg": pa.array(headings or [None] * len(cameras), pa.float64()),
        }
    )


def ring_of(azimuths: np.ndarray, centre: Place = ARC.centre, away_m: float = 120.0) -> list[Place]:
    return [destination(centre, float(azimuth), away_m) for azimuth in azimuths]


@settings(deadline=None)  # the first bearing of all loads pyproj
@given(st.lists(st.tuples(st.floats(0, 359), st.floats(1, 600)), min_size=1, max_size=20))
def test_azimuths_are_those_of_geo_and_only_the_ring_counts(spots: list[tuple[float, float]]) -> None:
    cameras = [destination(ARC.centre, *spot) for spot in [*spots, (77.0, 100.0)]]
    found = photos_around(table(cameras), ARC)
    inside = [camera for camera in cameras if 20 <= distance_m(ARC.centre, camera) <= 300]
    assert found["latitude"].to_pylist() == [camera.latitude for camera in inside]
    assert found["azimuth_deg"].to_pylist() == [azimuth_deg(ARC.centre, camera) for camera in inside]
    away_m = [distance_m(ARC.centre, camera) for camera in inside]
    assert found["distance_m"].to_pylist() == pytest.approx(away_m)
    assert found["centre_deg"].to_pylist() == [heading_towards_deg(camera, ARC.centre) for camera in inside]


def test_longitudes_are_scaled_by_the_cosine_of_the_latitude() -> None:
    step = 0.001  # degrees; unscaled, the bearing would be 45 degrees
    camera = Place(ARC.centre.latitude + step, ARC.centre.longitude + step)
    found = photos_around(table([camera]), ARC)["azimuth_deg"][0].as_py()
    flat = math.degrees(math.atan2(math.cos(math.radians(ARC.centre.latitude)), 1))
    assert found == pytest.approx(flat, abs=0.2)
    assert found < 34


def test_no_photo_in_the_ring_says_where_the_nearest_is() -> None:
    with pytest.raises(
        BadCollection, match=r"from 20 to 300 m around 48\.873800, 2\.295000; .* is 5,000 m away"
    ):
        photos_around(table(ring_of(ALL_ROUND, away_m=5000)), ARC)
    with pytest.raises(BadCollection, match="the nearest is 5 m away"):  # inside the landmark
        photos_around(table(ring_of(ALL_ROUND, away_m=5)), ARC)


@pytest.mark.parametrize(
    ("azimuth", "direction"), [(0, 0), (4.9, 0), (5, 1), (90, 9), (354.9, 35), (355, 0), (359.9, 0)]
)
def test_directions_are_rounded_to_the_nearest_ten_degrees(azimuth: float, direction: int) -> None:
    counts = count_directions([azimuth])
    assert len(counts) == 36
    assert counts[direction] == 1


def test_rare_directions_count_more_up_to_a_cap() -> None:
    azimuths = np.repeat([0.0, 90.0, 200.0], [6, 2, 1])
    # Three directions of 3 photos in the mean: 3/6, 3/2, 3/1.
    raw = np.repeat([0.5, 1.5, 3.0], [6, 2, 1])
    assert direction_weights(azimuths, 100) == pytest.approx(raw / raw.mean())
    capped = np.minimum(raw, 2.0)
    assert direction_weights(azimuths, 2) == pytest.approx(capped / capped.mean())
    assert direction_weights(azimuths, 0).tolist() == [1.0] * 9


@given(st.lists(st.floats(0, 359.9), min_size=1, max_size=60))
def test_without_a_cap_every_direction_counts_alike(azimuths: list[float]) -> None:
    weights = direction_weights(azimuths, 1e9)
    assert weights.mean() == pytest.approx(1)
    directions = [np.argmax(count_directions([azimuth])) for azimuth in azimuths]
    sums = np.bincount(directions, weights)
    assert sums[sums > 0] == pytest.approx(len(azimuths) / len(set(directions)))


def test_photos_from_all_sides_are_enough() -> None:
    assert notices(count_directions(ALL_ROUND), ARC) == ()


def test_a_few_photos_on_one_side_get_two_notices() -> None:
    few, side = notices(count_directions(np.arange(340, 410, 10) % 360), ARC)
    assert few == "7 photos of Arc de Triomphe are very few; the model will learn them by heart"
    assert "from one side only: from 340 to 40 degrees, 7 of 36 directions; a picture from elsewhere" in side


def test_a_gap_is_told_with_what_is_covered() -> None:
    azimuths = [*np.arange(10, 100, 5.0), *np.arange(190, 260, 5.0), 300.0]
    (gap,) = notices(count_directions(azimuths), ARC)
    assert "not from all sides: from 10 to 100, 190 to 260 and 300 degrees" in gap
    (gap,) = notices(
        count_directions([*azimuths, 340.0, 20.0]), ARC
    )  # 340 and 10 are near enough to be one run
    assert "from 340 to 100, 190 to 260 and 300 degrees" in gap


def test_photos_from_one_direction_cannot_teach_an_angle() -> None:
    with pytest.raises(BadCollection, match=r"all 20 photos .* from one direction, around 130 degrees"):
        notices(count_directions([131.0] * 20), ARC)


def looking(cameras: list[Place], target: Place, off_deg: float = 0.0) -> list[float | None]:
    return [(heading_towards_deg(camera, target) + off_deg) % 360 for camera in cameras]


def test_headings_that_look_at_the_centre_agree() -> None:
    cameras = ring_of(ALL_ROUND)
    for off_deg in (0.0, 30.0, -30.0):
        check_headings(photos_around(table(cameras, looking(cameras, ARC.centre, off_deg)), ARC), ARC, 45)


def test_a_centre_that_headings_do_not_point_at_is_wrong() -> None:
    cameras = ring_of(ALL_ROUND)
    turned = photos_around(table(cameras, looking(cameras, ARC.centre, 120)), ARC)
    message = r"headings do not point at the centre 48\.873800, 2\.295000: median off by 120 degrees; check"
    with pytest.raises(BadRequest, match=message):
        check_headings(turned, ARC, 45)
    check_headings(turned, ARC, 180)

    there = destination(ARC.centre, 60, 260)  # what the photos really show
    cameras = ring_of(ALL_ROUND, there)
    with pytest.raises(BadRequest, match="do not point at the centre"):
        check_headings(photos_around(table(cameras, looking(cameras, there)), ARC), ARC, 45)


def test_a_few_headings_are_no_evidence() -> None:
    cameras = ring_of(ALL_ROUND)
    headings = [*looking(cameras[:4], ARC.centre, 180), *[None] * (len(cameras) - 4)]
    check_headings(photos_around(table(cameras, headings), ARC), ARC, 45)


@pytest.mark.parametrize(
    ("near", "far"), [(-1, 300), (300, 300), (0, 0), (0, 1e6), (float("nan"), 300), (0, float("nan"))]
)
def test_numbers_that_make_no_ring_are_refused(near: float, far: float) -> None:
    with pytest.raises(BadRequest, match="make no ring"):
        Ring("Arc", ARC.centre, radius_m=far, min_distance_m=near)


def test_a_landmark_without_a_name_is_refused() -> None:
    with pytest.raises(BadRequest, match="no name"):
        Ring(" ", ARC.centre, radius_m=300)
    assert Ring(" Arc ", ARC.centre, radius_m=300).prompt == "A photo of Arc"
