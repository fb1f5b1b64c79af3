"""Fréchet distance: how far apart two sets of pictures are, as two Gaussians over their features.

With features of a judge of the built-in city it is NOT comparable with FID, which takes those of an Inception network
that learned from ImageNet; here it says only which of two models is nearer to the same photos, seen by the same judge.
Few pictures make it larger (a covariance of F features needs well over F pictures), so that it is only to be read
beside the distance of as many real pictures.
"""

import numpy as np
from jaxtyping import Float


def frechet_distance(first: Float[np.ndarray, "N F"], second: Float[np.ndarray, "M F"]) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), never negative; N and M are at least 2.

    (C1 C2)^(1/2) has the trace of (C1^(1/2) C2 C1^(1/2))^(1/2), which is symmetric, so that no complex root is needed.
    """
    (mean_1, covariance_1), (mean_2, covariance_2) = _gaussian(first), _gaussian(second)
    root = _root(covariance_1)
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ covariance_2 @ root), 0, None)).sum()
    apart = np.square(mean_1 - mean_2).sum() + np.trace(covariance_1) + np.trace(covariance_2) - 2 * cross
    return max(0.0, float(apart))


def _gaussian(features: Float[np.ndarray, "N F"]) -> tuple[np.ndarray, np.ndarray]:
    double = features.astype(np.float64)
    return double.mean(0), np.atleast_2d(np.cov(double, rowvar=False))


def _root(covariance: Float[np.ndarray, "F F"]) -> Float[np.ndarray, "F F"]:
    """The symmetric square root of a positive semidefinite matrix."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
