"""The gazetteer: names are found however they are written, and stand for places on dry land inside what they name."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.world.plan.city import BOX, manhattan
from engine.world.plan.gazetteer import NICKNAMES, Named, alike, called, gazetteer, meant
from engine.world.plan.landmarks import LANDMARKS, SITES
from engine.world.plan.water import water_at

ALL = gazetteer()
PLAN = manhattan()


def one(name: str, kind: str) -> Named:
    return next(each for each in ALL if (each.name, each.kind) == (name, kind))


def within_m(place: Place, shape: shapely.Polygon) -> float:
    """How far a place is from a shape; 0 inside."""
    point = shapely.Point(place.longitude, place.latitude)
    near = shapely.shortest_line(shape, point).coords[0]
    return distance_m(place, Place(near[1], near[0]))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *((written, "Times Square") for written in ("Times Square", "times sq", "TIMES SQ.", "Times-Square")),
        *((written, "Times Square") for written in ("  the times   square ", "Tïmes Squàre", "timessquare")),
        *((written, "Times Square") for written in ("Times Square, New York, NY 10036, USA", "times sq nyc")),
        *((written, "SoHo") for written in ("SoHo", "soho", "SOHO", "So-Ho", "SoHo, Manhattan")),
        *((written, "Hell's Kitchen") for written in ("hells kitchen", "Hell’s Kitchen", "hell`s kitchen")),
        *(
            (written, "St. Nicholas Park")
            for written in ("St Nicholas Park", "saint nicholas pk", "St.Nicholas Park")
        ),
        *((written, "United Nations") for written in ("the United Nations", "U.N.", "UN")),
        *((written, "One World Trade Center") for written in ("1 World Trade Centre", "One World Trade Ctr")),
        *((written, "Fifth Avenue") for written in ("5th Ave", "fifth av.", "Fifth Avenue", "5 Ave")),
        *((written, "West 42nd Street") for written in ("W 42nd St", "West 42 Street", "w. 42nd st.")),
        ("Central Park", "Central Park"),
        ("met", "The Met"),
        ("museum of modern art", "MoMA"),
        ("arc de triomphe", "Arc de Triomphe"),
        ("New York", "Manhattan"),
        ("Brooklyn", "Brooklyn"),
        ("Hudson River", "Hudson River"),
        ("Broadway", "Broadway"),
        ("Randalls Island", "Randall's Island"),
    ],
)
def test_a_name_is_known_however_it_is_written(written: str, name: str) -> None:
    assert called(written, ALL)[0].name == name


@pytest.mark.parametrize("written", ["", "  ", "...", "the", "Tmies Square", "Lund", "squaretimes", "42"])
def test_what_is_no_name_is_not_known(written: str) -> None:
    assert called(written, ALL) == ()


@given(st.sampled_from(ALL), st.randoms())
@settings(deadline=None)
def test_case_and_punctuation_do_not_matter(each: Named, random) -> None:
    written = "".join(random.choice([letter.upper(), letter.lower()]) for letter in each.name)
    written = written.replace(" ", random.choice([" ", "  ", "-", " - ", ", "]))
    assert each in called(f" {written}{random.choice(['', '.', '!'])} ", ALL)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Empire State", "Empire State Building"),
        ("chrysler", "Chrysler Building"),
        ("Flatiron", "Flatiron Building"),
        ("Union", "Union Square"),
        ("Grand Central", "Grand Central Terminal"),
        ("Statue", "Statue of Liberty"),
        ("arch", "Washington Square Arch"),
        ("Bleecker", "Bleecker Street"),
    ],
)
def test_a_part_that_only_one_name_has_is_enough(written: str, name: str) -> None:
    assert called(written, ALL) == ()
    assert {each.name for each in meant(written, ALL)} == {name}


@pytest.mark.parametrize(
    "written",
    ["", "of", "park", "bridge", "East", "liberty", "Madison", "museum", "nowhere", "42"],
)
def test_a_part_of_several_names_is_not(written: str) -> None:
    assert meant(written, ALL) == ()


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Tmies Square", ("Times Square",)),
        ("Cental Prk", ("Central Park",)),
        ("Chysler", ("Chrysler Building",)),
        ("Empyre State Bilding", ("Empire State Building",)),
        ("Brodway", ("Broadway",)),
        ("liberty", ("Statue of Liberty", "Liberty Island", "Liberty State Park")),
        ("nowhere", ()),
        ("", ()),
    ],
)
def test_a_slip_is_understood(written: str, names: tuple[str, ...]) -> None:
    assert alike(written, ALL) == names


def test_every_landmark_is_at_its_own_place() -> None:
    marks = {each.name: each.place for each in ALL if each.kind == "landmark"}
    assert marks == {mark.name: mark.place for mark in (LANDMARKS | SITES).values()}


@pytest.mark.parametrize("area", PLAN.areas, ids=lambda area: area.name)
def test_areas_stand_for_dry_places_inside_them(area) -> None:
    place = one(area.name, "area").place
    assert water_at(place) is None
    away = within_m(place, area.polygon.shape)
    assert 0 < away < 20 if area.kind == "lake" else away < 0.2


@pytest.mark.parametrize("part", PLAN.neighbourhoods, ids=lambda part: part.name)
def test_neighbourhoods_stand_for_dry_places_inside_them(part) -> None:
    place = one(part.name, "neighbourhood").place
    assert water_at(place) is None
    assert part.polygon.contains(place)


def test_only_rivers_are_in_the_water() -> None:
    inside = [each for each in ALL if BOX.contains(each.place)]
    wet = {each.name for each in inside if each.kind != "river" and water_at(each.place)}
    assert not wet
    assert all(water_at(each.place) for each in inside if each.kind == "river")


def test_what_bears_another_name_is_in_the_plan() -> None:
    assert set(NICKNAMES) <= {each.name for each in ALL}
