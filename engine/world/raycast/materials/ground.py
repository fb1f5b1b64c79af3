"""What lies underfoot: roadways with their markings, pavements, and open ground by its map."""

import torch

from engine.world.raycast.ground import Ground, wander
from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish
from engine.world.raycast.materials.nature import lawn, water
from engine.world.raycast.materials.pattern import bar, faded, lines, mixed, repeated, rise
from engine.world.raycast.noise import cloudy, hashed, smooth
from engine.world.raycast.surface import TOP, Surface


def _asphalt(s: Surface, light: Light):
    patch = cloudy(s.east * 0.14, s.north * 0.14, 3)
    grain = (smooth(s.east * 9, s.north * 9) - 0.5) * (1 - s.footprint / 0.2).clamp(0, 1)
    tone = 0.118 * (0.80 + 0.36 * patch + 0.28 * grain)
    return torch.stack([tone * 1.03, tone, tone * 0.97])


def road(s: Surface, light: Light) -> Finish:
    """Roadway along u. Numbers: lanes, length of the clear end before a crossing (0: none), cobbles, two ways.

    The colour is the cobbles'; the accent, where there is one, paints a lane beside the parked cars.
    """
    w = s.footprint
    colour = _asphalt(s, light)
    stones, _ = repeated(s.v, 0.22)
    setts = torch.maximum(lines(s.v, 0.22, 0.02, w), lines(s.u + stones * 0.13, 0.26, 0.02, w))
    grey = s.colour * (0.8 + 0.5 * smooth(s.u * 3.5, s.v * 4.4))
    colour = mixed(colour, grey * (1 - 0.45 * setts), s.c)
    own_lane = bar(s.v - 3.4, 0.95, w) * s.has_accent * (1 - s.c)
    colour = mixed(colour, s.accent(colour) * (0.8 + 0.3 * cloudy(s.east * 0.5, s.north * 0.5, 2)), own_lane)
    end = torch.minimum(s.u, s.u_length - s.u)
    clear = (s.b > 0).float()
    paint = torch.zeros_like(s.u)
    lane = s.v_length / s.a.clamp_min(1)
    inner = (s.v > lane * 0.5) & (s.v < s.v_length - lane * 0.5)
    beyond = rise(end - s.b - 6.0, w)
    _, dash = repeated(s.u, 9.0)
    dashes = faded(bar(dash, 1.5, w), 0.33, 9.0, w)
    paint = paint + faded(lines(s.v, lane, 0.09, w), 0.05, lane, w) * dashes * inner * beyond * (
        s.a > 1.5
    ) * (1 - s.c)
    zebra = bar(end - s.b - 2.0, 1.6, w) * faded(lines(s.v, 1.25, 0.32, w), 0.5, 1.25, w) * clear
    stop = bar(end - s.b - 5.0, 0.22, w) * clear
    margin = rise(s.v - 0.5, w) * rise(s.v_length - 0.5 - s.v, w)
    paint = (paint + (zebra + stop) * margin).clamp(0, 1)
    worn = 0.62 + 0.3 * cloudy(s.u * 0.7, s.v * 0.7, 2)
    middle = (s.v - s.v_length / 2).abs()
    yellow = bar(middle - 0.16, 0.06, w) * beyond * s.e
    colour = mixed(colour, torch.full_like(colour, 0.60), paint * worn)
    gold = torch.tensor([0.62, 0.40, 0.06], device=s.u.device)[:, None].expand_as(colour)
    colour = mixed(colour, gold, yellow * worn)
    gutter = rise(1.0 - torch.minimum(s.v, s.v_length - s.v), w + 0.6)
    colour = colour * (1 - 0.22 * gutter)
    puddle = ((cloudy(s.east * 0.22, s.north * 0.22, 2) - 0.46) * 6).clamp(0, 1)
    return Finish(colour * (1 - 0.5 * light.wet), gloss=light.wet * (0.30 + 0.5 * puddle))


