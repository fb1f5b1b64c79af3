"""Conditions become numbers in [-1, 1]: through the frame, around the clock, or NaN."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.conditions import CONDITIONS, PERIODS, azimuth_bin, normalise
from engine.errors import BadRequest
from engine.geo.frame import Frame
from engine.geo.region import Box

FRAME = Frame(Box(south=40.70, west=-74.02, north=40.88, east=-73.90))


def test_longitude_is_x_and_comes_first() -> None:
    x, y = normalise({"latitude": 40.88, "longitude": -74.02}, ("longitude", "latitude"), FRAME)
    assert (x, y) == pytest.approx((-0.9, 0.9))


def test_absent_conditions_are_nan() -> None:
    values = normalise({"hour": 12}, CONDITIONS, FRAME)
    assert [name for name, value in zip(CONDITIONS, values, strict=True) if not math.isnan(value)] == ["hour"]


@given(st.sampled_from(sorted(PERIODS)), st.floats(-1e4, 1e4))
def test_periodic_conditions_are_in_range_and_have_no_seam(name: str, value: float) -> None:
    (here,) = normalise({name: value}, (name,), None)
    (around,) = normalise({name: value + PERIODS[name]}, (name,), None)
    assert -1 <= here <= 1
    assert math.cos(math.pi * here) == pytest.approx(math.cos(math.pi * around), abs=1e-6)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"azimuth": 30.0}, "no condition 'azimuth'; it knows longitude, latitude"),
        ({"latitude": 40.8}, "both latitude and longitude"),
        ({"latitude": math.inf, "longitude": 1.0}, "latitude is inf"),
    ],
)
def test_bad_conditions_are_refused(raw: dict[str, float], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        normalise(raw, ("longitude", "latitude"), FRAME)


def test_a_place_needs_a_box() -> None:
    with pytest.raises(BadRequest, match="has no box"):
        normalise({"latitude": 1.0, "longitude": 1.0}, ("longitude", "latitude"), None)


@given(st.floats(-720, 720), st.sampled_from([5.0, 10.0, 22.5, 90.0]))
def test_an_azimuth_is_rounded_to_the_nearest_bin_around_the_circle(azimuth: float, bin_deg: float) -> None:
    index = azimuth_bin(azimuth, bin_deg)
    assert 0 <= index < 360 / bin_deg
    off = (azimuth - index * bin_deg + 180) % 360 - 180
    assert abs(off) <= bin_deg / 2 + 1e-9
    (value,) = normalise({"azimuth": azimuth}, ("azimuth",), None, bin_deg)
    assert value == pytest.approx(index * bin_deg / 180 - 1)


def test_an_absent_azimuth_stays_absent_whatever_the_bins() -> None:
    assert math.isnan(normalise({"azimuth": None}, ("azimuth",), None, 10.0)[0])


@given(st.floats(0, 1e5), st.sampled_from([(0.0, 200.0), (30.0, 300.0)]))
def test_a_distance_counts_by_its_logarithm_and_ends_short_of_the_seam(
    distance: float, ring_m: tuple[float, float]
) -> None:
    (value,) = normalise({"distance": distance}, ("distance",), None, ring_m=ring_m)
    assert -0.9 <= value <= 0.9
    near, far = max(ring_m[0], 1.0), ring_m[1]
    if near <= distance <= far:
        assert near * (far / near) ** ((value / 0.9 + 1) / 2) == pytest.approx(distance)
    else:
        assert abs(value) == pytest.approx(0.9)


def test_a_distance_needs_a_landmark() -> None:
    with pytest.raises(BadRequest, match="has no landmark"):
        normalise({"distance": 80.0}, ("distance",), None)
