"""Pictures of small scenes: where things appear, where shadows fall, and that bytes repeat."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box
from engine.world.raycast.camera import Camera, as_picture, as_tiles, rays
from engine.world.raycast.ground import Ground
from engine.world.raycast.index import indexed
from engine.world.raycast.light import light_at
from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.render import render
from engine.world.raycast.scene import Floods, Scene
from engine.world.raycast.solids import FAR, NEAR, Look, Quarry

FRAME = Frame(Box.around([Place(40.75, -73.98)], margin_m=500))
RED = Look(Material.PLAIN, "#e02010")
CAMERA = Camera(0, 0, 1.7, 0, 0, 60)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads only wait for each other on pictures this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def scene(quarry: Quarry, **covers: np.ndarray) -> Scene:
    """A plaza of 400 m with the quarry's solids on it."""
    full = np.full((80, 80), 255, dtype=np.uint8)
    ground = Ground(-200, -200, 5.0, {"land": full, "plaza": full, **covers})
    return Scene("test", FRAME, indexed(quarry.solids()), ground)


def redness(picture: np.ndarray) -> np.ndarray:
    """Where the picture is red."""
    values = picture.astype(float)
    return values[..., 0] - values[..., 1:].mean(-1) > 60


def street() -> Quarry:
    """Something of every kind of solid and of most materials."""
    quarry = Quarry()
    looks = (
        Look(
            Material.MASONRY, "#a05040", (3.3, 2.0, 0.5, 0.5), int(Flag.SHOP | Flag.BRICK | Flag.ESCAPES), 3
        ),
        Look(Material.CURTAIN, "#8fa6b4", (3.9, 1.6, 0.3, 0.5), 0, 4),
        Look(Material.PIERS, "#d8c8b0", (3.7, 2.7, 0.45, 0.6), 0, 5),
        Look(Material.IRON, "#efe7d8", (4.7, 2.5, 0.74, 0), 0, 6),
        Look(Material.SCREEN, "#ffffff", seed=7),
    )
    for number, look in enumerate(looks):
        for side in (-1, 1):
            quarry.box([side * 16, 12 + number * 18, 10], [7, 8.9, 10 + number], look)
    quarry.box([0, 60, 0], [6, 60, 0.02], Look(Material.ROAD, numbers=(3, 0.4, 0, 0)))
    quarry.ellipsoid([-7, 20, 5], [2, 2, 2], Look(Material.FOLIAGE, "#6f8a45"))
    quarry.frustum([-7, 20, 0], [-7, 20, 4], 0.2, 0.1, Look(Material.PLAIN, "#6b5645"))
    quarry.capsule([5, 18, 1], [5, 18, 3], 0.4, RED)
    quarry.torus([0, 30, 5], [0, 1, 0], 2.0, 0.3, RED)
    quarry.convex(
        [[1, 0, 0, 3], [-1, 0, 0, 3], [0, 1, 0, 42], [0, -1, 0, -40], [0, 0, 1, 4], [0, 0, -1, 0]],
        0, [-3, 40, 0], [3, 42, 4], Look(Material.STONE, "#cccccc"),
    )  # fmt: skip
    return quarry


@pytest.mark.parametrize(
    ("heading", "east", "north"), [(0, 0, 20), (90, 20, 0), (180, 0, -20), (270, -20, 0)]
)
def test_a_heading_looks_where_the_compass_says(heading, east, north) -> None:
    quarry = Quarry()
    quarry.box([east, north, 1.7], [1, 1, 1], RED)
    seen = redness(render(scene(quarry), replace(CAMERA, heading_deg=heading), light_at(12, 6), 48))
    rows, columns = np.nonzero(seen)
    assert len(rows) > 8
    assert rows.mean() == pytest.approx(23.5, abs=1.5)
    assert columns.mean() == pytest.approx(23.5, abs=1.5)
    assert not redness(
        render(scene(quarry), replace(CAMERA, heading_deg=heading + 180), light_at(12, 6), 48)
    ).any()


def test_east_is_to_the_right_when_looking_north() -> None:
    quarry = Quarry()
    quarry.box([6, 20, 1.7], [1, 1, 1], RED)
    assert np.nonzero(redness(render(scene(quarry), CAMERA, light_at(12, 6), 48)))[1].min() > 24


def test_pitch_moves_things_down() -> None:
    quarry = Quarry()
    quarry.box([0, 20, 1.7], [1, 1, 1], RED)
    rows = np.nonzero(redness(render(scene(quarry), replace(CAMERA, pitch_deg=15), light_at(12, 6), 48)))[0]
    assert rows.min() > 24


def test_a_field_of_view_is_as_wide_as_it_says() -> None:
    d = rays(replace(CAMERA, fovy_deg=90), 64)
    picture = as_picture(d, 64)
    edge = picture[:, 32, 0]
    assert torch.atan2(edge[0], edge[1]).item() == pytest.approx(-np.pi / 4, abs=0.03)
    torch.testing.assert_close(d.norm(dim=0), torch.ones_like(d[0]))


def test_tiles_are_put_together_as_they_were_cut() -> None:
    picture = torch.arange(48 * 48, dtype=torch.float32).reshape(48, 48)
    torch.testing.assert_close(as_picture(as_tiles(picture)[None], 48)[0], picture)


