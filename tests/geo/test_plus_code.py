"""Plus codes against published ones, and round trips from anywhere on Earth."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadPlace
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.geo.plus_code import decode, encode, split

PLACES = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180, exclude_max=True))
CELL_DEG = {2: 20, 4: 1, 6: 0.05, 8: 0.0025, 10: 0.000125}
TIMES_SQUARE = Place(40.7580, -73.9855)


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("8FW4V75V+8Q", 48.8584, 2.2945),  # the Eiffel Tower
        ("8fw4v75v+8q", 48.8584, 2.2945),
        (" 87G8Q257+5Q ", 40.7579, -73.9855),
        ("8FVC9G8F+6X", 47.365590, 8.524997),
        ("8FVC9G8F+6XQ", 47.365590, 8.524997),
        ("8FVC0000+", 47.5, 8.5),
    ],
)
def test_a_full_code_is_the_centre_of_its_cell(code: str, latitude: float, longitude: float) -> None:
    place = decode(code)
    assert place.latitude == pytest.approx(latitude, abs=1e-4)
    assert place.longitude == pytest.approx(longitude, abs=1e-4)


def test_a_short_code_is_read_near_its_place() -> None:
    assert decode("Q257+5Q", TIMES_SQUARE) == decode("87G8Q257+5Q")
    assert decode("57+5Q", TIMES_SQUARE) == decode("87G8Q257+5Q")
    assert decode("8FW4V75V+8Q", TIMES_SQUARE) == decode("8FW4V75V+8Q")


@given(PLACES, st.sampled_from([2, 4, 6, 8, *range(10, 16)]))
@settings(deadline=None)
def test_the_centre_is_within_half_a_cell(place: Place, digits: int) -> None:
    code = encode(place, digits)
    assert len(code.replace("+", "").rstrip("0")) == digits
    centre = decode(code)
    half = CELL_DEG[min(digits, 10)] / 2 + 1e-9
    # A pole belongs to the cell below it.
    assert abs(centre.latitude - place.latitude) <= half * (2 if place.latitude == 90 else 1)
    assert abs(math.remainder(centre.longitude - place.longitude, 360)) <= half
    assert encode(centre, digits) == code


@given(PLACES, st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.sampled_from([10, 11]))
@settings(deadline=None)
def test_the_end_of_a_code_is_enough_for_who_is_near(
    place: Place, north_deg: float, east_deg: float, digits: int
) -> None:
    code = encode(place, digits)
    near = Place(max(min(place.latitude + north_deg, 89), -89), place.longitude + east_deg)
    if abs(place.latitude) < 88:
        assert distance_m(decode(code[4:], near), decode(code)) < 0.01


@pytest.mark.parametrize(
    "code",
    [
        *("", "+", "Q257", "Q257+5", "87G8Q257+5A", "87G8Q257+51", "XXG8Q257+5Q", "87G8Q2575Q"),
        *("87G8Q257+5Q+", "7G8Q257+5Q", "87G8Q257+22222222", "0000Q257+5Q", "Q200+", "40.758, -73.985"),
    ],
)
def test_what_is_no_code_is_told_in_one_sentence(code: str) -> None:
    with pytest.raises(BadPlace, match=r"is not a plus code; write one like 87G8Q257\+5Q$"):
        decode(code, TIMES_SQUARE)


def test_a_short_code_alone_could_be_anywhere() -> None:
    with pytest.raises(BadPlace, match=r"the plus code Q257\+5Q is short; write it in full"):
        decode("q257+5q")


@pytest.mark.parametrize("digits", [0, 1, 3, 9, 16, -2])
def test_no_code_has_that_many_digits(digits: int) -> None:
    with pytest.raises(BadPlace, match=f"no plus code has {digits} digits"):
        encode(TIMES_SQUARE, digits)


@given(st.text(max_size=30) | st.text("23456789CFGHJMPQRVWX0+", max_size=17))
@settings(deadline=None)
def test_any_text_is_a_place_or_one_sentence(text: str) -> None:
    try:
        place = decode(text, TIMES_SQUARE)
    except BadPlace:
        return
    assert -90 <= place.latitude <= 90


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Q257+5Q", ("Q257+5Q", "")),
        (" q257+5q New York ", ("q257+5q", "New York")),
        ("87G8Q257+5Q, New York, NY", ("87G8Q257+5Q", "New York, NY")),
        ("Q257+5A", ("Q257+5A", "")),
        ("55.6985, 13.1955", None),
        ("+55.6985 +13.1955", None),
        ("Times Square", None),
        ("5th Ave + 42nd St", None),
        ("", None),
    ],
)
def test_a_code_stands_before_the_words(written: str, parts: tuple[str, str] | None) -> None:
    assert split(written) == parts
