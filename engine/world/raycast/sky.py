"""The sky as a formula: its colour along any direction, with sun, clouds and haze."""

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.noise import cloudy, hashed


def gradient(d: Float[Tensor, "3 *N"], light: Light) -> Float[Tensor, "3 *N"]:
    """Clear sky from horizon to zenith, brighter around the sun; below the horizon it goes on as at the horizon."""
    height = d[2].clamp(0, 1)
    upper = 1 - (1 - height) ** 3.2
    towards = (d[0] * light.sun[0] + d[1] * light.sun[1] + d[2] * light.sun[2]).clamp(0, 1)
    wide, tight = towards**6 * 0.16, towards**90 * 0.35
    glow = wide + tight
    return torch.stack(
        [
            low + (high - low) * upper + sun * glow
            for low, high, sun in zip(light.horizon, light.zenith, light.sun_colour, strict=True)
        ]
    )


def sky(d: Float[Tensor, "3 *N"], light: Light) -> Float[Tensor, "3 *N"]:
    """Sky with clouds, like paper torn softly."""
    base = gradient(d, light)
    height = d[2].clamp_min(0.02)
    x, y = d[0] / (height + 0.12) * 1.6, d[1] / (height + 0.12) * 1.6
    mass = cloudy(x + 31.0, y + 57.0, 4)
    if light.cloud > 0:
        cover = ((mass - 0.52) / 0.2).clamp(0, 1) * (d[2] / 0.25).clamp(0, 1) * 0.75
        tint = [
            0.55 * sun * 0.28 + 0.9 * low for sun, low in zip(light.sun_colour, light.horizon, strict=True)
        ]
    else:
        cover = (mass - 0.35).clamp(0, 1) * 0.55
        tint = [0.86 * low for low in light.zenith]
    seen = torch.stack([base[i] + (tint[i] - base[i]) * cover for i in range(3)])
    if light.cloud > 0 and light.night > 0:
        seen = seen + _stars(d) * light.night * (1 - cover)
    return seen


def _stars(d: Float[Tensor, "3 *N"]) -> Float[Tensor, "*N"]:
    """A few points of light, more than a city really sees."""
    height = d[2].clamp_min(0.05)
    x, y = d[0] / (height + 0.4) * 34, d[1] / (height + 0.4) * 34
    column, row = x.floor(), y.floor()
    cx, cy = 0.2 + 0.6 * hashed(column, row, 5), 0.2 + 0.6 * hashed(column, row, 6)
    near = 1 - ((x - column - cx).square() + (y - row - cy).square()).sqrt() / 0.16
    return near.clamp(0, 1) * (hashed(column, row, 7) < 0.22) * 0.5 * (d[2] > 0.05)


def hazed(
    colour: Float[Tensor, "3 *N"], d: Float[Tensor, "3 *N"], distance_m: Float[Tensor, "*N"], light: Light
) -> Float[Tensor, "3 *N"]:
    """What is left of a colour behind `distance_m` of air."""
    # Air scatters blue first, so distance turns bluish before it turns pale.
    thickness = distance_m / light.haze_m
    level = torch.stack([d[0], d[1], torch.zeros_like(d[2])])
    air = gradient(level, light)
    shares = [1 - torch.exp(-thickness * rate) for rate in (0.85, 1.0, 1.2)]
    return torch.stack([colour[i] + (air[i] - colour[i]) * shares[i] for i in range(3)])
