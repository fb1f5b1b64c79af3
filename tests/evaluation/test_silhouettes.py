"""Silhouettes: the overlap of known shapes has a closed form, and is found whatever their size and height."""

import pytest
import torch

from engine.evaluation.silhouettes import overlap

SIZE = 96


def boxes(widths: list[float], low: float, high: float) -> torch.Tensor:
    """A box in each view, from `low` to `high` above the middle and as wide to both sides, in half pictures."""
    centres = (torch.arange(SIZE) + 0.5) / SIZE * 2 - 1
    up, across = torch.meshgrid(-centres, centres, indexing="ij")
    return torch.stack([(up > low) & (up < high) & (across.abs() < width) for width in widths])


def test_a_shape_fits_itself() -> None:
    true = boxes([0.2, 0.3], -0.8, 0.4)
    found = overlap(true, true)
    assert found.iou == pytest.approx(1, abs=1e-6)
    assert (found.scale, found.up) == (pytest.approx(1, abs=0.02), pytest.approx(0, abs=0.02))


def test_size_and_height_are_found() -> None:
    true = boxes([0.25, 0.5], -0.75, 0.5)
    found = overlap(boxes([0.125, 0.25], -0.25, 0.375), true)  # half as large
    assert found.iou > 0.95
    assert found.scale == pytest.approx(2, rel=0.06)
    assert found.up == pytest.approx(-0.25, abs=0.06)


def test_one_size_serves_all_views() -> None:
    true = boxes([0.2, 0.4], -0.8, 0.4)
    found = overlap(boxes([0.4, 0.2], -0.8, 0.4), true)  # the sides are swapped
    assert found.iou == pytest.approx(0.5, abs=0.05)
    assert found.worst <= found.iou


def test_a_view_that_is_twice_as_wide_overlaps_by_half() -> None:
    found = overlap(boxes([0.6] * 4, -0.8, 0.8), boxes([0.3] * 4, -0.8, 0.8))
    assert found.iou == pytest.approx(0.5, abs=0.06)


def test_nothing_overlaps_with_nothing() -> None:
    true = boxes([0.3], -0.5, 0.5)
    assert overlap(torch.zeros_like(true), true).iou == 0
