"""The record of attention: what every pixel of some pictures looked at, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jaxtyping import Float
from torch import Tensor

from engine.diffusion.words import Word


@dataclass
class Record:
    """What the pictures of one call attended to: filled while they are made, or read from a file."""

    words: list[tuple[Word, ...]] = field(default_factory=list)
    """The words of each picture's prompt."""
    conditions: tuple[str, ...] = ()
    """The place conditions, in the order of their tokens, which are the last ones."""
    layers: Mapping[str, int] = field(default_factory=dict)
    """How many layers a group has, by its name: "16 x 16 down" (width, height, part of the UNet)."""
    steps: list[dict[str, Float[Tensor, "B H W N"]]] = field(default_factory=list)
    """The mean probabilities of each group's layers at each timestep of the scheduler, in half precision."""
