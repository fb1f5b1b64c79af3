"""Masonry fronts: rows of windows in walls of brick and stone, with sills, lintels, shops, doors and fire escapes."""

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish, Flag
from engine.world.raycast.materials.pattern import bar, faded, lines, mixed, repeated, rise
from engine.world.raycast.materials.roof import roof
from engine.world.raycast.materials.screens import painted
from engine.world.raycast.materials.windows import Window, glazing, signboard
from engine.world.raycast.noise import cloudy, hashed, smooth
from engine.world.raycast.surface import BACK, FRONT, TOP, Surface


def masonry(s: Surface, light: Light) -> Finish:
    """Numbers: height of a floor, width of a bay, shares of both that a window takes."""
    floor_m, bay_m = s.a.clamp_min(2.0), s.b.clamp_min(1.0)
    shop = s.flag(Flag.SHOP)
    base_m = torch.where(shop > 0, 4.3, torch.where(s.flag(Flag.STOOP) > 0, 1.3, 0.6))
    storeys = ((s.v_length - base_m - 0.9) / floor_m).round().clamp_min(1)
    floor_m = (s.v_length - base_m - 0.9) / storeys
    bays = (s.u_length / bay_m).round().clamp_min(1)
    bay_m = torch.where(s.u_length > 0, s.u_length / bays, bay_m)
    column, x = repeated(s.u, bay_m)
    row, y = repeated(s.v - base_m, floor_m)
    wu, wv = s.footprint_u, s.pixel
    blank = s.flag(Flag.PARTY_WALLS) * (s.face < BACK)
    upper = rise(s.v - base_m, wv) * rise(s.v_length - 0.9 - s.v, wv) * (1 - blank)
    half_x, half_y = bay_m * s.c / 2, floor_m * s.e / 2
    y = y - floor_m * 0.04
    arch = s.flag(Flag.ARCHED) * (x / half_x).square().clamp(0, 1) * half_x * 0.8
    window = Window(x, y, half_x, half_y, column, row, wu, wv)
    opening = bar(x, half_x, wu) * rise(half_y - y - arch, wv) * rise(half_y + y, wv)
    seen = torch.maximum(wu / bay_m, wv / floor_m)
    opening = faded(opening, s.c * s.e, torch.minimum(bay_m, floor_m), torch.maximum(wu, wv)) * upper

    wall = _wall(s, wu, wv)
    wall = mixed(wall, painted(s), blank * s.flag(Flag.MURAL) * rise(s.v - 1.2, wv))
    trim = s.accent(mixed(s.colour, torch.full_like(s.colour, 0.62), torch.full_like(s.u, 0.55)))
    near = (1.2 - seen).clamp(0, 1)
    shutter = bar(x.abs() - half_x - 0.30, 0.26, wu) * bar(y, half_y, wv) * s.flag(Flag.SHUTTERS)
    wall = mixed(wall, torch.full_like(wall, 0.035), shutter * upper * near)
    sill = bar(y + half_y + 0.10, 0.10, wv) * bar(x, half_x + 0.12, wu)
    lintel = bar(y - half_y - 0.14, 0.16, wv) * bar(x, half_x + 0.12, wu)
    band = s.flag(Flag.BANDS) * bar(y - floor_m * 0.46, 0.14, wv)
    wall = mixed(wall, trim, (torch.maximum(sill, lintel) * upper * near * 0.95).clamp(0, 1))
    wall = mixed(wall, trim * 1.08, band * upper * 0.8)
    wall = wall * (1 - 0.35 * bar(y + half_y + 0.26, 0.07, wv) * bar(x, half_x, wu) * upper * near)
    if bool(s.flag(Flag.IVY).any()):
        wall = mixed(wall, *_ivy(s, light))
    cornice = rise(s.v - s.v_length + 0.9, wv)
    dentil = lines(s.u, 0.5, 0.12, wu) * bar(s.v - s.v_length + 0.45, 0.18, wv)
    wall = mixed(wall, trim * 0.94, cornice * (1 - blank))
    wall = wall * (1 - 0.4 * dentil * (1 - blank))
    glass, glass_glow, gloss = glazing(s, light, window)
    albedo = mixed(wall, glass, opening)
    glow = glass_glow * opening
    albedo, glow, gloss = _ground_floor(s, light, albedo, glow, gloss * opening, shop * (1 - blank), base_m)
    escapes = s.flag(Flag.ESCAPES) * ((s.face == FRONT) | (s.face == BACK)).float() * upper
    if bool(escapes.any()):
        iron = _escapes(s, bays, bay_m, row, y, floor_m, wu, wv) * escapes
        albedo = mixed(albedo, s.accent(torch.full_like(albedo, 0.035)), iron)
        glow, gloss = glow * (1 - iron), gloss * (1 - iron)
    if bool(s.flag(Flag.BALCONIES).any()):
        rail = bar(y + floor_m * 0.36, 0.45, wv) * (hashed(column, torch.zeros_like(row), s.seed) < 0.45)
        rail = faded(rail, 0.12, floor_m, wv) * s.flag(Flag.BALCONIES) * upper
        albedo = mixed(albedo, s.colour * 1.05, rail)
        gloss = gloss * (1 - rail)
    on_roof = s.face == TOP
    covered = roof(s, light)
    return Finish(
        torch.where(on_roof, covered, albedo),
        torch.where(on_roof, 0.0, glow),
        torch.where(on_roof, 0.0, gloss),
    )


