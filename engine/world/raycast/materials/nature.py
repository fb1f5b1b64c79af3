"""Leaves, lawns and water, by season and weather."""

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish
from engine.world.raycast.noise import cloudy, hashed, smooth
from engine.world.raycast.surface import Surface


def foliage(s: Surface, light: Light) -> Finish:
    """Crowns of trees: clumps of light and dark; each tree turns its own colour in autumn."""
    w = s.pixel
    fine = (1 - w / 0.5).clamp(0, 1)
    east, north = s.east + s.up * 0.37, s.north + s.up * 0.61
    clumps = smooth(east * 1.1, north * 1.1 + s.up * 0.9)
    leaves = smooth(east * 4.3 + 7, north * 4.3 + s.up * 3.1)
    tone = 0.66 + 0.46 * clumps + (leaves - 0.5) * 0.42 * fine
    choice = hashed(s.seed, s.seed * 0 + 17)
    gold = torch.tensor([0.72, 0.42, 0.07], device=s.u.device)[:, None]
    rust = torch.tensor([0.55, 0.15, 0.05], device=s.u.device)[:, None]
    turned = gold + (rust - gold) * (choice * 2 - 0.6).clamp(0, 1)
    evergreen = s.e
    colour = s.colour + (turned - s.colour) * light.autumn * (0.55 + 0.45 * choice) * (1 - evergreen)
    twigs = torch.tensor([0.20, 0.165, 0.135], device=s.u.device)[:, None]
    colour = colour + (twigs - colour) * light.bare * (1 - light.autumn) * 0.92 * (1 - evergreen)
    bump = torch.stack(
        [
            smooth(east * 1.7 + 40, north * 1.7 + s.up * 1.3) - 0.5,
            smooth(east * 1.7, north * 1.7 + 80 - s.up) - 0.5,
        ]
    )
    return Finish(colour * tone, ruffle=bump * 1.1)


def lawn(east: Tensor, north: Tensor, light: Light, w: Tensor) -> Float[Tensor, "3 N"]:
    """Grass, mown in faint stripes, browner in winter."""
    green = torch.tensor([0.155, 0.235, 0.06], device=east.device)[:, None]
    straw = torch.tensor([0.29, 0.25, 0.12], device=east.device)[:, None]
    dry = 0.12 + 0.5 * light.bare + 0.15 * light.autumn
    patches = cloudy(east * 0.06, north * 0.06, 3)
    blades = smooth(east * 5, north * 5) - 0.5
    tone = 0.78 + 0.45 * patches + 0.35 * blades * (1 - w / 0.4).clamp(0, 1)
    colour = green + (straw - green) * (dry * (0.5 + patches)).clamp(0, 1)
    if light.autumn > 0.05:
        fallen = (
            ((smooth(east * 5.3, north * 5.3) - 0.74) * 8).clamp(0, 1)
            * light.autumn
            * (1 - w / 0.5).clamp(0, 1)
        )
        leaf = torch.tensor([0.60, 0.30, 0.06], device=east.device)[:, None]
        colour = colour + (leaf - colour) * (fallen * 0.7 + light.autumn * 0.12)
    return colour * tone


def water(s: Surface, light: Light) -> tuple[Float[Tensor, "3 N"], Float[Tensor, "N"], Float[Tensor, "2 N"]]:
    """Colour, gloss and ripples of rivers and lakes."""
    w = s.footprint
    calm = (1 - w / 6).clamp(0.0, 1)
    long = smooth(s.east * 0.22, s.north * 0.45 + 11) - 0.5
    short = (smooth(s.east * 1.1 + 5, s.north * 1.7) - 0.5) * (1 - w / 1.2).clamp(0, 1)
    other = smooth(s.east * 0.5 + 50, s.north * 0.27) - 0.5
    ripple = torch.stack([long * 0.07 + short * 0.12, other * 0.07 + short * 0.08]) * calm
    deep = torch.tensor([0.035, 0.085, 0.095], device=s.u.device)[:, None]
    colour = deep * (0.8 + 0.4 * cloudy(s.east * 0.01, s.north * 0.01, 2))
    slant = -s.dz.clamp(-1, 0)
    gloss = 0.05 + 0.75 * (1 - slant).clamp(0, 1) ** 4
    return colour, gloss, ripple
