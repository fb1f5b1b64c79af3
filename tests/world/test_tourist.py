"""Tourists: they stand where people can, look at something worth it, and each follows from the seed and a number."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
import shapely

from engine.errors import BadRequest
from engine.geo.bearing import angular_difference_deg, azimuth_deg, distance_m, heading_towards_deg
from engine.world.clock import local_time
from engine.world.held_out import HELD_OUT_STYLES, HELD_OUT_SUBJECTS
from engine.world.plan.city import manhattan
from engine.world.plan.landmarks import LANDMARKS, SITES
from engine.world.scene.blocks import blocks
from engine.world.shot import TouristShot
from engine.world.standpoints import metres
from engine.world.tourist import STYLES, SUBJECTS, tourist, tourists, training_tourists

COUNT = 2000


@pytest.fixture(scope="module")
def shots() -> list[TouristShot]:
    return list(tourists(COUNT, seed=5))


@pytest.fixture(scope="module")
def feet(shots: list[TouristShot]) -> np.ndarray:
    """East and north of each camera in metres."""
    return metres(manhattan(), [shot.place_true for shot in shots])


def test_a_shot_depends_on_the_seed_and_its_number_only(shots: list[TouristShot]) -> None:
    for index in (1999, 3, 700):
        assert tourist(index, 5) == shots[index]
    assert tourist(3, 6) != shots[3]
    assert list(tourists(4, 9, "pisa"))[2] == tourist(2, 9, "Leaning Tower of Pisa")


def test_nobody_stands_in_a_house_or_in_a_river(shots: list[TouristShot], feet: np.ndarray) -> None:
    plan = manhattan()
    houses = shapely.union_all([block.outline for block in blocks(plan)])
    ground = [area for area in (*plan.land, *plan.areas) if area.kind in ("land", "pier")]
    land = shapely.union_all([shapely.Polygon(metres(plan, area.polygon.exterior)) for area in ground])
    lakes = [area for area in plan.areas if area.kind == "lake"]
    water = shapely.union_all([shapely.Polygon(metres(plan, area.polygon.exterior)) for area in lakes])
    in_house = shapely.contains_xy(houses, feet[:, 0], feet[:, 1])
    assert not in_house.any(), [str(shots[i].place_true) for i in np.flatnonzero(in_house)[:3]]
    assert not shapely.contains_xy(water, feet[:, 0], feet[:, 1]).any()
    afloat = ~shapely.contains_xy(land, feet[:, 0], feet[:, 1])
    on_deck = np.array([shot.eye_height_m > 2.5 for shot in shots])
    assert np.array_equal(afloat, on_deck), "only boats are on the water, and boats are nowhere else"
    assert 0.01 < afloat.mean() < 0.06


def test_crowds_are_dense_at_sights_and_thin_elsewhere(shots: list[TouristShot]) -> None:
    where = Counter(shot.neighbourhood for shot in shots)
    known = """Financial District, Tribeca, SoHo, Greenwich Village, West Village, East Village, Lower East Side,
        Chinatown, Chelsea, Midtown, Times Square, Upper East Side, Upper West Side, Harlem, Battery Park,
        Central Park"""
    assert min(where[name.strip()] for name in known.split(",")) > COUNT * 0.02
    assert where["Midtown"] > 8 * where["Inwood"]
    in_park = [shot for shot in shots if shot.neighbourhood == "Central Park"]
    assert len(in_park) > COUNT * 0.05


def test_the_gps_is_off_by_5_to_15_metres_in_any_direction(shots: list[TouristShot]) -> None:
    off = [distance_m(shot.place_true, shot.place_gps) for shot in shots]
    assert 5 <= min(off) < 6
    assert 14 < max(off) <= 15
    directions = np.radians([azimuth_deg(shot.place_true, shot.place_gps) for shot in shots])
    assert abs(np.exp(1j * directions).mean()) < 0.06


def test_a_sight_that_a_shot_is_of_is_in_the_picture(shots: list[TouristShot]) -> None:
    of_sights = [shot for shot in shots if shot.landmark]
    assert len({shot.landmark for shot in of_sights}) == len(LANDMARKS)
    for shot in of_sights:
        towards = heading_towards_deg(shot.place_true, LANDMARKS[shot.landmark or ""].place)
        assert abs(angular_difference_deg(shot.heading_deg, towards)) < shot.fovy_deg / 2


def test_cameras_are_held_as_people_hold_them(shots: list[TouristShot]) -> None:
    for shot in shots:
        assert 0 <= shot.heading_deg < 360
        assert 1.1 <= shot.eye_height_m <= 5.5
        assert -10 < shot.pitch_deg < 40
        assert 35 < shot.fovy_deg < 80


def test_subjects_and_styles_come_in_every_kind_and_stay_in_the_picture(shots: list[TouristShot]) -> None:
    subjects = [shot.subject for shot in shots if shot.subject]
    assert {subject.kind for subject in subjects} == set(SUBJECTS)
    assert {shot.style for shot in shots} == {*STYLES, None}
    assert 0.3 < len(subjects) / COUNT < 0.5
    for shot in shots:
        if shot.subject:
            assert abs(shot.subject.offset_deg) <= shot.fovy_deg * 0.33
            assert 3 <= shot.subject.distance_m < 32


def test_cars_are_on_a_roadway(shots: list[TouristShot], feet: np.ndarray) -> None:
    plan = manhattan()
    roads = shapely.union_all(
        [
            shapely.LineString(metres(plan, street.path.places)).buffer(street.width_m / 2)
            for street in plan.streets
            if street.kind != "path"
        ]
    )
    shapely.prepare(roads)
    spots = []
    for shot, (east, north) in zip(shots, feet, strict=True):
        if shot.subject and shot.subject.kind in ("taxi", "bus"):
            bearing = np.radians(shot.heading_deg + shot.subject.offset_deg)
            away = shot.subject.distance_m
            spots.append(
                shapely.contains_xy(roads, east + away * np.sin(bearing), north + away * np.cos(bearing))
            )
    assert len(spots) > 80
    assert np.mean(spots) > 0.95


def test_snow_falls_in_winter_and_most_photos_are_taken_by_day(shots: list[TouristShot]) -> None:
    assert {shot.season for shot in shots if shot.weather == "snow"} == {"winter"}
    assert {shot.weather for shot in shots} == {"clear", "cloudy", "rain", "snow"}
    assert {shot.taken_at.month for shot in shots} == set(range(1, 13))
    night = np.mean([not 7 <= shot.hour < 20 for shot in shots])
    assert 0.1 < night < 0.35


def test_captions_always_tell_subject_and_style_and_half_of_them_the_neighbourhood(
    shots: list[TouristShot],
) -> None:
    words = {
        "taxi": ("taxi", "cab"),
        "food cart": ("food cart", "hot dog stand"),
        "person in red": ("in red", "red coat"),
        "pencil sketch": ("pencil",),
    }
    for shot in shots:
        for told in (shot.subject.kind if shot.subject else None, shot.style):
            if told:
                assert any(word in shot.caption.lower() for word in words.get(told, (told,))), shot.caption
        assert 3 < len(shot.caption) < 160
        assert "  " not in shot.caption
    placed = [shot for shot in shots if shot.neighbourhood]
    named = np.mean([shot.neighbourhood in shot.caption for shot in placed])
    assert 0.35 < named < 0.65
    assert len({shot.caption.lower() for shot in shots}) > COUNT * 0.6


def test_captions_do_not_name_a_neighbourhood_where_the_camera_is_not(shots: list[TouristShot]) -> None:
    names = {part.name for part in manhattan().neighbourhoods} - {
        "Central Park",
        "Times Square",
    }  # also streets
    for shot in shots:
        told = {name for name in names if f"in {name}" in shot.caption or f"the {name}" in shot.caption}
        assert told <= {shot.neighbourhood}, shot.caption


def test_held_out_pairs_are_flagged_and_kept_out_of_training(shots: list[TouristShot]) -> None:
    flagged = [shot for shot in shots if shot.split_pair_held_out]
    assert 0.01 < len(flagged) / COUNT < 0.08
    for shot in shots:
        kind = shot.subject.kind if shot.subject else None
        held_out = (kind, shot.neighbourhood) in HELD_OUT_SUBJECTS or (
            shot.style,
            shot.neighbourhood,
        ) in HELD_OUT_STYLES
        assert shot.split_pair_held_out == held_out
    seen = [shot for shot, _ in zip(training_tourists(5), range(200), strict=False)]
    assert [shot.index for shot in seen] == [shot.index for shot in shots if not shot.split_pair_held_out][
        :200
    ]


def test_each_word_is_held_out_in_one_place_and_known_in_others() -> None:
    names = {part.name for part in manhattan().neighbourhoods}
    assert {place for _, place in HELD_OUT_SUBJECTS | HELD_OUT_STYLES} <= names
    assert sorted(kind for kind, _ in HELD_OUT_SUBJECTS) == sorted(SUBJECTS)
    assert sorted(style for style, _ in HELD_OUT_STYLES) == sorted(STYLES)


@pytest.mark.parametrize("key", SITES)
def test_a_site_is_photographed_from_all_around(key: str) -> None:
    mark = SITES[key]
    around = list(tourists(144, 1, key))
    azimuths = np.array([azimuth_deg(mark.place, shot.place_true) for shot in around])
    assert set((azimuths // 10).astype(int)) == set(range(36))
    for shot in around:
        away = distance_m(mark.place, shot.place_true)
        assert mark.distances_m[0] - 0.1 <= away <= mark.distances_m[1] + 0.1
        top = np.degrees(np.arctan2(mark.height_m - shot.eye_height_m, away))
        assert shot.pitch_deg + shot.fovy_deg / 2 > top, "the top is cut off"
        assert shot.landmark == key
        assert shot.neighbourhood == ""


def test_nobody_looks_at_the_tower_from_inside_the_cathedral() -> None:
    mark = SITES["leaning-tower-of-pisa"]
    for shot in tourists(300, 2, "pisa"):
        if 255 <= azimuth_deg(mark.place, shot.place_true) <= 290:
            assert distance_m(mark.place, shot.place_true) < 42.1


@pytest.mark.parametrize("key", sorted(LANDMARKS.keys() - SITES.keys()))
def test_a_landmark_of_the_city_is_photographed_from_where_it_is_seen(key: str) -> None:
    mark = LANDMARKS[key]
    around = list(tourists(24, 1, key))
    assert len({round(azimuth_deg(mark.place, shot.place_true)) for shot in around}) >= 8
    for shot in around:
        away = distance_m(mark.place, shot.place_true)
        assert mark.distances_m[0] - 20 < away < mark.distances_m[1] + 20
        assert shot.landmark == key


def test_an_unknown_landmark_names_those_that_exist() -> None:
    with pytest.raises(BadRequest, match=r'no landmark "Atlantis"; choose one of .*stonehenge'):
        tourist(0, 1, "Atlantis")


@pytest.mark.parametrize(
    ("site", "day", "hours"),
    [
        ("manhattan", date(2024, 1, 15), -5),
        ("manhattan", date(2024, 3, 10), -4),
        ("manhattan", date(2024, 11, 2), -4),
        ("manhattan", date(2024, 11, 3), -5),
        ("space-needle", date(2023, 7, 4), -7),
        ("leaning-tower-of-pisa", date(2023, 3, 25), 1),
        ("leaning-tower-of-pisa", date(2023, 3, 26), 2),
        ("stonehenge", date(2023, 10, 29), 0),
        ("arc-de-triomphe", date(2023, 10, 28), 2),
    ],
)
def test_clocks_show_local_time(site: str, day: date, hours: int) -> None:
    moment = local_time(site, day, 13.5)
    assert moment.utcoffset() == timedelta(hours=hours)
    assert (moment.date(), moment.hour, moment.minute) == (day, 13, 30)
