"""The plan of Manhattan against public facts: known corners, the city's own outlines, and the paper's centres."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadRequest
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.world.plan.city import manhattan
from engine.world.plan.grid import AVENUES, STREET_M, TILT_DEG, corner, on_grid, trace
from engine.world.plan.landmarks import LANDMARKS, SITES, find_landmark

PLAN = manhattan()
ISLANDS = {
    "Ellis Island",
    "Liberty Island",
    "Governors Island",
    "Roosevelt Island",
    "Randall's Island",
    "Marble Hill",
}
# Ours, and what the same ground is called in the click-that-hood file.
SAME_NAME = """Financial District, Tribeca, SoHo, Chinatown, Lower East Side, East Village, Greenwich Village, Gramercy,
    West Village, Chelsea, Midtown, Hell's Kitchen, Upper East Side, Upper West Side, Central Park, East Harlem, Harlem,
    Morningside Heights, Washington Heights, Inwood, Murray Hill, Little Italy, Civic Center, Flatiron District"""
SAME_GROUND = {
    "Battery Park": "Battery Park City",
    "Times Square": "Theater District",
    **{name.strip(): name.strip() for name in SAME_NAME.split(",")},
}


def shape(path: Path, key: str, wanted: str) -> shapely.Geometry:
    features = json.loads(path.read_text())["features"]
    return next(shapely.geometry.shape(f["geometry"]) for f in features if f["properties"][key] == wanted)


@pytest.mark.parametrize(
    ("street", "avenue", "latitude", "longitude"),
    [
        (42, "5", 40.7536, -73.9812),
        (59, "5", 40.7645, -73.9730),
        (59, "8", 40.7681, -73.9819),
        (33, "6", 40.7496, -73.9880),
        (77, "lexington", 40.7736, -73.9599),
        (96, "2", 40.7843, -73.9472),
        (103, "11", 40.7999, -73.9694),
        (125, "lexington", 40.8041, -73.9376),
        (145, "6", 40.8204, -73.9362),
        (157, "11", 40.8340, -73.9449),
    ],
)
def test_corners_of_the_grid_are_where_everyone_meets(
    street: int, avenue: str, latitude: float, longitude: float
) -> None:
    # Subway stations and famous corners; a station's entrance is up to a block away from the corner of its name.
    assert distance_m(corner(street, AVENUES[avenue]), Place(latitude, longitude)) < 90


@given(st.floats(-5, 220), st.floats(-2500, 3000))
def test_the_grid_reads_back_what_it_says(street: float, west_m: float) -> None:
    back_street, back_west = on_grid(corner(street, west_m))
    assert back_street == pytest.approx(street, abs=0.005)
    assert back_west == pytest.approx(west_m, abs=0.3)


def test_the_grid_is_tilted_by_29_degrees_with_twenty_streets_to_the_mile() -> None:
    assert pytest.approx(29, abs=0.3) == TILT_DEG
    assert pytest.approx(1609.34 / 20, rel=0.01) == STREET_M


def test_places_are_written_as_degrees_or_as_corners() -> None:
    assert trace("40.7047,-74.0139 42/5 34/e155 34/madison") == (
        Place(40.7047, -74.0139),
        corner(42, 0),
        corner(34, -155),
        corner(34, -155),
    )


def test_the_island_has_the_outline_of_the_real_one(shared: Path) -> None:
    features = json.loads((shared / "vectors" / "manhattan_neighbourhoods.geojson").read_text())["features"]
    parts = [
        shapely.geometry.shape(f["geometry"]) for f in features if f["properties"]["name"] not in ISLANDS
    ]
    whole = shapely.union_all([part.buffer(2e-4) for part in parts])
    real = shapely.Polygon(max(shapely.get_parts(whole), key=lambda part: part.area).exterior).buffer(-2e-4)
    ours = PLAN.land[0].polygon.shape
    assert ours.intersection(real).area / ours.union(real).area > 0.93


def test_the_island_lies_within_its_borough(shared: Path) -> None:
    # The borough reaches to the middle of the rivers, so it holds all of the island and more.
    borough = shape(shared / "vectors" / "nyc_boroughs.geojson", "borough", "Manhattan")
    ours = PLAN.land[0].polygon.shape
    assert ours.intersection(borough).area / ours.area > 0.985


@pytest.mark.parametrize(("ours", "theirs"), SAME_GROUND.items())
def test_neighbourhoods_are_where_others_draw_them(shared: Path, ours: str, theirs: str) -> None:
    real = shape(shared / "vectors" / "manhattan_neighbourhoods.geojson", "name", theirs)
    part = next(part for part in PLAN.neighbourhoods if part.name == ours)
    assert part.polygon.shape.centroid.distance(real) < 0.004, (
        "the centre is over 400 m away from the real one"
    )


def test_neighbourhoods_cover_the_island_without_overlaps() -> None:
    shapes = {part.name: part.polygon.shape for part in PLAN.neighbourhoods}
    for (a, first), (b, second) in combinations(shapes.items(), 2):
        assert first.intersection(second).area < 1e-9, f"{a} overlaps {b}"
    island = PLAN.land[0].polygon.shape
    assert shapely.union_all(list(shapes.values())).intersection(island).area / island.area > 0.99


def test_the_sixteen_known_neighbourhoods_differ_in_how_they_are_built() -> None:
    known = """Financial District, Tribeca, SoHo, Greenwich Village, West Village, East Village, Lower East Side,
        Chinatown, Chelsea, Midtown, Times Square, Upper East Side, Upper West Side, Harlem, Battery Park,
        Central Park"""
    styles = {part.name: part.style for part in PLAN.neighbourhoods}
    chosen = [styles[name.strip()] for name in known.split(",")]
    assert len(set(chosen)) == 16


@pytest.mark.parametrize("part", PLAN.neighbourhoods, ids=lambda part: part.name)
def test_styles_are_sound(part) -> None:
    style = part.style
    assert sum(share for _, share in style.facades) == pytest.approx(1)
    for low, high in (style.height_m, style.tower_height_m, style.lot_width_m, style.lot_depth_m):
        assert 0 < low <= high
    assert 0 <= style.tower_share <= 1
    assert 0 <= style.gap_share <= 1


def test_streets_stay_on_the_island_and_out_of_central_park() -> None:
    island = PLAN.land[0].polygon.shape
    park = next(area.polygon.shape for area in PLAN.areas if area.name == "Central Park")
    for street in PLAN.streets:
        line = shapely.LineString([(place.longitude, place.latitude) for place in street.path.places])
        assert line.difference(island).length < 0.0012, f"{street.name} runs into the water"
        if "Transverse" not in street.name and street.kind != "path":
            assert line.intersection(park).length < 0.0002, f"{street.name} runs through Central Park"


def test_avenues_and_streets_meet_at_right_angles_and_have_their_names() -> None:
    names = {street.name for street in PLAN.streets}
    wanted = "Broadway, Fifth Avenue, Wall Street, Canal Street, Central Park South, West 42nd Street, East 23rd Street"
    assert set(wanted.split(", ")) | {"East 3rd Street", "West 111th Street", "FDR Drive"} <= names
    assert not {name for name in names if "11st" in name or "12nd" in name or "13rd" in name or "," in name}


def test_lakes_lie_in_their_park() -> None:
    park = next(area.polygon.shape for area in PLAN.areas if area.name == "Central Park")
    lakes = {area.name: area.polygon.shape for area in PLAN.areas if area.kind == "lake"}
    for name in ("Jacqueline Kennedy Onassis Reservoir", "The Lake", "The Pond", "Harlem Meer"):
        assert lakes[name].within(park), name
    reservoir = next(a.polygon for a in PLAN.areas if a.name.endswith("Reservoir"))
    assert reservoir.area_m2 == pytest.approx(430_000, rel=0.15)  # 106 acres
    assert next(a.polygon for a in PLAN.areas if a.name == "Central Park").area_m2 == pytest.approx(
        3.41e6, rel=0.03
    )


def test_bridges_cross_the_water() -> None:
    spans = {bridge.name: bridge for bridge in PLAN.bridges}
    towers = spans["Brooklyn Bridge"].towers
    assert distance_m(*towers) == pytest.approx(486, rel=0.12)  # the main span
    assert distance_m(*spans["George Washington Bridge"].towers) == pytest.approx(1067, rel=0.06)
    dry = shapely.union_all([area.polygon.shape for area in PLAN.land])
    for bridge in spans.values():
        line = shapely.LineString([(place.longitude, place.latitude) for place in bridge.path.places])
        assert not line.within(dry), f"{bridge.name} crosses nothing"


def test_twelve_landmarks_stand_at_their_centres() -> None:
    assert len(LANDMARKS) == 12
    assert LANDMARKS["empire-state-building"].place == Place(40.7484, -73.9857)
    assert LANDMARKS["brooklyn-bridge"].place == Place(40.7061, -73.9969)
    assert LANDMARKS["moma"].place == Place(40.7614, -73.9776)
    dry = shapely.union_all([area.polygon.shape for area in PLAN.land])
    for mark in LANDMARKS.values():
        on_land = shapely.contains_xy(dry, mark.place.longitude, mark.place.latitude)
        assert on_land != (mark.key == "brooklyn-bridge"), mark.name
        assert 0 <= mark.heading_deg < 360
        assert mark.distances_m[0] < mark.distances_m[1]


def test_the_paper_s_six_sites_have_the_paper_s_centres() -> None:
    centres = {mark.name: (mark.place.latitude, mark.place.longitude) for mark in SITES.values()}
    assert centres == {
        "Leaning Tower of Pisa": (43.7230, 10.3966),
        "Washington Monument": (38.8895, -77.0353),
        "Stonehenge": (51.1789, -1.8262),
        "Arc de Triomphe": (48.8738, 2.2950),
        "Space Needle": (47.6205, -122.3493),
        "Statue of Liberty": (40.6892, -74.0445),
    }


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("stonehenge", "stonehenge"),
        ("MOMA", "moma"),
        (" Statue of Liberty ", "statue-of-liberty"),
        ("statue-of-liberty", "statue-of-liberty"),
        ("pisa", "leaning-tower-of-pisa"),
    ],
)
def test_landmarks_are_found_by_name_in_any_case(name: str, key: str) -> None:
    assert find_landmark(name).key == key


@pytest.mark.parametrize("name", ["Eiffel Tower", "", "building"])
def test_an_unknown_landmark_names_those_that_exist(name: str) -> None:
    with pytest.raises(
        BadRequest, match=r"choose one of arc-de-triomphe, .*stonehenge.*washington-square-arch"
    ):
        find_landmark(name)


def test_the_frame_holds_everything_that_is_photographed() -> None:
    places = [mark.place for mark in PLAN.landmarks] + list(PLAN.land[0].polygon.exterior)
    x, y = PLAN.frame.to_unit(np.array([p.latitude for p in places]), np.array([p.longitude for p in places]))
    assert np.abs([x, y]).max() <= 0.9


def test_walks_in_the_park_keep_their_feet_dry() -> None:
    lakes = shapely.union_all([area.polygon.shape for area in PLAN.areas if area.kind == "lake"])
    for street in PLAN.streets:
        line = shapely.LineString([(place.longitude, place.latitude) for place in street.path.places])
        assert not line.intersects(lakes), f"{street.name} runs through a lake"
