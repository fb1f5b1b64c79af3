"""Curtain walls: panes of glass between thin mullions, each mirroring the sky a little differently."""

import torch

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish
from engine.world.raycast.materials.pattern import bar, faded, lines, mixed, repeated
from engine.world.raycast.materials.roof import roof
from engine.world.raycast.materials.windows import street_level
from engine.world.raycast.noise import cloudy, hashed
from engine.world.raycast.surface import TOP, Surface


def curtain(s: Surface, light: Light) -> Finish:
    """Numbers: height of a floor, width of a pane, share of a floor that is opaque spandrel, share mirrored."""
    floor_m, pane_m = s.a.clamp_min(2.0), s.b.clamp_min(0.8)
    wu, wv = s.footprint_u, s.pixel
    column, _ = repeated(s.u, pane_m)
    row, y = repeated(s.v, floor_m)
    near = (1 - torch.maximum(wu / pane_m, wv / floor_m)).clamp(0, 1)
    chance = hashed(column, row, s.seed)
    spandrel = faded(bar(y + floor_m * (0.5 - s.c / 2), floor_m * s.c / 2, wv), s.c, floor_m, wv)
    mullion = torch.maximum(lines(s.u, pane_m, 0.06, wu), lines(s.v, floor_m, 0.08, wv) * 0.6)
    tint = s.colour * (0.80 + 0.40 * (chance * near + 0.5 * (1 - near)))
    drift = cloudy(s.u * 0.05 + s.seed, s.v * 0.035, 2)
    glass = tint * (0.55 + 0.5 * drift)
    wall = mixed(glass, s.accent(s.colour * 0.7 + 0.05), spandrel * 0.8)
    frame = s.accent(s.colour * 0.35 + 0.12)
    albedo = mixed(wall, frame, mullion * 0.8)
    other = hashed(column // 2, row + 91, s.seed)
    burns = ((other < 0.36) * (0.4 + 0.6 * chance)) * near + 0.22 * (1 - near)
    tone = torch.tensor([1.0, 0.84, 0.58], device=s.u.device)[:, None]
    cool = torch.tensor([0.75, 0.9, 1.0], device=s.u.device)[:, None]
    lamp = mixed(tone, cool, (hashed(row, row * 0 + 2, s.seed) > 0.75).float() * 0.6)
    glow = lamp * burns * light.night * (1 - 0.75 * spandrel) * (1 - mullion * 0.7) * 0.85
    gloss = s.e * (1 - 0.7 * spandrel) * (1 - 0.8 * mullion) * (0.85 + 0.3 * chance * near)
    albedo, glow, gloss = street_level(s, light, albedo, glow, gloss)
    top = s.face == TOP
    return Finish(
        torch.where(top, roof(s, light), albedo), torch.where(top, 0.0, glow), torch.where(top, 0.0, gloss)
    )


def piers(s: Surface, light: Light) -> Finish:
    """Stone towers of the thirties: piers that rise without a break, dark strips of windows between.

    Numbers: height of a floor, width of a bay, share of the bay that is window, share of the floor."""
    floor_m, bay_m = s.a.clamp_min(2.0), s.b.clamp_min(1.0)
    bays = (s.u_length / bay_m).round().clamp_min(1)
    bay_m = torch.where(s.u_length > 0, s.u_length / bays, bay_m)
    wu, wv = s.footprint_u, s.pixel
    column, x = repeated(s.u, bay_m)
    row, y = repeated(s.v, floor_m)
    strip = faded(bar(x, bay_m * s.c / 2, wu), s.c, bay_m, wu)
    sash = faded(bar(y, floor_m * s.e / 2, wv), s.e, floor_m, wv)
    end = bar(s.v - s.v_length, 1.6, wv)
    strip = strip * (1 - end)
    near = (1 - torch.maximum(wu / bay_m, wv / floor_m)).clamp(0, 1)
    chance, other = hashed(column, row, s.seed), hashed(column + 5, row + 31, s.seed)
    drift = cloudy(s.u * 0.06 + s.seed, s.v * 0.03, 3)
    stone = s.colour * (0.86 + 0.26 * drift)
    spandrel = s.accent(s.colour * 0.48)
    pane = torch.tensor([0.05, 0.06, 0.075], device=s.u.device)[:, None] * (0.7 + 0.8 * chance * near)
    albedo = mixed(stone, mixed(spandrel, pane, sash), strip)
    # The piers stand out of the wall, so the strip beside one lies in its shadow.
    side = ((s.tx * light.sun[0] + s.ty * light.sun[1]) > 0).float() * 2 - 1
    shade = bar(x * side - bay_m * s.c * 0.36, bay_m * s.c * 0.14, wu) * strip * near
    albedo = albedo * (1 - 0.5 * shade)
    burns = ((other < 0.34) * (0.4 + 0.6 * chance)) * near + 0.2 * (1 - near)
    warm = torch.stack([torch.ones_like(chance), 0.70 + 0.16 * other, 0.36 + 0.3 * other])
    glow = warm * burns * light.night * strip * sash * 1.1
    albedo, glow, gloss = street_level(s, light, albedo, glow, strip * sash * 0.3)
    top = s.face == TOP
    return Finish(
        torch.where(top, s.colour * 0.8, albedo),
        torch.where(top, 0.0, glow),
        torch.where(top, 0.0, gloss),
    )
