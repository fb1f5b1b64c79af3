"""From light to a picture: exposure, a soft shoulder, a little warmth, eight bits."""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from engine.world.raycast.light import Light

_WHITE = 2.6
"""Light that becomes pure white."""


def developed(picture: Float[Tensor, "3 H W"], light: Light) -> UInt8[Tensor, "3 H W"]:
    """The picture as a camera would keep it: longer exposed by night."""
    exposure = 0.92 + 0.75 * light.night
    x = picture.clamp_min(0) * exposure * 1.25
    x = x * (1 + x / _WHITE**2) / (1 + x * 0.72)
    grey = x.mean(0, keepdim=True)
    x = (grey + (x - grey) * 1.12).clamp(0, 1)
    encoded = torch.where(x <= 0.0031308, x * 12.92, 1.055 * x.clamp_min(1e-6) ** (1 / 2.4) - 0.055)
    warm = torch.tensor([1.0, 0.985, 0.955], device=x.device)[:, None, None]
    encoded = (encoded * 0.965 + 0.035) * warm
    return (encoded.clamp(0, 1) * 255 + 0.5).to(torch.uint8)
