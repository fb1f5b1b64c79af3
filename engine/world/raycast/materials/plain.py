"""Plain matter: paint, stone, metal, cloth, lamps, vehicles."""

import torch

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish
from engine.world.raycast.materials.pattern import bar, lines, repeated
from engine.world.raycast.noise import cloudy, smooth
from engine.world.raycast.surface import Surface


def plain(s: Surface, light: Light) -> Finish:
    """One colour, faintly uneven like painted card; number a: share of the sky mirrored."""
    uneven = smooth(s.u * 0.9 + s.seed, s.v * 0.9)
    return Finish(s.colour * (0.95 + 0.1 * uneven), gloss=s.a)


def stone(s: Surface, light: Light) -> Finish:
    """Ashlar: courses of number a metres (0.6 where it is 0), weathered."""
    course = torch.where(s.a > 0, s.a, 0.6)
    row, _ = repeated(s.v, course)
    joint = lines(s.v, course, 0.012, s.pixel) + lines(
        s.u + row * course * 0.8, course * 2, 0.012, s.footprint_u
    )
    weather = cloudy(s.u * 0.25 + s.seed * 3.1, s.v * 0.12, 3)
    tone = (0.86 + 0.28 * weather) * (1 - 0.28 * joint.clamp(0, 1))
    return Finish(s.colour * tone)


def metal(s: Surface, light: Light) -> Finish:
    """Polished metal with ribs every number b metres (none at 0); number a: share of the sky mirrored."""
    period = torch.where(s.b > 0, s.b, 1.0)
    ribs = torch.where(s.b > 0, lines(s.u, period, 0.07, s.footprint_u), 0.0)
    return Finish(s.colour * (1 - 0.35 * ribs), gloss=s.a * (1 - 0.6 * ribs))


def stripes(s: Surface, light: Light) -> Finish:
    """Cloth: stripes of number a metres in turn with the accent, or with white; number b: glow by night."""
    _, x = repeated(s.u, torch.where(s.a > 0, s.a * 2, 1.2))
    white = bar(x, s.a / 2, s.footprint_u)
    colour = s.colour + (s.accent(torch.full_like(s.colour, 0.82)) - s.colour) * white * (s.a > 0)
    return Finish(colour, glow=colour * (0.10 + s.b) * light.night)


def lamp(s: Surface, light: Light) -> Finish:
    """Burns by night, or always by the share in number a; number b: strength."""
    power = (s.a + (1 - s.a) * light.night) * torch.where(s.b > 0, s.b, 2.0)
    return Finish(s.colour, glow=s.colour * power)


def vehicle(s: Surface, light: Light) -> Finish:
    """Car body: paint that mirrors, glass all around above number a metres, lights at the ends by night."""
    side = s.nz.abs() < 0.8
    glass = (s.v > s.a) & side & (s.a > 0)
    colour = torch.where(glass, torch.full_like(s.colour, 0.03), s.colour)
    ends = (s.face < 2) & (s.v > s.b) & (s.v < s.b + 0.25) & (s.b > 0)
    near_side = (s.u - s.u_length / 2).abs() > s.u_length * 0.3
    front = (s.face == 0).float()
    shine = (ends & near_side).float() * (0.15 + light.night * 2.5)
    red, white = torch.tensor([1.0, 0.06, 0.03]), torch.tensor([1.0, 0.9, 0.7])
    tint = red[:, None].to(colour) + (white - red)[:, None].to(colour) * front
    return Finish(colour, glow=tint * shine, gloss=torch.where(glass, 0.55, 0.16))
