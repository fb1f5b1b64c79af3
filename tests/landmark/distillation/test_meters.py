"""Meters: saturation of known colours, and a pace."""

import time

import pytest
import torch

from engine.landmark.distillation.meters import Pace, saturation


@pytest.mark.parametrize(
    ("colour", "wanted"), [((1, 0, 0), 1.0), ((0.5, 0.5, 0.5), 0.0), ((0.8, 0.6, 0.4), 0.5), ((0, 0, 0), 0.0)]
)
def test_saturation_is_that_of_hsv(colour: tuple[float, float, float], wanted: float) -> None:
    picture = torch.tensor(colour, dtype=torch.float32)[None, :, None, None].expand(2, 3, 4, 4)
    assert saturation(picture) == pytest.approx(wanted)


def test_saturation_is_a_mean_over_pixels_and_views() -> None:
    views = torch.zeros(2, 3, 2, 2)
    views[0, 0, 0] = 1.0  # two red pixels of eight
    assert saturation(views) == pytest.approx(0.25)
    weights = torch.zeros(2, 2, 2)
    weights[0, 0, 0] = weights[1, 0, 0] = 3.0
    assert saturation(views, weights) == pytest.approx(0.5)
    assert saturation(views, weights * 0) == 0


def test_the_pace_counts_from_where_a_run_goes_on() -> None:
    pace = Pace(90, 100)
    time.sleep(0.05)
    steps_per_s, eta_s = pace.after(95)
    assert 20 < steps_per_s <= 100
    assert eta_s == pytest.approx(5 / steps_per_s)
