"""Cameras: a landmark painted with 36 coloured sectors proves every sign between a bearing and a picture."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.errors import BadRequest
from engine.geo.bearing import azimuth_deg, destination
from engine.geo.place import Place
from engine.landmark.camera import (
    PAPER_CAMERAS,
    WIDE_CAMERAS,
    Camera,
    CameraRange,
    Pose,
    project,
    rays,
    unproject,
)
from engine.landmark.rendering import render_picture
from engine.world.raycast import camera as caster

WIDTH_PX, HEIGHT_PX = 61, 41
CAMERAS = st.builds(
    Camera,
    azimuth_deg=st.floats(0, 360),
    elevation_deg=st.floats(-80, 80),
    distance=st.floats(2, 5),
    fovy_deg=st.floats(20, 80),
    target_up=st.floats(-0.5, 0.5),
)


class Sectors:
    """A drum of radius 0.5 around the axis: red tells the ten degrees of bearing, green the upper half."""

    def density(self, points: Tensor) -> Tensor:
        return torch.where(points[:, :2].norm(dim=1) < 0.5, 1e4, 0.0)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        bearing = torch.rad2deg(torch.atan2(points[:, 0], points[:, 1])) % 360
        sector = (bearing / 10).floor()
        upper = (points[:, 2] > 0).float()
        return self.density(points), torch.stack([(sector + 0.5) / 36, upper, torch.zeros_like(upper)], dim=1)


def sector(colour: Tensor) -> int:
    """Number of the sector of that colour."""
    return int(colour[0] * 36)


@pytest.mark.parametrize("number", range(36))
def test_a_bearing_becomes_the_picture_of_that_side(number: int) -> None:
    centre = Place(48.8738, 2.2950)
    visitor = destination(centre, number * 10 + 5, 120.0)
    camera = Camera(azimuth_deg(centre, visitor), elevation_deg=-10.0)
    picture = render_picture(Sectors(), camera, WIDTH_PX, HEIGHT_PX, num_samples=256)
    row, column = HEIGHT_PX // 2, WIDTH_PX // 2
    assert sector(picture[row, column]) == number
    # Seen from the south east is on the right, and east has the smaller bearing: bearings grow to the left.
    painted = [sector(colour) for colour in picture[row] if colour.sum() > 0]
    turns = [(after - before + 18) % 36 - 18 for before, after in pairwise(painted)]
    assert set(turns) == {0, -1}
    assert painted.index((number + 1) % 36) < painted.index(number) < painted.index((number - 1) % 36)
    assert picture[0, column, 1] == 1
    assert picture[-1, column, 1] == 0


def test_from_the_south_east_is_on_the_right_and_north_is_ahead() -> None:
    points = torch.tensor([[0.5, 0.0, 0.0], [0.0, 0.0, 0.5], [0.0, 0.5, 0.0]])
    pixels, depth = project(Camera(180.0, distance=3.0), points, WIDTH_PX, HEIGHT_PX)
    east, up, north = pixels.tolist()
    assert east[0] > WIDTH_PX / 2
    assert east[1] == pytest.approx(HEIGHT_PX / 2, abs=1e-4)
    assert up[1] < HEIGHT_PX / 2
    assert north == pytest.approx([WIDTH_PX / 2, HEIGHT_PX / 2], abs=1e-4)
    assert depth.tolist() == pytest.approx([3.0, 3.0, 3.5])


@settings(deadline=None)
@given(CAMERAS)
def test_the_axes_are_those_of_the_city_s_own_camera(camera: Camera) -> None:
    position = torch.tensor(camera.position, dtype=torch.float64)
    gaze = torch.tensor([0, 0, camera.target_up], dtype=torch.float64) - position
    pitch_deg = math.degrees(math.asin(gaze[2] / gaze.norm()))
    eye = caster.Camera(*position.tolist(), (camera.azimuth_deg + 180) % 360, pitch_deg, camera.fovy_deg)
    right, up, forward = torch.tensor(eye.axes).float()
    expected = torch.stack([right, up, -forward, position.float()], dim=1)
    torch.testing.assert_close(camera.pose.camera_to_world, expected, atol=1e-5, rtol=0)


@settings(deadline=None)
@given(CAMERAS)
def test_rays_points_and_pixels_agree(camera: Camera) -> None:
    rays_o, rays_d = rays(camera, 5, 4)
    assert torch.allclose(rays_d.norm(dim=1), torch.ones(20))
    pixels, depth = project(camera, rays_o + 2.0 * rays_d, 5, 4)
    rows, columns = torch.meshgrid(torch.arange(4) + 0.5, torch.arange(5) + 0.5, indexing="ij")
    expected = torch.stack([columns, rows], dim=-1).reshape(-1, 2)
    torch.testing.assert_close(pixels, expected, atol=1e-3, rtol=0)
    torch.testing.assert_close(
        unproject(camera, pixels, depth, 5, 4), rays_o + 2.0 * rays_d, atol=1e-4, rtol=0
    )


def test_the_field_of_view_is_the_picture_s_height() -> None:
    edge = math.tan(math.radians(20)) * 3
    pixels, _ = project(Camera(0.0, fovy_deg=40.0), torch.tensor([[0.0, 0.0, edge]]), 30, 20)
    assert pixels[0].tolist() == pytest.approx([15, 0], abs=1e-4)


def test_a_low_camera_looks_up_and_the_target_is_in_the_middle() -> None:
    camera = Camera(37.0, elevation_deg=-20.0, target_up=0.4)
    assert camera.position[2] < 0
    assert -camera.pose.camera_to_world[2, 2] > 0
    pixels, _ = project(camera, torch.tensor([[0.0, 0.0, 0.4]]), 8, 8)
    assert pixels[0].tolist() == pytest.approx([4, 4], abs=1e-4)


def test_straight_from_above_the_picture_s_top_is_opposite_the_camera_s_bearing() -> None:
    pixels, _ = project(Camera(180.0, elevation_deg=90.0), torch.tensor([[0.0, 0.5, 0.0]]), 8, 8)
    assert pixels[0, 1] < 4


def test_a_pose_may_roll() -> None:
    turned = Camera(180.0).pose.camera_to_world[:, [1, 0, 2, 3]] * torch.tensor([1.0, -1.0, 1.0, 1.0])
    pixels, _ = project(Pose(turned, 40.0), torch.tensor([[0.0, 0.0, 0.5]]), 8, 8)
    assert pixels[0, 0] > 4
    assert pixels[0, 1].item() == pytest.approx(4, abs=1e-4)


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ({"azimuth_deg": math.nan}, "azimuth_deg is nan"),
        ({"azimuth_deg": 0.0, "elevation_deg": 91.0}, "elevation_deg is 91"),
        ({"azimuth_deg": 0.0, "distance": 0.0}, "distance is 0"),
        ({"azimuth_deg": 0.0, "fovy_deg": 180.0}, "fovy_deg is 180"),
        (
            {"azimuth_deg": 0.0, "elevation_deg": 90.0, "distance": 0.5, "target_up": 0.5},
            "stands in the point",
        ),
    ],
)
def test_cameras_that_cannot_be(numbers: dict[str, float], word: str) -> None:
    with pytest.raises(BadRequest, match=word):
        Camera(**numbers)


@pytest.mark.parametrize("cameras", [PAPER_CAMERAS, WIDE_CAMERAS])
def test_drawn_cameras_fill_their_ranges_and_repeat_with_their_seed(cameras: CameraRange) -> None:
    drawn = [cameras.draw(generator) for generator in [torch.Generator().manual_seed(1)] for _ in range(400)]
    for name in ("elevation_deg", "distance", "fovy_deg"):
        least, most = getattr(cameras, name)
        values = [getattr(camera, name) for camera in drawn]
        assert least <= min(values) <= least + (most - least) * 0.05
        assert most >= max(values) >= most - (most - least) * 0.05
    assert {int(camera.azimuth_deg // 10) for camera in drawn} == set(range(36))
    assert cameras.draw(torch.Generator().manual_seed(1)) == drawn[0]


def test_the_paper_s_cameras_look_up_and_ours_also_down() -> None:
    assert PAPER_CAMERAS.elevation_deg[1] <= 0
    assert WIDE_CAMERAS.elevation_deg[0] < 0 < WIDE_CAMERAS.elevation_deg[1]


def test_sectors_are_drawn_by_their_weights() -> None:
    cameras = CameraRange((0.0, 0.0), azimuths_deg=(0.0, 90.0, 200.0), azimuth_weights=(3, 1, 0))
    generator = torch.Generator().manual_seed(2)
    azimuths = [cameras.draw(generator).azimuth_deg for _ in range(400)]
    north = [azimuth for azimuth in azimuths if azimuth >= 355 or azimuth < 5]
    assert len(north) + sum(85 <= azimuth <= 95 for azimuth in azimuths) == 400
    assert 260 < len(north) < 340
    assert min(north) < 1
    assert max(north) > 359


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ({"elevation_deg": (10.0, -10.0)}, "elevation_deg is 10 to -10"),
        ({"elevation_deg": (0.0, 0.0), "azimuths_deg": ()}, "no azimuths"),
        ({"elevation_deg": (0.0, 0.0), "azimuths_deg": (1.0,), "azimuth_weights": (1, 2)}, "do not fit 1 az"),
        ({"elevation_deg": (0.0, 0.0), "azimuths_deg": (1.0,), "azimuth_weights": (0,)}, "do not fit 1 az"),
    ],
)
def test_ranges_that_cannot_be(numbers: dict[str, object], word: str) -> None:
    with pytest.raises(BadRequest, match=word):
        CameraRange(**numbers)
