"""The Fréchet distance: what two Gaussians say on paper."""

import numpy as np
import pytest

from engine.evaluation.frechet import frechet_distance


def samples(mean: list[float], covariance: np.ndarray, count: int = 200) -> np.ndarray:
    """Points whose mean and covariance are exactly these."""
    raw = np.random.default_rng(5).normal(size=(count, len(mean)))
    raw -= raw.mean(0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.atleast_2d(np.cov(raw, rowvar=False)))).T
    return white @ np.linalg.cholesky(covariance).T + mean


def test_in_one_dimension_it_is_that_of_means_and_spreads() -> None:
    first, second = samples([1.0], np.array([[4.0]])), samples([4.0], np.array([[25.0]]))
    assert frechet_distance(first, second) == pytest.approx((1 - 4) ** 2 + (2 - 5) ** 2)


def test_of_independent_features_it_is_the_sum() -> None:
    first = samples([0.0, 1.0, 2.0], np.diag([1.0, 4.0, 9.0]))
    second = samples([1.0, 1.0, 0.0], np.diag([4.0, 4.0, 1.0]))
    assert frechet_distance(first, second) == pytest.approx(1 + 4 + (1 - 2) ** 2 + 0 + (3 - 1) ** 2)


def test_covariances_that_do_not_commute() -> None:
    """Against the trace of the root of the product itself, by its eigenvalues."""
    one, other = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[5.0, -2.0], [-2.0, 1.0]])
    root = np.sqrt(np.linalg.eigvals(one @ other)).sum()
    expected = np.trace(one) + np.trace(other) - 2 * root
    found = frechet_distance(samples([0.0, 0.0], one), samples([0.0, 0.0], other))
    assert found == pytest.approx(float(expected))


def test_it_is_zero_for_the_same_and_the_same_both_ways() -> None:
    rng = np.random.default_rng(1)
    few, many = rng.normal(size=(20, 32)).astype(np.float32), rng.normal(1, 2, (90, 32)).astype(np.float32)
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(few, many) == pytest.approx(frechet_distance(many, few))
