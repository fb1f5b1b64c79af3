"""From light to a picture: exposure, a soft shoulder, a little warmth, eight bits."""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from engine.world.raycast.light import Light

_WHITE = 2.6
"""Light that becomes pure white."""
_KEY = 0.30
"""Geometric mean of a picture's light that is exposed as it is."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)


def developed(picture: Float[Tensor, "3 H W"], light: Light) -> UInt8[Tensor, "3 H W"]:
    """The picture as a camera would keep it: longer exposed by night."""
    luminance = (picture.clamp_min(0) * picture.new_tensor(_LUMINANCE)[:, None, None]).sum(0)
    key = (luminance + 1e-3).log().mean().exp()
    # Half-way to an even exposure, as cameras do it: shade opens up, and night stays night.
    exposure = ((_KEY / key) ** 0.42).clamp(0.75, 1.9) * (1.12 - 0.10 * light.night)
    x = picture.clamp_min(0) * exposure
    x = x * (1 + x / _WHITE**2) / (1 + x * 0.72)
    grey = x.mean(0, keepdim=True)
    x = (grey + (x - grey) * 1.20).clamp(0, 1)
    encoded = torch.where(x <= 0.0031308, x * 12.92, 1.055 * x.clamp_min(1e-6) ** (1 / 2.4) - 0.055)
    warm = torch.tensor([1.0, 0.985, 0.955], device=x.device)[:, None, None]
    encoded = (encoded * 0.965 + 0.035) * warm
    return (encoded.clamp(0, 1) * 255 + 0.5).to(torch.uint8)
