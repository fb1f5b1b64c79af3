"""Estimators: which of a region's places each step of an average asks."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Int

Estimator = Literal["exact", "fresh", "growing"]
"""All of them at every step, a few drawn anew at each, or few at first and more towards the end."""


def places_of_step(
    estimator: Estimator, step: int, steps: int, count: int, places_per_step: int, rng: "np.random.Generator"
) -> "Int[np.ndarray, ' k']":
    """Numbers, out of `count`, of the places that step `step` of `steps` asks: `places_per_step` on average."""
    import numpy as np  # here, for the command line asks only which estimators there are

    if estimator == "exact":
        return np.arange(count)
    share = 2 * (step + 1) / (steps + 1) if estimator == "growing" else 1.0
    return stratified(min(count, max(1, round(share * places_per_step))), count, rng)


def stratified(draws: int, count: int, rng: "np.random.Generator") -> "Int[np.ndarray, ' draws']":
    """One number at random out of each of `draws` equal parts of range(count), in order; all are equally likely."""
    import numpy as np

    drawn = (np.arange(draws) + rng.random(draws)) * (count / draws)
    return np.minimum(drawn.astype(np.int64), count - 1)
