"""The city and the sites as scenes: what stands where, what a shot shows, and that it repeats."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
import torch

from engine.errors import BadRequest
from engine.geo.bearing import destination, heading_towards_deg
from engine.geo.place import Place
from engine.world.plan.grid import corner
from engine.world.plan.landmarks import LANDMARKS, SITES
from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import Quarry
from engine.world.scene import Stage, build_scene, render_shot
from engine.world.scene.landmarks.table import CITY_BUILDERS
from engine.world.scene.mason import Mason
from engine.world.scene.photograph import light_of
from engine.world.shot import Subject, SubjectKind, TouristShot

NEW_YORK = timezone(timedelta(hours=-4))
SUBJECTS: tuple[SubjectKind, ...] = (
    "taxi", "bus", "bench", "food cart", "tree", "statue", "balloon", "dog", "person in red", "umbrella",
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads only wait for each other on pictures this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def city() -> Stage:
    return build_scene()


def shot(place: Place, heading_deg: float, hour: int = 12, month: int = 6, **changes) -> TouristShot:
    """A plain shot on a clear day."""
    when = datetime(2024, month, 15, hour, tzinfo=NEW_YORK)
    base = TouristShot(
        7, place, place, heading_deg, 1.65, 5.0, 60.0, when, "clear", None, None, "", "", None, False
    )  # fmt: skip
    return replace(base, **changes)


def look_at(key: str, azimuth_deg: float, away: float = 0.3, **changes) -> TouristShot:
    """A shot of a site's landmark from one side, `away` between its nearest and its farthest visitors."""
    mark = SITES[key]
    near_m, far_m = mark.distances_m
    place = destination(mark.place, azimuth_deg, near_m + (far_m - near_m) * away)
    return shot(place, (azimuth_deg + 180) % 360, pitch_deg=20.0, **changes)


FIFTH_AVENUE = Place(40.7448, -73.9868)
SHEEP_MEADOW = corner(67.8, 665)


def test_every_landmark_of_the_plan_is_built() -> None:
    bridges = {"brooklyn-bridge"}
    assert set(LANDMARKS) == set(CITY_BUILDERS) | bridges
    for key in SITES:
        assert sum(len(cells.solids) for cells in build_scene(key).scene.solids.values()) > 50


def test_names_are_understood_and_unknown_ones_are_refused() -> None:
    assert build_scene("Space Needle").scene.name == "space-needle"
    with pytest.raises(BadRequest, match="stonehenge"):
        build_scene("Atlantis")


@pytest.mark.parametrize("key", sorted(CITY_BUILDERS))
def test_landmarks_are_as_high_as_they_are_and_keep_to_their_place(key: str) -> None:
    mark, quarry = LANDMARKS[key], Quarry()
    CITY_BUILDERS[key](Mason(quarry, 500.0, -300.0, mark.heading_deg))
    tables = [table for table in quarry.solids().values() if len(table)]
    top = max((table.centre[:, 2] + table.half[:, 2]).max() for table in tables)
    spots = np.concatenate([table.centre[:, :2] for table in tables])
    if key != "grand-central-terminal":  # a tower stands behind it
        assert top == pytest.approx(mark.height_m, rel=0.1, abs=3)
    assert np.linalg.norm(spots - [500.0, -300.0], axis=1).max() < 200


def test_houses_keep_off_the_roadways(city: Stage) -> None:
    boxes = city.scene.solids["box"].solids
    walls = np.isin(boxes.material, [Material.MASONRY, Material.IRON, Material.CURTAIN, Material.PIERS])
    big = boxes.take(walls & (boxes.half.min(1) > 2.5))
    pieces = [piece for piece in city.stretches if piece.street.kind == "street" and piece.length_m > 30]
    inside = 0
    for piece in pieces[::40]:
        gap = np.array([piece.east, piece.north]) - big.centre[:, :2]
        cos, sin = big.geometry[:, 6], big.geometry[:, 7]
        along, across = gap[:, 0] * cos + gap[:, 1] * sin, gap[:, 1] * cos - gap[:, 0] * sin
        inside += bool(((np.abs(along) < big.geometry[:, 3]) & (np.abs(across) < big.geometry[:, 4])).any())
    assert inside <= 0.02 * len(pieces[::40])


