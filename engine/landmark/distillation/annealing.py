"""Annealing: how much noise lies on the pictures of which the model is asked, from the first step to the last."""

FIRST = (0.98, 0.98)
LAST = (0.02, 0.50)
"""Ends of the range of timesteps, as parts of the training timesteps, at the first and at the last step (paper)."""


def timestep_range(
    step: int,
    anneal_steps: int,
    first: tuple[float, float] = FIRST,
    last: tuple[float, float] = LAST,
) -> tuple[float, float]:
    """Range to draw a step's timestep from (paper): `first` at step 0, then straight to `last`, where it stays.

    Steps are counted from 0; with `anneal_steps` of 0 it is `last` at once.
    """
    share = min(step / anneal_steps, 1.0) if anneal_steps else 1.0
    least, most = ((1 - share) * a + share * b for a, b in zip(first, last, strict=True))
    return least, most


def timestep_at(part: float, num_train_timesteps: int) -> int:
    """The training timestep that lies at `part` in [0, 1] of the way from clean to noise, from 0 on."""
    return min(max(round(part * num_train_timesteps), 0), num_train_timesteps - 1)


def falling(number: int, count: int, first: float, last: float) -> float:
    """Value of round `number`, from 0 on, of `count`: `first`, then straight to `last` in the last round."""
    return last if count < 2 else first + (last - first) * number / (count - 1)
