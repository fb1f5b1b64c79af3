"""Noise that moves: standard normal at every angle, and where it was after a whole turn."""

import math

import pytest
import torch

from engine.diffusion.noise import on_great_circle

FIRST, SECOND = torch.randn(2, 1, 4, 48, 48, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("angle", [0.0, 0.4, math.pi / 4, 2.0, 5.0])
def test_it_is_standard_normal_at_every_angle(angle: float) -> None:
    noise = on_great_circle(FIRST, SECOND, torch.tensor([angle]))
    assert noise.shape == FIRST.shape
    assert noise.mean() == pytest.approx(0, abs=0.04)
    assert noise.std() == pytest.approx(1, abs=0.03)
    beyond_two = (noise.abs() > 2).float().mean()
    assert beyond_two == pytest.approx(0.0455, abs=0.01)


def test_it_begins_at_the_first_passes_the_second_and_comes_back() -> None:
    angles = torch.tensor([0.0, math.pi / 2, math.pi, math.tau])
    noise = on_great_circle(FIRST, SECOND, angles)
    torch.testing.assert_close(noise, torch.cat([FIRST, SECOND, -FIRST, FIRST]))
    assert torch.equal(noise[:1], FIRST)


def test_noises_correlate_by_the_cosine_of_the_angle_between_them() -> None:
    angles = torch.tensor([0.3, 0.5, 1.3])
    flat = on_great_circle(FIRST, SECOND, angles).flatten(1)
    found = torch.corrcoef(flat)[0, 1:]
    torch.testing.assert_close(found, torch.cos(angles[1:] - angles[0]), atol=0.02, rtol=0)


def test_whole_numbers_are_angles_too() -> None:
    assert torch.equal(
        on_great_circle(FIRST, SECOND, torch.zeros(3, dtype=torch.long)), FIRST.expand(3, -1, -1, -1)
    )
