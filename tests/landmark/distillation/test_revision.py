"""Revision: what a field has learned from all views corrects what one picture alone cannot tell."""

import torch
from torch import Tensor

from engine.landmark.distillation import border
from engine.landmark.distillation.revision import revised

STONE, CLOUD, SKY = (
    torch.tensor([0.8, 0.76, 0.7]),
    torch.tensor([0.95, 0.95, 0.97]),
    torch.tensor([0.45, 0.6, 0.85]),
)
TOWER = (slice(10, 40), slice(16, 24))


def pictures() -> Tensor:
    """Four views of a tower; a cloud stands beside it in one, and in all of them walls as pale as its foot are far at
    the edges."""
    views = SKY[:, None, None].expand(4, 3, 40, 40).clone()
    views[0, :, 14:22, 24:32] = CLOUD[:, None, None]
    views[:, :, 34:, :6] = STONE[:, None, None]
    views[:, :, *TOWER] = STONE[:, None, None]
    return views


def shown(foot: float) -> Tensor:
    """What a field shows that saw the cloud in one of four views, and is not sure of the foot."""
    views = torch.zeros(4, 4, 40, 40)
    opacity = torch.zeros(40, 40)
    opacity[TOWER] = 0.9
    opacity[34:, TOWER[1]] = foot
    opacity[14:22, 24:32] = 0.2
    colour = STONE[:, None, None].expand(3, 40, 40).clone()
    colour[:, 14:22, 24:32] = CLOUD[:, None, None]
    views[:, :3], views[:, 3] = colour * opacity, opacity
    return views


def found(shown: Tensor, **options: float) -> Tensor:
    return revised(pictures(), shown, *border.apart(pictures(), pictures()), **options)


def test_a_cloud_that_one_picture_has_is_voted_down() -> None:
    cloud = (0, slice(16, 20), slice(26, 30))
    assert border.matte(pictures(), pictures())[cloud].min() > 0.9
    assert found(shown(0.9))[cloud].max() < 0.5
    assert found(shown(0.9))[:, 18:32, 18:22].min() > 0.95


def test_a_foot_as_pale_as_the_edges_comes_back() -> None:
    foot = (slice(None), slice(36, 39), slice(18, 22))
    assert border.matte(pictures(), pictures())[foot].max() < 0.1
    there = found(shown(0.4))[foot]
    assert there.min() > 0.5
    assert there.min() > found(shown(0.4), edges_weight=1.0)[foot].max()


def test_what_is_above_it_speaks_for_it() -> None:
    foot, lifted = (slice(None), slice(36, 39), slice(18, 22)), shown(0.1)
    lifted[:, :, :34] = 0
    lifted[:, 3, :10, :8] = 0.9  # something else that all agree on
    assert found(shown(0.1))[foot].min() > 2 * found(lifted)[foot].max()


def test_near_the_ground_the_landmarks_own_colour_goes_on() -> None:
    gone = shown(0.0)
    gone[:, :, 30:] = 0
    low = (slice(None), slice(36, 39), slice(18, 22))
    assert found(gone)[low].max() < 0.5
    assert found(gone, foot=39.0)[low].min() > 0.5
    beside = (slice(None), slice(36, 39), slice(8, 12))
    assert found(gone, foot=39.0)[beside].max() < 0.1


def test_nothing_reaches_below_the_foot() -> None:
    there = found(shown(0.9), foot=36.0)
    assert there[:, 37:].max() == 0
    assert there[:, 35, 18:22].min() > 0.5


def test_what_few_agree_on_does_not_fade() -> None:
    tower = (slice(1, 4), slice(12, 32), slice(18, 22))
    assert (found(shown(0.9) * 0.3)[tower] - found(shown(0.9))[tower]).abs().max() < 0.05


def test_sky_stays_sky() -> None:
    there = found(shown(0.9))
    assert there[:, :8].max() < 0.05
    assert there[1:, 16:20, 26:30].max() < 0.05  # where others have the cloud
