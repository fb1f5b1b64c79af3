"""Boxes, polygons and paths: their sizes are true, and what cannot be used is refused in one sentence."""

import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from engine.errors import BadRegion, UserError
from engine.geo.bearing import destination, distance_m
from engine.geo.place import Place
from engine.geo.region import Box, Path, Polygon

GEOD = Geod(ellps="WGS84")
LATITUDES, LONGITUDES = st.floats(-75, 75), st.floats(-170, 170)
MANHATTAN = Box(40.70, -74.02, 40.88, -73.91)


def ring(*pairs: tuple[float, float]) -> tuple[Place, ...]:
    return tuple(Place(latitude, longitude) for latitude, longitude in pairs)


SQUARE = ring((40.0, -74.0), (40.0, -73.0), (41.0, -73.0), (41.0, -74.0))
HOLE = ring((40.4, -73.6), (40.6, -73.6), (40.6, -73.4), (40.4, -73.4))


def test_a_box_knows_its_size_centre_and_corners() -> None:
    assert MANHATTAN.centre.latitude == pytest.approx(40.79)
    assert MANHATTAN.centre.longitude == pytest.approx(-73.965)
    south_west, south_east, north_east, north_west = MANHATTAN.corners
    assert (south_west, north_east) == (Place(40.70, -74.02), Place(40.88, -73.91))
    assert (south_east, north_west) == (Place(40.70, -73.91), Place(40.88, -74.02))
    assert MANHATTAN.width_m == pytest.approx(GEOD.inv(-74.02, 40.79, -73.91, 40.79)[2], rel=1e-5)
    assert MANHATTAN.height_m == pytest.approx(GEOD.inv(-74, 40.70, -74, 40.88)[2], rel=1e-9)
    assert MANHATTAN.bounds == MANHATTAN


@given(st.floats(-90, 90), st.floats(-180, 179.99), st.floats(0, 1), st.floats(0, 1))
def test_the_nearest_place_of_a_box_is_in_it_and_none_of_it_is_nearer(
    latitude: float, longitude: float, east: float, north: float
) -> None:
    place, box = Place(latitude, longitude), MANHATTAN
    found = box.nearest(place)
    assert box.contains(found)
    assert (found == place) == box.contains(place)
    other = Place(box.south + north * (box.north - box.south), box.west + east * (box.east - box.west))
    for degrees in ("latitude", "longitude"):
        way, another = (abs(getattr(each, degrees) - getattr(place, degrees)) for each in (found, other))
        assert min(way, 360 - way) <= min(another, 360 - another) + 1e-9


def test_the_nearest_place_lies_on_the_shorter_way_around_the_earth() -> None:
    assert Box(-20, 170, -10, 179).nearest(Place(-15, -179)) == Place(-15, 179)


@given(LATITUDES, LONGITUDES, st.floats(1e-3, 5), st.floats(1e-3, 5))
@settings(deadline=None)
def test_areas_agree_with_pyproj(south: float, west: float, tall: float, wide: float) -> None:
    box = Box(south, west, south + tall, west + wide)
    # Geodesic edges bulge away from parallels, so the truth walks along them in small steps.
    east_going = np.linspace(box.west, box.east, 200)
    longitudes = np.concatenate([east_going, east_going[::-1]])
    latitudes = np.repeat([box.south, box.north], 200)
    expected = abs(GEOD.polygon_area_perimeter(longitudes, latitudes)[0])
    assert box.area_m2 == pytest.approx(expected, rel=1e-4)
    assert Polygon(box.corners).area_m2 == pytest.approx(box.area_m2, rel=1e-4)


def test_a_hole_is_not_counted() -> None:
    whole, pierced = Polygon(SQUARE), Polygon(SQUARE, (HOLE,))
    assert pierced.area_m2 == pytest.approx(whole.area_m2 - Polygon(HOLE).area_m2)
    assert whole.contains(Place(40.5, -73.5))
    assert not pierced.contains(Place(40.5, -73.5))
    assert pierced.contains(Place(40.4, -73.5)), "the edge of a hole belongs to the polygon"


@given(st.lists(st.builds(Place, LATITUDES, st.floats(0, 90)), min_size=1, max_size=20), st.floats(1, 50_000))
@settings(deadline=None)
def test_a_box_around_places_keeps_the_margin(places: list[Place], margin_m: float) -> None:
    box = Box.around(places, margin_m)
    for place in places:
        assert box.contains(place)
        for bearing in (0, 90, 180, 270):
            assert box.contains(destination(place, bearing, margin_m * 0.95))
    lowest = min(places, key=lambda place: place.latitude)
    assert distance_m(lowest, Place(box.south, lowest.longitude)) == pytest.approx(margin_m, rel=0.02)


@pytest.mark.parametrize("region", [MANHATTAN, Polygon(MANHATTAN.corners)])
def test_containment_of_one_and_of_many_is_the_same(region: Box | Polygon) -> None:
    latitudes = np.array([40.79, 40.70, 40.88, 40.69, 40.79, 40.79])
    longitudes = np.array([-73.96, -74.02, -73.91, -73.96, -74.03, 73.96])
    inside = region.contains(latitudes, longitudes)
    assert inside.tolist() == [True, True, True, False, False, False]
    assert [
        region.contains(Place(*pair)) for pair in zip(latitudes, longitudes, strict=True)
    ] == inside.tolist()


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        ((0, 179, 1, -179), "antimeridian"),
        ((0, 170, 1, 190), "antimeridian"),
        ((0, -181, 1, 0), "antimeridian"),
        ((0, -100, 1, 100), "half the Earth"),
        ((80, 0, 86, 1), "reaches latitude 86"),
        ((-89, 0, 0, 1), "reaches latitude -89"),
        ((1, 0, 0, 1), "south < north"),
        ((0, 1, 1, 1), "west < east"),
        ((math.nan, 0, 1, 1), "south 'nan' is not a number"),
        ((0, 0, 1, math.inf), "east 'inf' is not a number"),
        ((0, "west", 1, 1), "west 'west' is not a number"),
    ],
)
def test_a_bad_box_is_refused(sides: tuple, words: str) -> None:
    with pytest.raises(BadRegion, match=words):
        Box(*sides)