def pavement(s: Surface, light: Light) -> Finish:
    """Flags of one colour among flags of the accent, with a kerb of granite.

    Numbers: width of a flag; its length along the pavement in widths; share of flags in the accent's colour.
    """
    w = s.footprint
    size = torch.where(s.a > 0, s.a, 1.5)
    long = size * torch.where(s.b > 0, s.b, 1.0)
    row, _ = repeated(s.v, size)
    shifted = s.u + row * long * 0.5 * (s.b > 1)
    column, _ = repeated(shifted, long)
    wide = size * 0.01 + 0.004
    joint = torch.maximum(lines(shifted, long, wide, w), lines(s.v, size, wide, w))
    single = hashed(column, row, 3)
    near = (1 - w / long).clamp(0, 1)
    tone = (0.90 + 0.18 * (single * near + 0.5 * (1 - near))) * (
        0.9 + 0.2 * cloudy(s.east * 0.5, s.north * 0.5, 2)
    )
    top = (s.face == TOP).float()
    second = ((hashed(column, row, 11) < s.c).float() * near + s.c * (1 - near)) * s.has_accent
    colour = mixed(s.colour, s.accent(s.colour), second) * tone * (1 - 0.35 * joint * top)
    edge = torch.minimum(torch.minimum(s.u, s.u_length - s.u), torch.minimum(s.v, s.v_length - s.v))
    kerb = rise(0.35 - edge, w) * top * (s.u_length > 0)
    granite = torch.tensor([0.42, 0.41, 0.40], device=s.u.device)[:, None].expand_as(colour)
    colour = mixed(colour, granite, kerb * 0.6)
    puddle = ((cloudy(s.east * 0.3 + 9, s.north * 0.3, 2) - 0.5) * 6).clamp(0, 1)
    return Finish(colour * (1 - 0.42 * light.wet), gloss=light.wet * (0.24 + 0.4 * puddle) * top)


def open_ground(s: Surface, light: Light, ground: Ground) -> Finish:
    """Whatever the maps say: water, streets without a drawn roadway, plazas, lawns with paths, lakes."""
    w = s.footprint
    land = rise(ground.cover("land", s.east, s.north), w)
    park = rise(ground.cover("park", s.east, s.north), w)
    plaza = rise(ground.cover("plaza", s.east, s.north), w)
    lake = rise(ground.cover("lake", s.east, s.north) + wander(s.east, s.north, 14) * 2.0, w)
    colour = _asphalt(s, light)
    flag = torch.tensor([0.37, 0.345, 0.31], device=s.u.device)[:, None]
    joints = torch.maximum(lines(s.east, 2.0, 0.02, w), lines(s.north, 2.0, 0.02, w))
    paved = flag * (0.86 + 0.2 * cloudy(s.east * 0.3, s.north * 0.3, 2)) * (1 - 0.25 * joints)
    colour = mixed(colour, paved, plaza)
    grass = lawn(s.east, s.north, light, w)
    if bool((park > 0).any()):
        bend = smooth(s.east / 55, s.north / 55) + 0.35 * smooth(s.east / 21 + 9, s.north / 21)
        level = torch.minimum((bend * 3.0) % 1, 1 - (bend * 3.0) % 1)
        path = rise(0.055 - level, w / 20) * (1 - w / 12).clamp(0.25, 1)
        gravel = torch.tensor([0.42, 0.36, 0.28], device=s.u.device)[:, None].expand_as(grass)
        path = path * (1 - rise(ground.cover("lawn", s.east, s.north), w))
        grass = mixed(grass, gravel * (0.9 + 0.2 * smooth(s.east, s.north)), path)
    colour = mixed(colour, grass, park)
    wet_colour, wet_gloss, ripple = water(s, light)
    wall = bar(ground.cover("land", s.east, s.north) + 0.3, 0.8, w)
    liquid = torch.maximum(1 - land, lake)
    shore = bar(ground.cover("lake", s.east, s.north) + wander(s.east, s.north, 14) * 2.0, 0.7, w) * 0.6
    colour = mixed(colour, torch.full_like(colour, 0.20), torch.maximum(wall * 0.6, shore))
    colour = mixed(colour, wet_colour, liquid)
    dry_gloss = light.wet * 0.22 * (1 - park)
    return Finish(colour, gloss=mixed(dry_gloss, wet_gloss, liquid), ruffle=ripple * liquid)
