"""What falls between the scene and the lens: rain in streaks, snow in flakes."""

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.noise import hashed

_LAYERS = ((26, 0.16, 5.0), (48, 0.13, 14.0), (90, 0.11, 40.0))
"""Cells across the picture, radius of a flake in cells, distance in metres."""


def falling(
    picture: Float[Tensor, "3 H W"], depth_m: Float[Tensor, "H W"], light: Light, seed: int
) -> Float[Tensor, "3 H W"]:
    """The picture behind what falls; unchanged in dry weather. Solids nearer than a layer hide it."""
    if not light.snow and not light.wet:
        return picture
    steps = torch.linspace(0, 1, picture.shape[1], device=picture.device)
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    tint = torch.tensor(light.horizon, device=picture.device)[:, None, None] * (1.5 if light.wet else 1.05)
    tint = tint + (0.08 if light.wet else 0.03) + 0.22 * light.night  # lit by the lamps
    for number, (cells, radius, distance) in enumerate(_LAYERS):
        stretch = 0.16 if light.wet else 1.0
        u, v = x * cells + y * cells * (0.12 if light.wet else 0.0), y * cells * stretch
        column, row = u.floor(), v.floor()
        salt = seed * 13 + number * 101
        chance = hashed(column, row, salt)
        cx, cy = 0.25 + 0.5 * hashed(column, row, salt + 1), 0.25 + 0.5 * hashed(column, row, salt + 2)
        if light.wet:
            shape = (1 - ((u - column - cx) / 0.08).abs()).clamp(0, 1) * (
                1 - ((v - row - cy) / 0.42).abs()
            ).clamp(0, 1)
            share = shape * (chance < 0.7) * 0.5
        else:
            gap = ((u - column - cx).square() + (v - row - cy).square()).sqrt()
            share = ((radius - gap) / radius * 2.2).clamp(0, 1) * (chance < 0.55) * 0.85
        share = share * (depth_m > distance)
        picture = picture + (tint - picture) * share
    return picture
