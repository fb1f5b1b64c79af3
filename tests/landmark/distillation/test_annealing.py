"""Annealing: the paper's ranges at both ends and in the middle."""

import pytest

from engine.landmark.distillation.annealing import falling, timestep_at, timestep_range


@pytest.mark.parametrize(
    ("step", "wanted"),
    [(0, (0.98, 0.98)), (4000, (0.5, 0.74)), (8000, (0.02, 0.5)), (10_000, (0.02, 0.5))],
)
def test_the_range_of_timesteps_is_the_papers(step: int, wanted: tuple[float, float]) -> None:
    assert timestep_range(step, 8000) == pytest.approx(wanted)


def test_without_annealing_it_is_the_last_range_at_once() -> None:
    assert timestep_range(0, 0) == (0.02, 0.5)


@pytest.mark.parametrize(("part", "timestep"), [(0.0, 0), (0.02, 20), (0.98, 980), (1.0, 999)])
def test_parts_become_timesteps_that_there_are(part: float, timestep: int) -> None:
    assert timestep_at(part, 1000) == timestep


def test_strength_falls_straight_to_the_last_round() -> None:
    assert [falling(number, 5, 0.9, 0.1) for number in range(5)] == pytest.approx([0.9, 0.7, 0.5, 0.3, 0.1])
    assert falling(0, 1, 0.9, 0.1) == 0.1
