"""A frame maps a city's box to [-1, 1] and to metres and back, as pyproj does."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from engine.errors import BadRegion
from engine.geo.bearing import angular_difference_deg, destination
from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box

GEOD = Geod(ellps="WGS84")
FRACTIONS = st.floats(0, 1)
MANHATTAN = Box(40.70, -74.02, 40.88, -73.91)


@st.composite
def boxes(draw: st.DrawFn, largest_deg: float = 2.0) -> Box:
    south = draw(st.floats(-80, 80 - largest_deg))
    west = draw(st.floats(-180, 180 - largest_deg, exclude_max=True))
    side = st.floats(0.01, largest_deg * 0.999)
    return Box(south, west, south + draw(side), west + draw(side))


def within(box: Box, up: float, along: float) -> tuple[float, float]:
    return box.south + up * (box.north - box.south), box.west + along * (box.east - box.west)


@given(boxes(), FRACTIONS, FRACTIONS, st.floats(0, 0.9))
@settings(deadline=None)
def test_unit_round_trip(box: Box, up: float, along: float, margin: float) -> None:
    frame, (latitude, longitude) = Frame(box, margin), within(box, up, along)
    x, y = frame.to_unit(latitude, longitude)
    assert max(abs(x), abs(y)) <= (1 - margin) * (1 + 1e-12)
    again = frame.from_unit(x, y)
    assert again == pytest.approx((latitude, longitude), abs=1e-9)


@given(boxes(), FRACTIONS, FRACTIONS)
@settings(deadline=None)
def test_metres_round_trip(box: Box, up: float, along: float) -> None:
    frame, (latitude, longitude) = Frame(box), within(box, up, along)
    again = frame.from_metres(*frame.to_metres(latitude, longitude))
    assert again == pytest.approx((latitude, longitude), abs=1e-6)


@given(boxes(), FRACTIONS, FRACTIONS)
@settings(deadline=None)
def test_metres_agree_with_proj(box: Box, up: float, along: float) -> None:
    frame, (latitude, longitude) = Frame(box), within(box, up, along)
    expected = Transformer.from_crs("EPSG:4326", frame.metres_crs, always_xy=True).transform(
        longitude, latitude
    )
    assert frame.to_metres(latitude, longitude) == pytest.approx(expected, abs=1e-3)


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0, 360), st.floats(0, 360), st.floats(100, 10_000))
@settings(deadline=None)
def test_any_two_points_of_a_city_are_as_far_as_on_earth(
    latitude: float, longitude: float, first_deg: float, second_deg: float, reach_m: float
) -> None:
    centre = Place(latitude, longitude)
    frame = Frame(Box.around([centre], margin_m=10_000))
    a, b = destination(centre, first_deg, reach_m), destination(centre, second_deg, reach_m / 2)
    east_m, north_m = frame.to_metres(
        np.array([a.latitude, b.latitude]), np.array([a.longitude, b.longitude])
    )
    _, _, length_m = GEOD.inv(a.longitude, a.latitude, b.longitude, b.latitude)
    assert math.hypot(np.ptp(east_m), np.ptp(north_m)) == pytest.approx(length_m, rel=1e-3)
    from_centre = math.degrees(math.atan2(east_m[0], north_m[0]))
    assert abs(angular_difference_deg(from_centre, first_deg)) < 0.1


def test_x_is_the_longitude_and_edges_keep_their_distance() -> None:
    frame = Frame(MANHATTAN)
    assert frame.to_unit(MANHATTAN.south, MANHATTAN.west) == (-0.9, -0.9)
    assert frame.to_unit(MANHATTAN.south, MANHATTAN.east) == (0.9, -0.9)
    assert frame.to_unit(MANHATTAN.north, MANHATTAN.west) == (-0.9, 0.9)
    # One whole turn of the slowest sine apart would make the two edges one.
    west, _ = frame.to_unit(40.8, MANHATTAN.west)
    east, _ = frame.to_unit(40.8, MANHATTAN.east)
    assert east - west < 2


def test_the_centre_is_the_origin_and_north_is_up() -> None:
    frame = Frame(MANHATTAN)
    centre = MANHATTAN.centre
    assert frame.to_metres(centre.latitude, centre.longitude) == pytest.approx((0, 0), abs=1e-6)
    east_m, north_m = frame.to_metres(centre.latitude + 0.01, centre.longitude + 0.01)
    assert (east_m, north_m) == pytest.approx((843, 1111), abs=2)


def test_arrays_keep_their_shape_and_numbers_stay_numbers() -> None:
    frame = Frame(MANHATTAN)
    latitudes, longitudes = np.full((2, 3), 40.75), np.linspace(-74.02, -73.91, 6).reshape(2, 3)
    for there, back in ((frame.to_unit, frame.from_unit), (frame.to_metres, frame.from_metres)):
        first, second = there(latitudes, longitudes)
        assert first.shape == second.shape == (2, 3)
        np.testing.assert_allclose(back(first, second), (latitudes, longitudes), atol=1e-9)
        one = there(float(latitudes[1, 2]), float(longitudes[1, 2]))
        assert all(type(number) is float for number in one)
        assert one == pytest.approx((first[1, 2], second[1, 2]), abs=1e-9)
    x, _ = frame.to_unit([40.75, 40.76], [-74.02, -73.91])
    np.testing.assert_allclose(x, [-0.9, 0.9])


def test_absent_values_stay_absent() -> None:
    x, y = Frame(MANHATTAN).to_unit(np.array([40.75, np.nan]), np.array([-74.0, np.nan]))
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [False, True]


def test_a_neighbour_across_the_antimeridian_is_near() -> None:
    frame = Frame(Box(-18, 179, -17, 179.9))
    x, _ = frame.to_unit(-17.5, -179.9)
    assert 0.9 < x < 1.5
    east_m, _ = frame.to_metres(-17.5, -179.9)
    assert east_m == pytest.approx(69_031, abs=5)
    assert frame.from_metres(*frame.to_metres(-17.5, -179.9)) == pytest.approx((-17.5, -179.9), abs=1e-9)
    assert frame.from_unit(*frame.to_unit(-17.5, -179.9)) == pytest.approx((-17.5, -179.9), abs=1e-9)


def test_the_poles_are_far_but_no_error() -> None:
    for latitude in (-90.0, 90.0):
        assert all(map(math.isfinite, Frame(MANHATTAN).to_metres(latitude, 100.0)))


@given(st.floats(allow_nan=True, allow_infinity=True))
@settings(deadline=None)
def test_a_margin_outside_its_range_is_refused(margin: float) -> None:
    assume(not 0 <= margin < 1)
    with pytest.raises(BadRegion, match="margin"):
        Frame(MANHATTAN, margin)
