"""Shapes drawn on a face, smoothed over the footprint `w` of a pixel, and fading to their mean when it is larger."""

from jaxtyping import Float
from torch import Tensor

Column = Float[Tensor, "N"]


def rise(x: Tensor, w: Tensor) -> Column:
    """0 where x < 0, 1 where x > 0, a ramp of width `w` between."""
    return (x / w.clamp_min(1e-3) + 0.5).clamp(0, 1)


def bar(x: Tensor, half: Tensor | float, w: Tensor) -> Column:
    """1 where |x| < half; thinner than the footprint it becomes fainter, not thinner."""
    w = w.clamp_min(1e-3)
    reach = x.abs()
    return (rise(half - reach, w) + rise(half + reach, w) - 1).clamp(0, 1)


def repeated(x: Tensor, period: Tensor | float) -> tuple[Column, Column]:
    """Number of the period that x lies in, and the distance from its middle."""
    number = (x / period).floor()
    return number, x - (number + 0.5) * period


def faded(pattern: Tensor, mean: Tensor | float, period: Tensor | float, w: Tensor) -> Column:
    """The pattern where its period is wide enough to be seen, its mean where several fit into a pixel."""
    visible = (1.6 - 1.6 * w / period).clamp(0, 1)
    return mean + (pattern - mean) * visible


def lines(x: Tensor, period: Tensor | float, half: Tensor | float, w: Tensor) -> Column:
    """Thin lines every `period`."""
    _, offset = repeated(x, period)
    distance = period / 2 - offset.abs()
    return faded(bar(distance, half, w), 2 * half / period, period, w)


def mixed(first: Tensor, second: Tensor, share: Tensor) -> Float[Tensor, "3 N"]:
    """From `first` (3 N or 3 1) to `second` by `share`."""
    return first + (second - first) * share
