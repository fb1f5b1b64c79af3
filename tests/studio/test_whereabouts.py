"""A place is found by coordinates, plus code, name or corner near where the model is at home, or one sentence helps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadPlace
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.geo.plus_code import decode, encode
from engine.geo.region import Box
from engine.studio.whereabouts import find_place, names_in

CITY = Box(40.70, -74.03, 40.88, -73.90)
DOWNTOWN = Box(40.70, -74.03, 40.73, -73.97)
LUND = Box(55.68, 13.14, 55.73, 13.24)
PISA = Box(43.70, 10.37, 43.74, 10.42)
TIMES_SQUARE = Place(40.7580, -73.9855)


@pytest.mark.parametrize("box", [None, CITY, LUND])
@pytest.mark.parametrize(
    "written", ["40.758, -73.985", "40 45 28 N 73 59 08 W", "-33.8568, 151.2153", "5, 42"]
)
def test_coordinates_mean_the_same_everywhere(written: str, box: Box | None) -> None:
    assert find_place(written, box) == Place.parse(written)


@given(st.floats(-90, 90), st.floats(-180, 180, exclude_max=True))
@settings(deadline=None)
def test_what_is_shown_is_found_again(latitude: float, longitude: float) -> None:
    shown = str(Place(latitude, longitude))
    assert find_place(shown, CITY) == Place.parse(shown)


@pytest.mark.parametrize(
    "written", ["", " ", "91, 0", "1, 2, 3", "55.6985", "55E 13E", "N", "lat 91, lon 0", "x" * 200, "5 & 42"]
)
def test_broken_coordinates_are_told_as_ever(written: str) -> None:
    with pytest.raises(BadPlace) as told:
        find_place(written, CITY)
    with pytest.raises(BadPlace) as as_ever:
        Place.parse(written)
    assert str(told.value) == str(as_ever.value)


@pytest.mark.parametrize(
    ("written", "box"),
    [
        ("87G8Q257+5Q", None),
        ("87g8q257+5q", LUND),
        ("87G8Q257+5Q Nowhere at all", LUND),
        ("Q257+5Q", CITY),
        ("Q257+5Q New York", None),
        ("Q257+5Q Manhattan, New York, NY, USA", CITY),
        ("Q257+5Q, Times Square", None),
    ],
)
def test_a_plus_code_is_read_near_what_it_is_near_to(written: str, box: Box | None) -> None:
    assert find_place(written, box) == decode("87G8Q257+5Q")
    assert distance_m(find_place(written, box), TIMES_SQUARE) < 20


def test_a_code_of_a_town_that_we_do_not_know_must_lie_in_the_box() -> None:
    short = encode(LUND.centre)[4:]
    assert find_place(f"{short} Lund", LUND) == decode(encode(LUND.centre))
    with pytest.raises(BadPlace, match='there is no place "Lund" here; write the plus code in full'):
        find_place(f"{short} Lund", CITY)
    with pytest.raises(BadPlace, match=r"the plus code .* is short; write it in full"):
        find_place(f"{short} Lund")


@pytest.mark.parametrize("written", ["Q257+5A", "Q257+5", "7G8Q257+5Q", "Q257+5A New York"])
def test_a_wrong_plus_code_is_told_as_such(written: str) -> None:
    with pytest.raises(BadPlace, match=r"is not a plus code; write one like 87G8Q257\+5Q"):
        find_place(written, CITY)


@pytest.mark.parametrize("box", [None, CITY])
@pytest.mark.parametrize(
    ("written", "latitude", "longitude"),
    [
        ("times sq", 40.7580, -73.9855),
        ("Times+Square", 40.7580, -73.9855),
        ("The Empire State", 40.7484, -73.9857),
        ("Statue of Liberty", 40.6892, -74.0445),  # it is outside the box, and a notice will say so
        ("5th Ave & 42nd St", 40.7536, -73.9812),
        ("5 and 42", 40.7536, -73.9812),
    ],
)
def test_names_and_corners_of_the_city_are_found(
    written: str, latitude: float, longitude: float, box: Box | None
) -> None:
    assert distance_m(find_place(written, box), Place(latitude, longitude)) < 60


def test_of_namesakes_the_one_inside_the_box_is_meant() -> None:
    uptown = Box(40.80, -73.98, 40.88, -73.90)
    assert find_place("Hudson River", uptown) != find_place("Hudson River", CITY)
    assert uptown.contains(find_place("Hudson River", uptown))
    assert uptown.contains(find_place("Seventh Avenue", uptown))


@pytest.mark.parametrize("written", ["Times Square", "5th Ave & 42nd St", "Brooklyn", "Stonehenge"])
def test_elsewhere_the_city_is_not_known(written: str) -> None:
    with pytest.raises(BadPlace) as told:
        find_place(written, LUND)
    ways = "write coordinates like 55.705, 13.190, or a plus code"
    assert str(told.value) == f'there is no place "{written}" here; {ways}'


def test_a_landmark_elsewhere_is_known_to_a_model_of_that_place() -> None:
    pisa = find_place("leaning tower", PISA)
    assert (pisa.latitude, pisa.longitude) == (43.7230, 10.3966)
    assert find_place("Leaning Tower of Pisa") == pisa
    with pytest.raises(BadPlace, match='"Leaning Tower of Pisa" here'):
        find_place("Leaning Tower of Pisa", CITY)
    with pytest.raises(
        BadPlace, match=r"perhaps Leaning Tower of Pisa; write coordinates like 43\.720, 10\.395"
    ):
        find_place("Leening Tower of Pizza", PISA)


@pytest.mark.parametrize(
    ("written", "perhaps"),
    [
        ("Tmies Square", " perhaps Times Square;"),
        ("flatiorn plaza", " perhaps Flatiron Plaza;"),
        ("Liberty", " perhaps Statue of Liberty, Liberty Island or Liberty State Park;"),
        ("nowhere", ""),
        ("no\nwhere\x00", ""),
    ],
)
def test_what_is_not_found_is_told_with_what_was_perhaps_meant(written: str, perhaps: str) -> None:
    with pytest.raises(BadPlace) as told:
        find_place(written, CITY)
    ways = "write coordinates like 40.758, -73.985, a plus code, or a name"
    assert str(told.value) == f'there is no place "{" ".join(written.split())}" here;{perhaps} {ways}'


@given(st.text(max_size=120))
@settings(deadline=None)
def test_any_text_is_a_place_or_one_sentence(text: str) -> None:
    try:
        place = find_place(text, CITY)
    except BadPlace as error:
        told = str(error)
    else:
        told = str(place)
    assert len(told) < 400


@pytest.mark.parametrize("box", [None, CITY, DOWNTOWN, PISA])
def test_every_name_of_a_box_is_found_inside_it(box: Box | None) -> None:
    names = names_in(box)
    assert names
    assert list(names) == sorted(set(names), key=str.casefold)
    assert all(box is None or box.contains(find_place(name, box)) for name in names)


def test_the_names_of_a_box_are_those_worth_choosing_from() -> None:
    assert {"Times Square", "Central Park", "SoHo", "Empire State Building", "Harlem"} <= set(names_in(CITY))
    assert "SoHo" in names_in(DOWNTOWN)
    assert "Harlem" not in names_in(DOWNTOWN)
    assert "Fifth Avenue" not in names_in(CITY)
    assert names_in(PISA) == ("Leaning Tower of Pisa",)
    assert names_in(LUND) == ()
