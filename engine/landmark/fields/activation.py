"""From what a network or a grid says to a density: activations, and the blob that a distillation starts from."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

_HIGHEST = 11.0
"""exp(11) is a density of 60,000: opaque within a thousandth of a voxel."""


@dataclass(frozen=True)
class Blob:
    """A cloud around the cube's centre that is added to the raw density (DreamFusion's appendix).

    A distillation without it begins with fog against the camera or with nothing at all.
    """

    strength: float = 5.0
    """At the centre, in units of the raw density."""
    radius: float = 0.5
    """Distance from the centre at which nothing is added; farther out the raw density is lowered."""

    def at(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        """What is added to the raw density: strength (1 - |x| / radius)."""
        return self.strength * (1 - points.norm(dim=-1) / self.radius)


def exponential(raw: Float[Tensor, "*B"]) -> Float[Tensor, "*B"]:
    """exp(raw), finite for any input, and with a gradient even where it is held back (as in Instant-NGP)."""
    return torch.exp(raw - (raw - _HIGHEST).clamp_min(0).detach())
