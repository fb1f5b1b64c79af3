"""Windows: glass, frames, blinds and lamps behind them, and the shadow of the reveal."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Flag
from engine.world.raycast.materials.pattern import bar, lines, mixed, repeated, rise
from engine.world.raycast.noise import hashed, smooth
from engine.world.raycast.palette import linear_table
from engine.world.raycast.surface import Surface

REVEAL_M = 0.22
_BOARDS = ("#24405e", "#2c5240", "#6e2a26", "#26282a", "#b98a3a", "#4c5a66", "#7c3b2c", "#d8d0bf")


@dataclass(frozen=True)
class Window:
    """Position within the window that a point belongs to: from its middle, with its half sizes and number."""

    x: Float[Tensor, "N"]
    y: Float[Tensor, "N"]
    half_x: Float[Tensor, "N"]
    half_y: Float[Tensor, "N"]
    column: Float[Tensor, "N"]
    row: Float[Tensor, "N"]
    footprint_u: Float[Tensor, "N"]
    footprint_v: Float[Tensor, "N"]


def glazing(
    s: Surface, light: Light, w: Window
) -> tuple[Float[Tensor, "3 N"], Float[Tensor, "3 N"], Float[Tensor, "N"]]:
    """Colour, own light and gloss of the pane with its frame."""
    chance = hashed(w.column, w.row, s.seed)
    other = hashed(w.column + 57, w.row + 23, s.seed)
    near = (1 - torch.maximum(w.footprint_u / (2 * w.half_x), w.footprint_v / (2 * w.half_y)) * 0.9).clamp(
        0, 1
    )
    blind = rise(w.y - w.half_y * (1 - 2 * other), w.footprint_v) * (chance > 0.62) * 0.7
    room = torch.tensor([0.026, 0.038, 0.052], device=s.u.device)[:, None]
    cloth = torch.tensor([0.34, 0.31, 0.26], device=s.u.device)[:, None]
    pane = mixed(room, cloth, blind * near + 0.10 * (1 - near))
    frame = 1 - bar(w.x, w.half_x - 0.06, w.footprint_u) * bar(w.y, w.half_y - 0.06, w.footprint_v)
    rail = torch.maximum(bar(w.y, 0.035, w.footprint_v), bar(w.x, 0.025, w.footprint_u))
    wood = torch.maximum(frame, rail) * near
    paint = torch.where(hashed(s.seed, s.seed * 0 + 5) > 0.4, 0.50, 0.09)
    grid = torch.maximum(lines(w.x, 0.55, 0.035, w.footprint_u), lines(w.y, 0.55, 0.035, w.footprint_v))
    wood = torch.maximum(wood, grid * s.flag(Flag.PANES))
    pane = mixed(pane, s.accent(paint.expand_as(pane)), wood)
    shade = _reveal(s, light, w)
    pane = pane * (1 - 0.6 * shade * near)
    burns = (other < 0.42) * (0.35 + 0.65 * chance)
    burns = burns * near + 0.28 * (1 - near)
    tint = torch.stack([torch.ones_like(chance), 0.66 + 0.18 * other, 0.30 + 0.30 * other])
    glow = tint * burns * light.night * (0.8 - 0.35 * blind) * (1 - 0.8 * wood) * 1.25
    gloss = (0.34 - 0.2 * blind) * (1 - wood)
    return pane, glow, gloss


def _reveal(s: Surface, light: Light, w: Window) -> Float[Tensor, "N"]:
    """Share of the pane that lies in the shadow of its own frame: as wide as the sun stands aslant."""
    towards = (s.nx * light.sun[0] + s.ny * light.sun[1]).clamp_min(0.15)
    along = (s.tx * light.sun[0] + s.ty * light.sun[1]) / towards
    down = max(light.sun[2], 0.2) / towards
    top = rise(w.y - w.half_y + REVEAL_M * down.clamp(0.3, 2.5), w.footprint_v)
    side = along.clamp(-2.5, 2.5) * REVEAL_M
    edge = torch.where(side > 0, w.half_x - w.x, w.half_x + w.x)
    return torch.maximum(top, rise(side.abs() - edge, w.footprint_u))


def street_level(
    s: Surface, light: Light, albedo: Tensor, glow: Tensor, gloss: Tensor
) -> tuple[Float[Tensor, "3 N"], Float[Tensor, "3 N"], Float[Tensor, "N"]]:
    """The same, but with tall panes between stone posts, as lobbies and shops have them, where a tower stands on the
    ground."""
    wu, wv = s.footprint_u, s.pixel
    standing = ((s.up - s.v).abs() < 0.5).float() * (s.v_length > 8)
    number, x = repeated(s.u, 5.2)
    kind = hashed(number, number * 0, s.seed + 3)
    lower = rise(5.6 - s.v, wv) * standing
    pane = bar(x, 2.15, wu) * bar(s.v - 2.2, 1.9, wv) * (1 - 0.8 * lines(x, 1.45, 0.04, wu))
    board = bar(s.v - 4.75, 0.4, wv) * bar(x, 2.3, wu) * (kind > 0.35)
    stone = torch.tensor([1.05, 1.0, 0.92], device=s.u.device)[:, None]
    post = s.accent((s.colour.mean(0, keepdim=True) * 0.55 + 0.10) * stone)
    tint = mixed(board := signboard(kind), s.accent(board), torch.full_like(s.u, 0.6))
    inside = torch.full_like(albedo, 0.05)
    level = mixed(mixed(post, inside, pane), tint, board)
    warm = torch.tensor([1.0, 0.78, 0.48], device=s.u.device)[:, None]
    goods = 0.55 + 0.6 * smooth(s.u * 1.3 + s.seed, s.v * 1.1) * (1 - wu / 1.5).clamp(0, 1)
    shine = (
        warm * pane * goods * (0.012 + light.night * (0.25 + 0.45 * kind)) + tint * board * light.night * 1.6
    )
    return (
        mixed(albedo, level, lower),
        glow * (1 - lower) + shine * lower,
        gloss * (1 - lower) + lower * pane * 0.2,
    )


def signboard(kind: Tensor) -> Float[Tensor, "3 N"]:
    """A painter's colour for a number in [0, 1): navy, forest, oxblood, black, ochre, slate."""
    table = torch.tensor(linear_table(_BOARDS), dtype=torch.float32, device=kind.device)
    return table[(kind * 977 % 1 * len(_BOARDS)).long().clamp_max(len(_BOARDS) - 1)].T