def test_a_box_needs_places_or_a_margin() -> None:
    with pytest.raises(BadRegion, match="no place"):
        Box.around([])
    with pytest.raises(BadRegion, match="empty"):
        Box.around([Place(1, 1)])
    with pytest.raises(BadRegion, match="half the Earth"):
        Box.around([Place(0, 179), Place(0, -179)])
    with pytest.raises(BadRegion, match="latitude 89"):
        Box.around([Place(89, 0)], 10)


@given(LATITUDES, LONGITUDES, st.floats(1e-3, 3), st.floats(1e-3, 3))
@settings(deadline=None)
def test_a_polygon_that_crosses_itself_says_where(
    south: float, west: float, tall: float, wide: float
) -> None:
    a, b, c, d = Box(south, west, south + tall, west + wide).corners
    with pytest.raises(BadRegion, match=r"crosses itself near -?[\d.]+, -?[\d.]+; redraw") as caught:
        Polygon((a, c, b, d))
    numbers = re.findall(r"-?\d+\.\d+", str(caught.value))
    assert float(numbers[0]) == pytest.approx(south + tall / 2, abs=2e-6)
    assert float(numbers[1]) == pytest.approx(west + wide / 2, abs=2e-6)


@pytest.mark.parametrize(
    ("exterior", "holes", "words"),
    [
        ((), (), "0 different places"),
        (ring((0, 0), (1, 1), (0, 0), (1, 1)), (), "2 different places"),
        (ring((0, 0), (1, 1), (2, 2)), (), "encloses nothing"),
        (ring((0, 0), (0, 1e-9), (1, 0)), (), "encloses nothing"),
        (ring((0, 179), (0, -179), (1, -179)), (), "antimeridian"),
        (ring((84, 0), (84, 1), (86, 1)), (), "latitude 86"),
        (SQUARE, (ring((30, 0), (30, 1), (31, 1)),), "outside the polygon near 30.000000, 0.000000"),
        (SQUARE, (HOLE, ring((40.5, -73.5), (40.5, -73.45), (40.55, -73.45))), "inside another near 40.5"),
        (SQUARE, (ring((40, -73.5), (40.5, -73), (41, -73.5), (40.5, -74)),), "in two near"),
        (SQUARE, (ring((40.5, -73.5), (40.5, -72), (40.6, -72)),), "crosses itself near 40.5"),
        (SQUARE, (ring((40.5, -73.5), (40.5, -73.5)),), "1 different places"),
    ],
)
def test_a_bad_polygon_is_refused(exterior: tuple, holes: tuple, words: str) -> None:
    with pytest.raises(BadRegion, match=words) as caught:
        Polygon(exterior, holes)
    assert isinstance(caught.value, UserError)


def test_rings_are_open_and_turn_one_way_however_they_came() -> None:
    closed = (*SQUARE, SQUARE[0])
    assert Polygon(closed).exterior == SQUARE
    assert set(Polygon(SQUARE[::-1]).exterior) == set(SQUARE)
    for polygon in (Polygon(SQUARE[::-1], (HOLE,)), Polygon(SQUARE, (HOLE[::-1],))):
        assert _turn(polygon.exterior) > 0 > _turn(polygon.holes[0])


def _turn(places: tuple[Place, ...]) -> float:
    pairs = zip(places, (*places[1:], places[0]), strict=True)
    return sum(a.longitude * b.latitude - b.longitude * a.latitude for a, b in pairs)


def test_a_polygon_is_a_value() -> None:
    polygon = Polygon(SQUARE, (HOLE,))
    assert polygon.bounds == Box(40, -74, 41, -73)
    assert polygon == Polygon(SQUARE, (HOLE,))
    assert pickle.loads(pickle.dumps(polygon)) == polygon
    assert hash(polygon) == hash(Polygon(SQUARE, (HOLE,)))


def test_a_path_is_as_long_as_its_legs() -> None:
    path = Path(ring((55.70, 13.19), (55.71, 13.19), (55.71, 13.19), (55.71, 13.21)))
    longitudes, latitudes = [13.19, 13.19, 13.21], [55.70, 55.71, 55.71]
    assert path.length_m == pytest.approx(GEOD.line_length(longitudes, latitudes), rel=1e-9)
    assert path.leg_lengths_m[1] == 0


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((), "fewer than two"),
        (ring((1, 1)), "fewer than two"),
        (ring((1, 1), (1, 1)), "fewer than two"),
        (ring((1, 1), (1, 1 + 1e-12)), "shorter than a millimetre"),
        (ring((1, 179.9), (1, -179.9)), "antimeridian"),
        (ring((80, 0), (88, 0)), "latitude 88"),
    ],
)
def test_a_bad_path_is_refused(places: tuple[Place, ...], words: str) -> None:
    with pytest.raises(BadRegion, match=words):
        Path(places)
