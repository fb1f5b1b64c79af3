"""Corners: two streets are found by the names that people use, and meet where they do in the city."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.world.plan.city import BOX
from engine.world.plan.corners import corners
from engine.world.plan.gazetteer import gazetteer

STREETS = [each.name for each in gazetteer() if each.kind == "street"]


@pytest.mark.parametrize(
    ("written", "latitude", "longitude"),
    [
        ("5th Ave & 42nd St", 40.7536, -73.9812),
        ("Fifth Avenue and West 42nd Street", 40.7536, -73.9812),
        ("42nd / 5th", 40.7536, -73.9812),
        ("the corner of 42nd st. and fifth av., New York, NY", 40.7536, -73.9812),
        ("6th Ave @ 33rd St", 40.7496, -73.9880),
        ("Lex & 77th", 40.7736, -73.9599),
        ("Lenox Ave at 145th St", 40.8204, -73.9362),
        ("8th Ave & 59th St", 40.7681, -73.9819),
        ("Broadway and Wall Street", 40.7078, -74.0117),
        ("Broadway & 7th Ave", 40.7585, -73.9853),
        ("Bowery & Houston", 40.7242, -73.9925),
        ("Prince & Greene", 40.7252, -73.9991),
    ],
)
def test_streets_meet_where_people_say(written: str, latitude: float, longitude: float) -> None:
    (place,) = corners(written)
    assert distance_m(place, Place(latitude, longitude)) < 60


@pytest.mark.parametrize(
    "written",
    [
        *("", "&", "5th Ave", "5th Ave &", "5th Ave & Wall St", "Broadway & Broadway", "Bread & Butter"),
        *("5th Ave & 42nd St & Broadway", "Times Square and Central Park"),
    ],
)
def test_what_does_not_meet_is_no_corner(written: str) -> None:
    assert corners(written) == ()


@given(st.sampled_from(STREETS), st.sampled_from(STREETS))
@settings(deadline=None)
def test_the_order_does_not_matter(one: str, other: str) -> None:
    there, back = corners(f"{one} & {other}"), corners(f"{other} & {one}")
    assert sorted(map(str, there)) == sorted(map(str, back))
    assert all(BOX.contains(place) for place in there)