@pytest.mark.parametrize(("hour", "side"), [(8.5, -1), (15.5, 1)])
def test_shadows_fall_on_the_side_away_from_the_sun(hour, side) -> None:
    """In the morning the sun stands in the east, so the shadow lies in the west, and the other way round."""
    quarry, empty = Quarry(), Quarry()
    quarry.box([0, 0, 5], [1, 1, 5], RED)
    above = Camera(0, 0, 120, 0, -89.9, 30)
    light = light_at(hour, 6)
    with_box, without = (render(scene(q), above, light, 64).astype(float).sum(-1) for q in (quarry, empty))
    darker = without - with_box > 60
    darker[30:34, 30:34] = False
    columns = np.nonzero(darker)[1]
    assert len(columns) > 5
    assert np.sign(columns.mean() - 31.5) == side


def test_the_nearer_solid_hides_the_farther() -> None:
    quarry = Quarry()
    quarry.box([0, 30, 1.7], [3, 1, 3], RED)
    quarry.box([0, 20, 1.7], [4, 1, 4], Look(Material.PLAIN, "#2040e0"))
    assert not redness(render(scene(quarry), CAMERA, light_at(12, 6), 32)).any()


def test_what_holds_the_camera_is_left_out() -> None:
    quarry = Quarry()
    quarry.box([0, 0, 5], [4, 4, 5], RED)
    assert not redness(render(scene(quarry), CAMERA, light_at(12, 6), 32)).any()


def test_levels_of_detail_change_places_with_distance() -> None:
    quarry = Quarry()
    quarry.box([0, 950, 30], [40, 10, 30], RED, level=FAR)
    quarry.box([0, 950, 30], [40, 10, 30], Look(Material.PLAIN, "#20c020"), level=NEAR)
    far = render(scene(quarry), CAMERA, replace(light_at(12, 6), haze_m=1e6), 48)
    near = render(scene(quarry), replace(CAMERA, north_m=500), replace(light_at(12, 6), haze_m=1e6), 48)
    assert redness(far).any()
    assert not redness(near).any()


def test_guests_are_in_this_picture_only() -> None:
    guests = Quarry()
    guests.ellipsoid([0, 8, 1.7], 0.8, RED)
    place = scene(street())
    first = render(place, CAMERA, light_at(12, 6), 48)
    visited = render(place, CAMERA, light_at(12, 6), 48, guests=guests.solids())
    assert redness(visited).sum() > redness(first).sum() + 20
    np.testing.assert_array_equal(first, render(place, CAMERA, light_at(12, 6), 48))


@pytest.mark.parametrize("size", [20, 33, 48])
def test_pictures_have_the_size_that_was_asked_for(size) -> None:
    picture = render(scene(street()), CAMERA, light_at(12, 6), size)
    assert picture.shape == (size, size, 3)
    assert picture.dtype == np.uint8


def test_the_same_moment_gives_the_same_bytes() -> None:
    light = light_at(15, 10, weather="rain")
    first, second = (render(scene(street()), CAMERA, light, 64, flakes_seed=5) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_night_is_darker_than_noon_and_has_lights() -> None:
    noon, night = (
        render(scene(street()), replace(CAMERA, pitch_deg=8), light_at(hour, 6), 64) for hour in (12, 23)
    )
    assert night.mean() < 0.6 * noon.mean()
    assert night.max() > 150


def test_snow_is_whiter_on_the_ground() -> None:
    down = replace(CAMERA, up_m=30, pitch_deg=-60)
    plain, snowy = (
        render(scene(street()), down, light_at(12, 1, weather=weather), 64).mean()
        for weather in ("cloudy", "snow")
    )
    assert snowy > plain + 15


def test_a_lawn_is_green_and_a_lake_is_not() -> None:
    half = np.full((80, 80), 255, dtype=np.uint8)
    half[:, :40] = 0
    down = replace(CAMERA, up_m=60, pitch_deg=-89)
    picture = render(scene(Quarry(), park=half, lake=255 - half), down, light_at(12, 6), 64).astype(float)
    lake, lawn = picture[:, :20].mean((0, 1)), picture[:, -20:].mean((0, 1))
    assert lawn[1] > lawn[2] + 30
    assert lake[2] > lawn[2]


def test_detail_finer_than_a_pixel_fades() -> None:
    """The mean of a facade far away stays when the camera moves by a hair: nothing flickers."""
    quarry = Quarry()
    quarry.box([0, 150, 30], [60, 5, 30], Look(Material.MASONRY, "#a05040", (3.3, 2.0, 0.5, 0.5)))
    views = [replace(CAMERA, east_m=shift, pitch_deg=10) for shift in (0.0, 0.13)]
    first, second = (render(scene(quarry), view, light_at(12, 6), 32).astype(float) for view in views)
    assert np.abs(first - second).mean() < 4


@pytest.mark.gpu
def test_a_gpu_gives_the_same_picture() -> None:
    for hour in (9, 22):
        light = light_at(hour, 6)
        on_cpu, on_gpu = (
            render(scene(street()), CAMERA, light, 128, device=device).astype(float)
            for device in ("cpu", "cuda")
        )
        assert np.abs(on_cpu - on_gpu).mean() < 2


def test_floods_light_a_landmark_by_night_and_nothing_far_from_it() -> None:
    quarry = Quarry()
    quarry.box([-4, 18, 5], [2.5, 2.5, 5], Look(Material.STONE, "#d8d0c0"))
    dark = scene(quarry)
    means = {}
    for radius_m in (1.0, 40.0):
        lit = replace(dark, floods=Floods(radius_m, 30.0))
        for hour in (12, 23):
            means[radius_m, hour] = render(lit, CAMERA, light_at(hour, 6), 48)[12:26, 8:20].mean()
    assert means[40.0, 23] > means[1.0, 23] + 40
    assert means[40.0, 12] == means[1.0, 12]
