"""Bearings and distances agree with pyproj's geodesics."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from engine.errors import BadPlace
from engine.geo import ellipsoid
from engine.geo.bearing import (
    angular_difference_deg,
    azimuth_deg,
    destination,
    distance_m,
    heading_towards_deg,
    opposite_deg,
)
from engine.geo.place import Place

GEOD = Geod(ellps="WGS84")
PLACES = st.builds(Place, st.floats(-80, 80), st.floats(-180, 180, exclude_max=True))
BEARINGS = st.floats(0, 360, exclude_max=True)
ANGLES = st.floats(-1e6, 1e6)

# Landmarks and a camera that stands at a known side of each.
NEW_YORK, PARIS = Place(40.6892, -74.0445), Place(48.8738, 2.2950)


@given(PLACES, BEARINGS, st.floats(1, 10_000))
@settings(deadline=None)
def test_bearing_and_distance_within_10_km(centre: Place, bearing: float, length_m: float) -> None:
    longitude, latitude, _ = GEOD.fwd(centre.longitude, centre.latitude, bearing, length_m)
    camera = Place(latitude, longitude)
    assert abs(angular_difference_deg(azimuth_deg(centre, camera), bearing)) < 1e-4
    assert distance_m(centre, camera) == pytest.approx(length_m, rel=1e-6)


@given(PLACES, PLACES)
@settings(deadline=None)
def test_bearing_and_distance_around_the_world(a: Place, b: Place) -> None:
    azimuth, _, length_m = GEOD.inv(a.longitude, a.latitude, b.longitude, b.latitude)
    assume(1 < length_m < 19.5e6)
    assert distance_m(a, b) == pytest.approx(length_m, rel=1e-6)
    assert abs(angular_difference_deg(azimuth_deg(a, b), azimuth)) < 1e-3


@given(PLACES, BEARINGS, st.floats(0, 19e6))
@settings(deadline=None)
def test_destination_agrees_with_pyproj(place: Place, bearing: float, length_m: float) -> None:
    longitude, latitude, _ = GEOD.fwd(place.longitude, place.latitude, bearing, length_m)
    reached = destination(place, bearing, length_m)
    assert distance_m(reached, Place(latitude, longitude)) < 0.01


@given(PLACES, BEARINGS, st.floats(1, 10_000))
@settings(deadline=None)
def test_a_negative_distance_goes_backwards(place: Place, bearing: float, length_m: float) -> None:
    backwards = destination(place, bearing, -length_m)
    assert distance_m(backwards, destination(place, opposite_deg(bearing), length_m)) < 1e-3


@pytest.mark.parametrize(
    ("centre", "camera", "azimuth"),
    [
        (PARIS, Place(48.8838, 2.2950), 0),
        (PARIS, Place(48.8738, 2.3050), 90),
        (PARIS, Place(48.8638, 2.2950), 180),
        (PARIS, Place(48.8738, 2.2850), 270),
        # Equal steps of latitude and longitude are not north-east in Paris: a degree east is 0.66 of a degree north.
        (PARIS, Place(48.8748, 2.2960), 33.4),
        (NEW_YORK, Place(40.7033, -74.0170), 56.0),
    ],
)
def test_azimuth_is_where_the_camera_stands(centre: Place, camera: Place, azimuth: float) -> None:
    assert abs(angular_difference_deg(azimuth_deg(centre, camera), azimuth)) < 0.1


@given(PLACES, BEARINGS, st.floats(1, 1000))
@settings(deadline=None)
def test_a_camera_looks_opposite_to_its_azimuth(centre: Place, bearing: float, length_m: float) -> None:
    camera = destination(centre, bearing, length_m)
    heading = heading_towards_deg(camera, centre)
    assert abs(angular_difference_deg(heading, opposite_deg(azimuth_deg(centre, camera)))) < 0.1


@given(ANGLES, ANGLES)
@settings(deadline=None)
def test_angles_stay_in_their_ranges(a: float, b: float) -> None:
    assert 0 <= opposite_deg(a) < 360
    difference = angular_difference_deg(a, b)
    assert -180 <= difference < 180
    assert math.remainder(b + difference - a, 360) == pytest.approx(0, abs=1e-6)


def test_angles_turn_the_short_way() -> None:
    assert angular_difference_deg(10, 350) == 20
    assert angular_difference_deg(350, 10) == -20
    assert angular_difference_deg(180, 0) == -180
    assert opposite_deg(270) == 90
    assert opposite_deg(-180) == 0
    assert opposite_deg(180 - 1e-15) < 360


def test_the_antimeridian_is_no_wall() -> None:
    west, east = Place(-17, 179.99), Place(-17, -179.99)
    assert distance_m(west, east) == pytest.approx(2129, abs=1)
    assert azimuth_deg(west, east) == pytest.approx(90, abs=0.01)
    assert destination(west, 90, distance_m(west, east)).longitude == pytest.approx(-179.99, abs=1e-6)


def test_poles_equators_and_equal_places() -> None:
    pole = Place(90, 0)
    assert distance_m(pole, Place(90, 77)) == pytest.approx(0, abs=1e-6)
    assert azimuth_deg(Place(60, 20), pole) == pytest.approx(0, abs=1e-9)
    assert azimuth_deg(Place(0, 0), Place(0, 1)) == 90
    assert (azimuth_deg(PARIS, PARIS), distance_m(PARIS, PARIS)) == (0, 0)
    assert distance_m(Place(0, 0), Place(0, -180)) == pytest.approx(20_003_931, rel=0.01)


@pytest.mark.parametrize(
    ("bearing", "length_m"), [(math.nan, 1), (math.inf, 1), (0, math.nan), (0, math.inf)]
)
def test_destination_refuses_what_is_no_number(bearing: float, length_m: float) -> None:
    with pytest.raises(BadPlace, match="finite"):
        destination(PARIS, bearing, length_m)


def test_many_places_at_once_are_the_same_as_one_by_one() -> None:
    latitudes, longitudes = np.array([48.9, 40.7, -33.8]), np.array([2.3, -74.0, 151.2])
    lengths, bearings = ellipsoid.inverse(PARIS.latitude, PARIS.longitude, latitudes, longitudes)
    for index, place in enumerate(map(Place, latitudes, longitudes)):
        assert lengths[index] == pytest.approx(distance_m(PARIS, place), rel=1e-12)
        assert bearings[index] == pytest.approx(azimuth_deg(PARIS, place), abs=1e-9)


@given(st.floats(-89, 89))
@settings(deadline=None)
def test_the_length_of_a_degree_agrees_with_pyproj(latitude: float) -> None:
    north_m, east_m = ellipsoid.metres_per_degree(latitude)
    assert north_m * 2e-3 == pytest.approx(GEOD.inv(0, latitude - 1e-3, 0, latitude + 1e-3)[2], rel=1e-6)
    assert east_m * 1e-3 == pytest.approx(GEOD.inv(0, latitude, 1e-3, latitude)[2], rel=1e-6)
