"""Framing: the nearest distance from which the landmark is whole."""

from collections.abc import Sequence
from typing import cast

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera
from engine.landmark.distillation.framing import framed, is_whole
from engine.landmark.distillation.teacher import Teacher

SIZE_PX = 32


def tower(top: float, half_px: int = 4) -> Tensor:
    """A tower of stone whose top is at this share of the height of a picture, before a sky and a meadow."""
    picture = torch.full((3, SIZE_PX, SIZE_PX), 0.7)
    picture[:, 24:] = torch.tensor([0.3, 0.6, 0.2])[:, None, None]
    stone = torch.tensor([0.55, 0.5, 0.45])[:, None, None]
    picture[:, round(top * SIZE_PX) : 24, 16 - half_px : 16 + half_px] = stone
    return picture


class Tourists:
    """A teacher that shows the tower as large as the distance makes it, whatever the noise."""

    latent_shape, device, kind = (3, SIZE_PX, SIZE_PX), torch.device("cpu"), "epsilon"

    def __init__(self, tops: dict[float, float], knows_distance: bool = True) -> None:
        self.tops, self.knows_distance, self.told = tops, knows_distance, 0.0

    def tell_distance(self, share: float) -> None:
        self.told = share

    def timestep(self, part: float) -> int:
        return round(part * 999)

    def alpha_bar(self, timestep: int) -> float:
        return 1 - max(timestep, 0) / 1000

    def tokens(self, cameras: Sequence[Camera]) -> Tensor:
        return tower(self.tops[self.told]).expand(len(cameras), -1, -1, -1)

    def guided(self, noisy: Tensor, timestep: int, tokens: Tensor, weight: float) -> Tensor:
        level = self.alpha_bar(timestep)
        return (noisy - level**0.5 * tokens) / (1 - level) ** 0.5

    def decode(self, latents: Tensor) -> Tensor:
        return functional.interpolate(latents, (SIZE_PX, SIZE_PX)).clamp(0, 1)


def test_a_landmark_is_whole_with_sky_above_it() -> None:
    far = tower(0.5).expand(8, -1, -1, -1)
    assert is_whole(tower(0.25).expand(8, -1, -1, -1), far)
    assert not is_whole(tower(0.0).expand(8, -1, -1, -1), far)
    assert is_whole(torch.stack([tower(0.25)] * 6 + [tower(0.0)] * 2), far)  # clouds, for all that is known
    assert not is_whole(torch.stack([tower(0.25)] * 3 + [tower(0.0)] * 5), far)


def test_a_landmark_is_whole_with_its_neighbours_beside_it() -> None:
    far = tower(0.5).expand(8, -1, -1, -1)
    assert is_whole(tower(0.4, half_px=12).expand(8, -1, -1, -1), far)
    assert not is_whole(tower(0.4, half_px=16).expand(8, -1, -1, -1), far)


@pytest.mark.parametrize(("whole", "share"), [(0.1, 0.1), (0.5, 0.5), (1.0, 0.9)])
def test_the_nearest_from_which_it_is_whole_is_told(quick, whole: float, share: float) -> None:
    shares = (0.1, 0.5, 0.9)
    teacher = Tourists({each: 0.3 if each >= whole else 0.0 for each in shares})
    config = quick(distance_shares=shares, render_px=SIZE_PX)
    noise = torch.randn(1, 3, SIZE_PX, SIZE_PX, generator=torch.Generator().manual_seed(0))
    found, seen = framed(cast(Teacher, teacher), config, noise)
    assert found == share
    assert teacher.told == share
    assert (seen - tower(teacher.tops[share])).abs().max() < 0.05


def test_without_distances_nothing_is_tried(quick) -> None:
    teacher = Tourists({0.0: 0.3}, knows_distance=False)
    config = quick(distance_shares=(0.1, 0.9), render_px=SIZE_PX)
    noise = torch.randn(1, 3, SIZE_PX, SIZE_PX, generator=torch.Generator().manual_seed(0))
    share, seen = framed(cast(Teacher, teacher), config, noise)
    assert (share, teacher.told) == (0.9, 0.0)
    assert seen.shape == (8, 3, SIZE_PX, SIZE_PX)


def test_a_teacher_that_knows_distances_tells_the_new_one(pipe, quick, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(
        "engine.landmark.distillation.teacher.told_of", lambda pipe, config, share: asked.append(share) or {}
    )
    teacher = Teacher(pipe, "A photo of Cathedral", quick(distance_shares=(0.2, 0.7)))
    teacher.tell_distance(0.2)
    assert asked == [0.7, 0.2]
