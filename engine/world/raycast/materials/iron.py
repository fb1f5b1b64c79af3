"""Cast-iron fronts: floors of wide arched windows between slender columns, a cornice over each."""

import torch

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish, Flag
from engine.world.raycast.materials.pattern import bar, faded, lines, mixed, repeated, rise
from engine.world.raycast.materials.roof import roof
from engine.world.raycast.materials.windows import Window, glazing
from engine.world.raycast.noise import cloudy
from engine.world.raycast.surface import BACK, TOP, Surface


def iron(s: Surface, light: Light) -> Finish:
    """Numbers: height of a floor, width of a bay, share of the bay that is glass, not used."""
    bays = (s.u_length / s.b.clamp_min(1.0)).round().clamp_min(1)
    bay_m = torch.where(s.u_length > 0, s.u_length / bays, s.b.clamp_min(1.0))
    storeys = ((s.v_length - 1.2) / s.a.clamp_min(2.0)).round().clamp_min(1)
    floor_m = (s.v_length - 1.2) / storeys
    wu, wv = s.footprint_u, s.pixel
    column, x = repeated(s.u, bay_m)
    row, y = repeated(s.v, floor_m)
    blank = s.flag(Flag.PARTY_WALLS) * (s.face < BACK)
    ground = (row < 0.5).float()
    half_x = bay_m * s.c / 2 * (1 + 0.12 * ground)
    low, high = -floor_m * 0.44 * (1 - 0.1 * (1 - ground)), floor_m * 0.30
    arch = half_x * 0.75 * (1 - (1 - (x / half_x).square()).clamp_min(0).sqrt()) * (1 - ground)
    opening = bar(x, half_x, wu) * rise(high - arch - y, wv) * rise(y - low, wv)
    opening = faded(opening, s.c * 0.68, torch.minimum(bay_m, floor_m), torch.maximum(wu, wv))
    opening = opening * rise(s.v_length - 1.2 - s.v, wv) * (1 - blank)
    middle, half_y = (low + high) / 2, (high - low) / 2
    glass, glow, gloss = glazing(s, light, Window(x, y - middle, half_x, half_y, column, row, wu, wv))
    tone = 0.9 + 0.16 * cloudy(s.u * 0.2 + s.seed, s.v * 0.15, 2)
    wall = s.colour * tone
    edge = bay_m / 2 - x.abs()
    near = (1 - wu / 0.5).clamp(0, 1)
    # A column: bright along its middle, dark where it turns away, with a capital on top.
    shaft = bar(edge, 0.22, wu) * rise(high - y, wv)
    wall = wall * (1 + near * shaft * (0.10 - 0.9 * edge.clamp(0, 0.3)))
    capital = bar(y - high + 0.12, 0.10, wv) * bar(edge, 0.34, wu)
    shadow = bar(edge - 0.30, 0.07, wu) * rise(high - y, wv) * near
    wall = wall * (1 - 0.38 * shadow) * (1 + 0.10 * capital * near)
    ledge = bar(y - floor_m * 0.44, floor_m * 0.05, wv)
    under = bar(y - floor_m * 0.355, floor_m * 0.03, wv)
    wall = wall * (1 + 0.10 * ledge) * (1 - 0.42 * faded(under, 0.06, floor_m, wv))
    crown = rise(s.v - s.v_length + 1.2, wv)
    wall = wall * (1 - 0.35 * crown * lines(s.u, 0.7, 0.14, wu))
    wall = mixed(wall, wall * 0.8, blank)
    shops = ground * opening
    warm = torch.tensor([1.0, 0.78, 0.5], device=s.u.device)[:, None]
    glow = glow * opening + warm * shops * (0.75 * light.night + 0.015)
    albedo = mixed(wall, glass, opening)
    top = s.face == TOP
    return Finish(
        torch.where(top, roof(s, light), albedo),
        torch.where(top, 0.0, glow),
        torch.where(top, 0.0, gloss * opening),
    )
