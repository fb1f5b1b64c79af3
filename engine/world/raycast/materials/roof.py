"""Flat roofs as the city has them: tar and gravel, pale patches, snow in winter."""

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.noise import cloudy, hashed
from engine.world.raycast.surface import Surface


def roof(s: Surface, light: Light) -> Float[Tensor, "3 N"]:
    """Colour of a house's flat top."""
    tone = 0.16 + 0.22 * hashed(s.seed, s.seed * 0 + 3)
    patch = cloudy(s.u * 0.3 + s.seed, s.v * 0.3, 2)
    warm = torch.tensor([1.04, 1.0, 0.94], device=s.u.device)[:, None]
    return warm * tone * (0.8 + 0.4 * patch)
