"""A place takes every usual spelling of a position and refuses the rest in one sentence."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadPlace
from engine.geo.place import Place

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180, exclude_max=True)


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("55.6985, 13.1955", 55.6985, 13.1955),
        ("55.6985,13.1955", 55.6985, 13.1955),
        ("55.6985 13.1955", 55.6985, 13.1955),
        ("  (55.6985; 13.1955) ", 55.6985, 13.1955),
        ("55,6985, 13,1955", 55.6985, 13.1955),
        ("55,6985 13,1955", 55.6985, 13.1955),
        ("55°, 13°", 55, 13),
        ("55,13", 55, 13),
        ("-33.8568, 151.2153", -33.8568, 151.2153),
        ("\u221233.8568, +151.2153", -33.8568, 151.2153),
        ("55.6985N 13.1955E", 55.6985, 13.1955),
        ("55.6985 n, 13.1955 e", 55.6985, 13.1955),
        ("13.1955E 55.6985N", 55.6985, 13.1955),
        ("S 33.8568, E 151.2153", -33.8568, 151.2153),
        ("40°45'28\"N 73°59'08\"W", 40.757778, -73.985556),
        ("40° 45′ 28.5″ N, 73° 59′ 8″ W", 40.757917, -73.985556),
        ("40º45’28”N 73º59’08”W", 40.757778, -73.985556),
        ("40 45 28 N 73 59 08 W", 40.757778, -73.985556),
        ("40 45 28 -73 59 08", 40.757778, -73.985556),
        ("40 45.4667, -73 59.1333", 40.757778, -73.985556),
        ("-0 30 0, -0 15 0", -0.5, -0.25),
        ("40:45:28 N 73:59:08 W", 40.757778, -73.985556),
        ("40°45´28´´N, 73°59´08´´W", 40.757778, -73.985556),
        ("40˚ 45.4667' north, 73˚ 59.1333' west", 40.757778, -73.985556),
        ("40 degrees 45 minutes 28 seconds N, 73 deg 59 min 8 sec W", 40.757778, -73.985556),
        ("40d45'28\"N 73d59'08\"W", 40.757778, -73.985556),
        ("40d45m28sN 73d59m08sW", 40.757778, -73.985556),
        ("55,6985° N, 13,1955° E", 55.6985, 13.1955),
        ("40.758, –73.985", 40.758, -73.985),
        ("[40.758, -73.985]", 40.758, -73.985),
        ("40.758 / -73.985", 40.758, -73.985),
        ("lat 40.758, lon -73.985", 40.758, -73.985),
        ("Latitude: 40.758 Longitude: -73.985", 40.758, -73.985),
        ("lng=-73.985, lat=40.758", 40.758, -73.985),
        ("Long 73 59 08 W, Lat 40 45 28 N", 40.757778, -73.985556),
        ("geo:40.758,-73.985", 40.758, -73.985),
        ("geo:40.758,-73.985,12;u=35", 40.758, -73.985),
        ("geo:40.758,-73.985?z=15", 40.758, -73.985),
        ("0, 180", 0, -180),
        ("90, 0", 90, 0),
    ],
)
def test_parse_reads(text: str, latitude: float, longitude: float) -> None:
    place = Place.parse(text)
    assert place.latitude == pytest.approx(latitude, abs=1e-6)
    assert place.longitude == pytest.approx(longitude, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "Lund",
            "55.6985",
            "55.6985,",
            "1, 2, 3",
            "1 2 3",
            "1;2;3",
            "N, E",
            "55.6985N",
            "nan, nan",
        ),
        *("1e1, 2", "0x10, 2", "1_0, 2", "55.6985N 13.1955N", "55E 13E", "-55N 13E", "55 13E", "N55 13"),
        *("40 60 0, 73 0 0", "40 45 60, 73 0 0", "40.5 30, 73 0", "40 45 28 10, 1", "40 -45 0, 73 0 0"),
        *("lat 40.758, -73.985", "lat 40.758, lat -73.985", "lon 1, lon 2", "lat, lon", "latter 1, lon 2"),
        *("40d45m28s 73d59m08s S", "geo:40.758", "north, east", "1/2, 3/4", "lat 91, lon 0"),
        *("91, 0", "-90.1, 0", "0, 361", "1, 2" + " " * 200, "9" * 1_000_000, "\0, 1"),
    ],
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(BadPlace) as caught:
        Place.parse(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@given(LATITUDES, LONGITUDES)
@settings(deadline=None)
def test_what_is_shown_is_read_back(latitude: float, longitude: float) -> None:
    again = Place.parse(str(Place(latitude, longitude)))
    assert again.latitude == pytest.approx(latitude, abs=5.1e-7)
    assert math.remainder(again.longitude - longitude, 360) == pytest.approx(0, abs=5.1e-7)


@given(st.text(max_size=120))
@settings(deadline=None)
def test_any_text_is_a_place_or_one_sentence(text: str) -> None:
    try:
        place = Place.parse(text)
    except BadPlace:
        return
    assert -90 <= place.latitude <= 90
    assert -180 <= place.longitude < 180


@given(st.floats(-90, 90), st.floats(-360, 360))
@settings(deadline=None)
def test_longitudes_are_wrapped_into_one_turn(latitude: float, longitude: float) -> None:
    place = Place(latitude, longitude)
    assert -180 <= place.longitude < 180
    assert math.remainder(place.longitude - longitude, 360) == pytest.approx(0, abs=1e-12)
    if -180 <= longitude < 180:
        assert place.longitude == longitude


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, "north", None, 10**400])
def test_what_is_no_number_is_refused(bad: object) -> None:
    with pytest.raises(BadPlace, match=r"latitude .* is not a number"):
        Place(bad, 0)
    with pytest.raises(BadPlace, match=r"longitude .* is not a number"):
        Place(0, bad)


def test_a_swapped_pair_is_suspected() -> None:
    with pytest.raises(BadPlace, match="latitude -120 is not on Earth; it is probably swapped"):
        Place(-120, 35)
    with pytest.raises(BadPlace, match="give degrees between -90 and 90"):
        Place(4_970_241, 823_764)


def test_no_place_is_shown_as_minus_zero() -> None:
    assert str(Place(-1e-9, -0.0)) == "0.000000, 0.000000"
