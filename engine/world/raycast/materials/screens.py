"""Things that shine to be read: advertisement screens and shop signs."""

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish
from engine.world.raycast.materials.pattern import bar, faded, lines, repeated
from engine.world.raycast.noise import cloudy, hashed, smooth
from engine.world.raycast.surface import TOP, Surface


def _hue(share):
    """Full colours around the wheel."""
    return torch.stack(
        [(torch.cos(6.2832 * (share + turn)) * 0.5 + 0.5) ** 1.4 for turn in (0.0, 0.67, 0.33)]
    )


def screen(s: Surface, light: Light) -> Finish:
    """A picture that nobody remembers: fields of strong colour, a figure, lines of text. It shines by day too."""
    w = torch.maximum(s.footprint_u, s.pixel)
    wide, high = s.u_length.clamp_min(1), s.v_length.clamp_min(1)
    x, y = s.u / wide, s.v / high
    seed = hashed(s.seed, s.face)
    field = _hue(seed + 0.25 * smooth(x * 2 + s.seed, y * 2 + 3 * s.seed))
    other = _hue(seed + 0.42 + 0.1 * y)
    split = ((y - 0.4 - 0.5 * (seed - 0.5) - 0.5 * (x - 0.5) * (seed * 4 % 1)) * 6 + 0.5).clamp(0, 1)
    picture = field + (other - field) * split
    figure = ((x - 0.3 - 0.4 * (seed * 9 % 1)) / 0.16).square() + ((y - 0.55) / 0.30).square()
    white = torch.full_like(picture, 0.95)
    picture = picture + (white - picture) * ((1.1 - figure) * 4).clamp(0, 1) * 0.9
    row, line = repeated(s.v, high * 0.09)
    text = (
        bar(line, high * 0.022, w)
        * (smooth(s.u / (high * 0.05) + row * 31, s.seed) > 0.4)
        * (y < 0.28)
        * (x > 0.1)
    )
    picture = picture + (white - picture) * faded(text, 0.12, high * 0.09, w)
    edge = torch.minimum(torch.minimum(s.u, wide - s.u), torch.minimum(s.v, high - s.v))
    lit = ((edge - 0.15) / w.clamp_min(0.02) + 0.5).clamp(0, 1) * (s.face < TOP)
    power = 0.50 + 0.75 * light.night
    return Finish(torch.full_like(picture, 0.06), glow=picture * lit * power)


def painted(s: Surface) -> Float[Tensor, "3 N"]:
    """A mural over a whole wall: a few fields of strong colour, bent like brush strokes."""
    bend = smooth(s.u * 0.16 + s.seed, s.v * 0.16 + 3.0) * 4 + smooth(s.u * 0.4, s.v * 0.4 + s.seed)
    step = bend.floor()
    stripe = ((bend - step - 0.86) * 20).clamp(0, 1)
    field = _hue(hashed(step, s.seed) + 0.1 * hashed(s.seed, step)) * 0.62 + 0.05
    return field * (1 - 0.8 * stripe)


def sign(s: Surface, light: Light) -> Finish:
    """A shop sign with characters from top to bottom; neon by night. Number a: height of a character."""
    w = torch.maximum(s.footprint_u, s.pixel)
    step = torch.where(s.a > 0, s.a, 0.7)
    row, y = repeated(s.v, step)
    column, x = repeated(s.u, torch.minimum(step, s.u_length.clamp_min(0.3)))
    strokes = lines(x + 0.13 * hashed(row, column, s.seed), 0.2, 0.035, w)
    strokes = torch.maximum(strokes, lines(y + 0.2 * hashed(column, row + 7, s.seed), 0.22, 0.035, w))
    ink = strokes * bar(x, step * 0.34, w) * bar(y, step * 0.36, w)
    ink = faded(ink, 0.18, step, w) * (s.face < TOP)
    letters = torch.tensor([0.95, 0.85, 0.35], device=s.u.device)[:, None]
    pale = (s.colour.sum(0) > 0.9).float()
    letters = letters + (torch.tensor([0.6, 0.05, 0.04], device=s.u.device)[:, None] - letters) * pale
    letters = s.accent(letters)
    colour = s.colour * (0.9 + 0.2 * cloudy(s.u, s.v + s.seed, 2))
    colour = colour + (letters - colour) * ink
    return Finish(colour, glow=colour * (0.04 + 1.0 * light.night))
