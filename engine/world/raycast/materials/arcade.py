"""Round arches and lattices drawn on faces: galleries of columns, trusses, nets of cables."""

import torch

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish
from engine.world.raycast.materials.pattern import bar, faded, lines, mixed, repeated, rise
from engine.world.raycast.noise import cloudy
from engine.world.raycast.surface import TOP, Surface


def arcade(s: Surface, light: Light) -> Finish:
    """Galleries: number a: height of a storey, b: width of an arch, c: share of it that is open, e: depth 0 to 1."""
    floor_m, bay_m = s.a.clamp_min(0.5), s.b.clamp_min(0.3)
    bay_m = torch.where(s.u_length > 0, s.u_length / (s.u_length / bay_m).round().clamp_min(1), bay_m)
    wu, wv = s.footprint_u, s.pixel
    _, x = repeated(s.u, bay_m)
    _, y = repeated(s.v, floor_m)
    half = bay_m * s.c / 2
    spring = floor_m * 0.42 - half
    arch = spring + (half * half - x * x).clamp_min(0).sqrt()
    opening = bar(x, half, wu) * rise(arch - y, wv) * rise(y + floor_m * 0.40, wv)
    opening = faded(opening, s.c * 0.72, torch.minimum(bay_m, floor_m), torch.maximum(wu, wv))
    opening = opening * (s.face < TOP)
    shadow = rise(y - spring, wv + 0.1 * floor_m) * 0.5 + 0.35
    ledge = bar(y - floor_m * 0.47, floor_m * 0.035, wv)
    tone = 0.9 + 0.2 * cloudy(s.u * 0.3 + s.seed, s.v * 0.2, 3)
    wall = s.colour * tone * (1 - 0.3 * bar(y - floor_m * 0.42, floor_m * 0.02, wv)) * (1 + 0.06 * ledge)
    inner = s.colour * (1 - s.e * 0.85 * shadow.clamp(0, 1))
    warm = torch.tensor([1.0, 0.72, 0.40], device=s.u.device)[:, None]
    return Finish(mixed(wall, inner, opening), glow=warm * opening * light.night * 0.22 * s.e)


def lattice(s: Surface, light: Light) -> Finish:
    """Crossed bars on a darker ground; number a: their spacing."""
    w = torch.maximum(s.footprint_u, s.pixel)
    step = s.a.clamp_min(0.2)
    cross = torch.maximum(lines(s.u + s.v, step, step * 0.09, w), lines(s.u - s.v, step, step * 0.09, w))
    return Finish(s.colour * (0.45 + 0.65 * cross))
