"""Framing: the nearest distance from which the landmark is whole."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera
from engine.landmark.distillation.framing import framed_share, is_whole
from engine.landmark.distillation.teacher import Teacher

SIZE_PX = 32


def tower(top: float) -> Tensor:
    """A red tower whose top is at this share of the height of a picture, before a sky."""
    picture = torch.full((3, SIZE_PX, SIZE_PX), 0.7)
    picture[:, round(top * SIZE_PX) :, 12:20] = torch.tensor([0.8, 0.2, 0.1])[:, None, None]
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
    assert is_whole(tower(0.25).expand(4, -1, -1, -1))
    assert not is_whole(tower(0.0).expand(4, -1, -1, -1))
    mostly = torch.stack([tower(0.25)] * 7 + [tower(0.0)])
    assert is_whole(mostly)


@pytest.mark.parametrize(("whole", "share"), [(0.1, 0.1), (0.5, 0.5), (1.0, 0.9)])
def test_the_nearest_from_which_it_is_whole_is_told(quick, whole: float, share: float) -> None:
    shares = (0.1, 0.5, 0.9)
    teacher = Tourists({each: 0.3 if each >= whole else 0.0 for each in shares})
    config = quick(distance_shares=shares, render_px=SIZE_PX)
    noise = torch.randn(1, 3, SIZE_PX, SIZE_PX, generator=torch.Generator().manual_seed(0))
    assert framed_share(teacher, config, noise) == share  # type: ignore[arg-type]
    assert teacher.told == share


def test_without_distances_nothing_is_tried(quick) -> None:
    teacher = Tourists({}, knows_distance=False)
    config = quick(distance_shares=(0.1, 0.9))
    assert framed_share(teacher, config, torch.zeros(1, 3, 8, 8)) == 0.9  # type: ignore[arg-type]


def test_a_teacher_that_knows_distances_tells_the_new_one(pipe, quick, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(
        "engine.landmark.distillation.teacher.told_of", lambda pipe, config, share: asked.append(share) or {}
    )
    teacher = Teacher(pipe, "A photo of Cathedral", quick(distance_shares=(0.2, 0.7)))
    teacher.tell_distance(0.2)
    assert asked == [0.7, 0.2]
