"""Standpoint: cameras look up as far as their pictures' horizon says, and stand where what was found fills the cube."""

import math

import pytest
import torch
from torch import Tensor

from engine.landmark.camera import project
from engine.landmark.distillation.beginning import ring
from engine.landmark.distillation.standpoint import (
    filled,
    horizon,
    standing,
    standpoint_of,
    with_standpoint,
)
from engine.landmark.occupancy import Occupancy

FAR = 1e4


def landscape(ground: float) -> Tensor:
    """Four pictures with a meadow from this share of the height on, and a tower in the middle."""
    pictures = torch.full((4, 3, 96, 96), 0.8)
    pictures[:, :, round(ground * 96) :] = torch.tensor([0.3, 0.6, 0.2])[:, None, None]
    pictures[:, :, 10:90, 40:56] = 0.1
    return pictures


@pytest.mark.parametrize("ground", [0.4, 0.62, 0.9])
def test_the_horizon_is_where_the_ground_begins(ground: float) -> None:
    assert horizon(landscape(ground)) == pytest.approx(ground, abs=0.02)


@pytest.mark.parametrize("ground", [0.4, 0.62, 0.9])
def test_cameras_on_the_ground_have_the_horizon_where_it_was_seen(quick, ground: float) -> None:
    for camera in ring(3, standing(quick(fovy_deg=(52.0, 52.0)), ground)):
        east, north, up = camera.position
        ahead = torch.tensor([[-east * FAR, -north * FAR, up]])
        pixels, depth = project(camera, ahead, 100, 100)
        assert depth.item() > 0
        assert pixels[0].tolist() == pytest.approx([50, 100 * ground], abs=0.1)
        assert camera.fovy_deg == 52.0


def test_the_upper_edge_of_a_picture_stays_in_the_cube(quick) -> None:
    for ground in (0.3, 0.5, 0.7, 0.95):
        camera = ring(1, standing(quick(fovy_deg=(52.0, 52.0)), ground))[0]
        pixels, _ = project(camera, torch.tensor([[0.0, 0.0, 1.0]]), 100, 100)
        assert pixels[0, 1] < 1.0


def found(size: int) -> Occupancy:
    """A tower east of the axis, whose foot is at -0.5 and whose top at 0.1."""
    occupancy = Occupancy(size)
    cells = (torch.arange(size) + 0.5) / size * 2 - 1
    up, north, east = torch.meshgrid(cells, cells, cells, indexing="ij")
    tower = (up > -0.5) & (up < 0.1) & (north.abs() < 0.1) & (east > 0) & (east < 0.2)
    occupancy.densities.copy_(50.0 * tower.reshape(-1))
    occupancy.occupied.fill_(True)
    return occupancy


def test_what_was_found_is_as_large_in_the_pictures_and_fills_the_cube(quick) -> None:
    before = standing(quick(fovy_deg=(52.0, 52.0)), 0.7)
    after = filled(before, found(80))
    top, foot = torch.tensor([[0.2, 0.0, 0.1], [0.2, 0.0, -0.5]])
    middle, larger = torch.tensor([0.0, 0.0, -0.2]), 2.0  # 0.8 / 0.3, but no more than that
    for azimuth in range(3):
        was, now = ring(3, before)[azimuth], ring(3, after)[azimuth]
        old, _ = project(was, torch.stack([top, foot]), 96, 96)
        new, _ = project(now, (torch.stack([top, foot]) - middle) * larger, 96, 96)
        assert (old - new).abs().max() < 0.5


def test_a_wide_one_is_made_no_larger_than_the_cube(quick) -> None:
    occupancy = Occupancy(40)
    occupancy.densities.view(40, 40, 40)[10:14, :, 18:22] = 50.0
    occupancy.occupied.fill_(True)
    before = quick()
    after = filled(before, occupancy)
    assert after.distance[0] < before.distance[0]  # nearer in half cubes, so it is smaller in the cube


def test_where_nothing_was_found_cameras_stay(quick) -> None:
    occupancy = Occupancy(8)
    assert filled(quick(), occupancy) == quick()


def test_a_standpoint_can_be_kept(quick) -> None:
    config = standing(quick(), 0.7)
    again = with_standpoint(quick(), *standpoint_of(config).tolist())
    assert again.distance[0] == pytest.approx(config.distance[0])
    assert again == config
    assert math.isfinite(again.target_up)