def test_neighbourhoods_are_as_high_as_their_style_says(city: Stage) -> None:
    ground = city.scene.ground

    def height(place: Place) -> float:
        east, north = city.scene.frame.to_metres(place.latitude, place.longitude)
        column, row = (
            int((east - ground.west_m) / ground.cell_m),
            int((north - ground.south_m) / ground.cell_m),
        )
        return float(ground.mass[2][row - 20 : row + 20, column - 20 : column + 20].mean())

    west_village, midtown, park = Place(40.7345, -74.0045), Place(40.7555, -73.9790), SHEEP_MEADOW
    assert height(midtown) > 3 * height(west_village) > 9 * height(park)


def test_the_grid_is_open_along_its_streets(city: Stage) -> None:
    """Looking up Fifth Avenue by its 29 degrees there is sky in the middle; across it there are houses."""
    along, across = (
        render_shot(city, shot(FIFTH_AVENUE, heading), 64).astype(float) for heading in (29, 119)
    )
    middle = np.s_[8:24, 28:36]
    assert along[middle].mean() > across[middle].mean() + 10


def test_a_lawn_is_green_and_a_river_is_blue(city: Stage) -> None:
    lawn = render_shot(city, shot(SHEEP_MEADOW, 180, pitch_deg=-20), 48)[-10:].mean((0, 1))
    river = render_shot(city, shot(Place(40.7055, -74.0250), 270, pitch_deg=-20), 48)[-10:].mean((0, 1))
    assert lawn[1] > max(lawn[0], lawn[2])
    assert river[2] > river[0]


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_subject_is_seen_where_it_was_put(city: Stage, kind: SubjectKind) -> None:
    subject = Subject(kind, 14.0 if kind == "bus" else 7.0, -12.0, 200.0)
    plain = render_shot(city, shot(SHEEP_MEADOW, 180), 64).astype(int)
    posed = render_shot(city, shot(SHEEP_MEADOW, 180, subject=subject), 64).astype(int)
    changed = np.abs(plain - posed).sum(-1) > 60
    columns = np.nonzero(changed)[1]
    assert len(columns) > 12
    assert columns.mean() < 34


def test_a_subject_is_not_put_behind_a_wall(city: Stage) -> None:
    """Whoever looks at a front ten metres away gets the subject before it, whatever distance was drawn."""
    subject = Subject("person in red", 45.0, 0.0, 200.0)
    plain, posed = (
        render_shot(city, shot(FIFTH_AVENUE, 119, subject=wanted), 64).astype(int)
        for wanted in (None, subject)
    )
    assert (np.abs(plain - posed).sum(-1) > 40).sum() > 4


def test_the_same_shot_gives_the_same_bytes(city: Stage) -> None:
    first, second = (render_shot(city, shot(FIFTH_AVENUE, 29, weather="rain"), 64) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    other = render_shot(city, replace(shot(FIFTH_AVENUE, 29, weather="rain"), index=8), 64)
    assert other.tobytes() != first.tobytes()


def test_hours_weather_and_seasons_show(city: Stage) -> None:
    noon, night = (render_shot(city, shot(FIFTH_AVENUE, 29, hour=hour), 64).mean() for hour in (13, 23))
    assert night < 0.85 * noon  # the lamps of an avenue are strong
    winter = {
        weather: render_shot(city, shot(SHEEP_MEADOW, 180, month=1, weather=weather), 64)[-20:].mean()
        for weather in ("cloudy", "snow")
    }
    assert winter["snow"] > winter["cloudy"] + 15


def test_clocks_follow_their_zone_and_the_sun_its_own_time() -> None:
    """At one o'clock in summer, by the clock, the sun stands in New York's south."""
    light = light_of(shot(FIFTH_AVENUE, 0, hour=13), 40.75)
    assert abs(light.sun[0]) < 0.1
    assert light.sun[1] < 0


@pytest.mark.parametrize("key", sorted(SITES))
def test_no_two_sides_of_a_site_look_alike(key: str) -> None:
    stage = build_scene(key)
    overcast = {"weather": "cloudy"}
    sides = [
        render_shot(stage, look_at(key, azimuth, **overcast), 48).astype(float)
        for azimuth in (0, 90, 180, 270)
    ]
    for i in range(4):
        for j in range(i):
            assert np.abs(sides[i] - sides[j]).mean() > 1.5


def test_a_site_shows_its_landmark_in_the_middle() -> None:
    for key, mark in SITES.items():
        view = look_at(key, 135.0)
        assert heading_towards_deg(view.place_true, mark.place) == pytest.approx(view.heading_deg, abs=0.1)
        picture = render_shot(build_scene(key), replace(view, pitch_deg=3.0), 48).astype(float)
        band = picture[14:26]
        edges = (np.abs(np.diff(band, axis=1)).sum(-1) > 25).mean(0)
        assert edges[12:36].mean() > 0.02, key
