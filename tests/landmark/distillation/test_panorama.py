"""The panorama: clouds and houses that are far away are seen beside the landmark from the next azimuths."""

import math

import torch
from torch import Tensor

from engine.landmark.camera import Camera, rays
from engine.landmark.distillation.panorama import seen_beside

COUNT, SIZE = 24, 48
CAMERAS = [Camera(number * 360 / COUNT, -18.0, 2.5, 52.0, -0.4) for number in range(COUNT)]


def photographed(landmark: bool) -> tuple[Tensor, Tensor]:
    """Rings of pictures of a sky with a cloud for every 40 degrees, and of a pillar on the axis before it."""
    pictures, alphas = [], []
    for camera in CAMERAS:
        around = rays(camera, SIZE, SIZE)[1].view(SIZE, SIZE, 3)
        bearing = torch.atan2(around[..., 0], around[..., 1])
        cloud = (torch.cos(bearing * 9) * (1 - (around[..., 2] - 0.2).abs() * 4)).clamp_min(0)
        sky = torch.stack([0.4 + 0.5 * cloud, 0.6 + 0.35 * cloud, 0.85 + 0.1 * cloud])
        alpha = torch.zeros(SIZE, SIZE)
        if landmark:
            alpha[8:36, SIZE // 2 - 3 : SIZE // 2 + 3] = 1.0
        stone = torch.tensor([0.55, 0.4, 0.3])[:, None, None]
        pictures.append(sky * (1 - alpha) + stone * alpha)
        alphas.append(alpha)
    return torch.stack(pictures), torch.stack(alphas)


def test_a_sky_explains_itself_and_a_landmark_is_not_explained() -> None:
    pictures, alphas = photographed(True)
    found = seen_beside(pictures, alphas, CAMERAS)
    assert found[alphas > 0.5].max() < 0.1
    sky = torch.zeros_like(alphas)
    sky[:, 4:34, 6:18] = sky[:, 4:34, 30:42] = 1.0  # next to the pillar, the cloud's edges among them
    assert found[sky > 0].mean() > 0.9


def test_it_is_the_direction_that_counts() -> None:
    pictures, alphas = photographed(False)
    mirrored = pictures.flip(3)  # the same clouds, but they turn the other way
    true, false = (seen_beside(each, alphas, CAMERAS)[:, 8:30].mean() for each in (pictures, mirrored))
    assert true > 0.95
    assert false < true - 0.1


def test_what_may_be_the_landmark_speaks_for_nothing() -> None:
    pictures, _ = photographed(True)
    assert seen_beside(pictures, torch.ones(COUNT, SIZE, SIZE), CAMERAS).max() == 0


def test_neighbours_that_are_too_far_around_see_nothing() -> None:
    pictures, alphas = photographed(True)
    few = [Camera(number * 120.0, -18.0, 2.5, 52.0, -0.4) for number in range(3)]
    assert seen_beside(pictures[::8], alphas[::8], few).max() == 0
    assert math.isfinite(seen_beside(pictures, alphas, CAMERAS).sum().item())
