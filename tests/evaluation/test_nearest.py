"""Nearest: found by brute force alike, and copies stand out from reality."""

import numpy as np
import pytest

from engine.evaluation.nearest import closer_than_real, coordinates, nearest


def test_it_is_the_nearest_by_brute_force() -> None:
    rng = np.random.default_rng(2)
    pictures, learned = rng.normal(size=(150, 12)), rng.normal(size=(40, 12))
    apart = np.sqrt(((pictures[:, None] - learned) ** 2).mean(2))
    found = nearest(pictures, learned)
    np.testing.assert_array_equal(found.row, apart.argmin(1))
    np.testing.assert_allclose(found.distance, apart.min(1))


def test_a_copy_has_no_distance_at_all() -> None:
    learned = np.random.default_rng(3).normal(100, 30, (30, 3072)).astype(np.float32)
    found = nearest(learned[[7, 3]], learned)
    assert found.row.tolist() == [7, 3]
    assert found.distance.tolist() == [0.0, 0.0]


def test_pixels_differ_in_levels() -> None:
    grey = np.full((1, 96, 96, 3), 100, np.uint8)
    found = nearest(coordinates(grey + 12), coordinates(grey))
    assert found.distance[0] == pytest.approx(12)


def test_copies_are_closer_than_reality() -> None:
    real = np.linspace(10, 20, 1000)
    assert closer_than_real(real, real) == pytest.approx(0.01)
    assert closer_than_real(np.array([0.0, 1.0, 12.0, 15.0]), real) == 0.5