def _wall(s: Surface, wu: Tensor, wv: Tensor) -> Float[Tensor, "3 N"]:
    """Brick or plaster: courses near by, weather from afar."""
    stain = cloudy(s.u * 0.11 + s.seed * 1.7, s.v * 0.07 + s.seed, 3)
    tone = 0.84 + 0.30 * stain
    course, _ = repeated(s.v, 0.16)
    single = hashed(course, ((s.u + course * 0.14) / 0.28).floor(), s.seed)
    brick = s.flag(Flag.BRICK)
    near = (1 - torch.maximum(wu, wv) / 0.16).clamp(0, 1) * brick
    joint = torch.maximum(lines(s.v, 0.16, 0.012, wv), lines(s.u + course * 0.14, 0.28, 0.012, wu))
    tone = tone * (1 + near * (0.28 * single - 0.14)) * (1 + near * 0.35 * joint)
    return s.colour * tone


def _ivy(s: Surface, light: Light) -> tuple[Float[Tensor, "3 N"], Float[Tensor, "N"]]:
    """Leaves that climb some of the fronts, red in autumn, and how much of the wall they cover."""
    grown = hashed(s.seed, s.seed * 0 + 29) - 0.45
    patch = cloudy(s.u * 0.34 + s.seed, s.v * 0.22, 3) + grown - 0.05 * s.v / s.v_length.clamp_min(1)
    green = torch.tensor([0.06, 0.125, 0.03], device=s.u.device)[:, None]
    turned = torch.tensor([0.38, 0.07, 0.02], device=s.u.device)[:, None]
    leaf = green + (turned - green) * light.autumn
    leaf = leaf * (0.65 + 0.7 * smooth(s.u * 3.7, s.v * 3.1))
    share = ((patch - 0.46) * 7).clamp(0, 1) * s.flag(Flag.IVY) * (s.face < TOP)
    return leaf, share * (1 - 0.8 * light.bare)


def _ground_floor(s, light, albedo, glow, gloss, shop, base_m):
    """Shop windows under a sign, or a plinth with doors."""
    wu, wv = s.footprint_u, s.pixel
    lower = rise(base_m - s.v, wv)
    front, x = repeated(
        s.u, torch.where(s.u_length > 0, s.u_length / (s.u_length / 6.5).round().clamp_min(1), 6.5)
    )
    kind = hashed(front, front * 0, s.seed + 11)
    pane = bar(x, 2.75, wu) * bar(s.v - 1.75, 1.35, wv) * (1 - 0.7 * lines(x, 1.4, 0.05, wu))
    sign = bar(s.v - 3.75, 0.38, wv) * bar(x, 2.9, wu)
    board = signboard(kind)
    board = mixed(board, s.accent(board), torch.full_like(s.u, 0.75))
    letters = bar(s.v - 3.75, 0.16, wv) * (smooth(s.u * 3.1 + kind * 90, s.seed) > 0.45) * bar(x, 2.0, wu)
    letters = letters * (1 - wu / 0.4).clamp(0, 1)
    board = mixed(board, torch.full_like(albedo, 0.75), letters * 0.85)
    base = mixed(s.colour * 0.72, s.accent(torch.full_like(albedo, 0.16)), (kind > 0.3) * shop * 0.85)
    goods = 0.03 + 0.12 * cloudy(s.u * 0.8, s.v * 1.1 + s.seed, 2)
    level = mixed(mixed(base, goods.expand_as(base), pane * shop), board, sign * shop)
    plinth = s.colour * 0.66
    level = mixed(plinth, level, shop)
    share = lower * torch.where(shop > 0, 1.0, 0.65)
    warm = torch.tensor([1.0, 0.74, 0.42], device=s.u.device)[:, None]
    lit = light.night * shop * lower * (0.35 + 0.9 * kind) * pane * (0.25 + goods * 6)
    neon = board * (sign * shop * lower * light.night * 2.2)
    day = warm * pane * shop * lower * 0.015
    return (
        mixed(albedo, level, share),
        glow * (1 - lower) + warm * lit * 1.1 + neon + day,
        gloss * (1 - lower) + lower * pane * shop * 0.22,
    )


def _escapes(s, bays, bay_m, row, y, floor_m, wu, wv):
    """Coverage of the iron stairs that zigzag over the middle bays of a front."""
    middle = s.u_length / 2
    reach = torch.where(bays > 3, bay_m, bay_m * 0.8)
    x = s.u - middle
    within = bar(x, reach, wu)
    platform = bar(y + floor_m * 0.42, 0.09, wv)
    rail = bar(y + floor_m * 0.42 - 0.95, 0.035, wv)
    posts = lines(s.u, 0.45, 0.02, wu) * bar(y + floor_m * 0.42 - 0.5, 0.5, wv) * 0.8
    slope = torch.where(row % 2 == 0, 1.0, -1.0)
    flight = bar(y + 0.05 - slope * x * floor_m * 0.40 / reach, 0.12, wv + wu * 0.5) * bar(x, reach * 0.9, wu)
    shape = torch.maximum(torch.maximum(platform, rail), torch.maximum(posts, flight * 0.85))
    return faded(shape, 0.22, floor_m, wv) * within


__all__ = ["masonry"]
