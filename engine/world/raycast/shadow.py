"""Shadows of the sun: for each small tile of points, the solids that stand between it and the sun."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from engine.world.raycast.camera import TILE_PX
from engine.world.raycast.coverage import corners, shadow_candidates
from engine.world.raycast.index import apparent_width
from engine.world.raycast.intersect import INTERVALS
from engine.world.raycast.light import Light
from engine.world.raycast.solids import KINDS, Kind, Solids
from engine.world.raycast.surface import Surface
from engine.world.raycast.trace import hidden

_SUB = 8
"""Width of a shadow tile in rays: smaller than a view tile, for points scatter more than rays."""
_COARSER = 1.6
"""Solids that look smaller than this many times the smallest drawn ones cast no shadow."""
_REACH_M = 1500.0


def sunless(
    chosen: Mapping[Kind, Solids],
    tables: Mapping[Kind, Tensor],
    surface: Surface,
    hit: Tensor,
    shape: torch.Size,
    light: Light,
    smallest: float,
) -> Bool[Tensor, "N"]:
    """True where a surface turns away from the sun, or a solid hides the sun from it."""
    facing = surface.nx * light.sun[0] + surface.ny * light.sun[1] + surface.nz * light.sun[2]
    away = facing <= 0.0
    if max(light.sun_colour) < 0.02 or light.sun[2] < 0.01 or not len(hit):
        return torch.ones_like(away)
    lift = 0.02 + surface.distance * 3e-4
    points = torch.zeros(3, shape[0] * shape[1], device=hit.device)
    points[:, hit] = torch.stack(
        [
            surface.east + surface.nx * lift,
            surface.north + surface.ny * lift,
            surface.up + surface.nz * lift,
        ]
    )
    dark = torch.ones(shape[0] * shape[1], dtype=torch.bool, device=hit.device)
    dark[hit] = away | (surface.distance > _REACH_M)
    points, dark = _small_tiles(points.reshape(3, *shape)), _small_tiles(dark.reshape(1, *shape))[0]
    frame = _sun_axes(light.sun)
    low, high = _bounds(points, dark, torch.tensor(frame, dtype=torch.float32, device=hit.device))
    group = _neighbourhoods(shape[0], hit.device)
    sun = torch.tensor(light.sun, dtype=torch.float32, device=hit.device)
    for kind in KINDS:
        table = chosen[kind]
        if not len(table):
            continue
        gap = np.linalg.norm(np.maximum(np.abs(table.centre[:, :2]) - table.half[:, :2], 0), axis=1)
        casts = (
            (apparent_width(table.half) > _COARSER * smallest * gap)
            & (gap < _REACH_M)
            & (table.half[:, 2] > 0.08)
        )
        index = np.flatnonzero(casts)
        if not len(index):
            continue
        spots = corners(kind, table.take(index)) @ frame.T
        least = torch.from_numpy(spots.min(1).astype(np.float32)).to(hit.device)
        most = torch.from_numpy(spots.max(1).astype(np.float32)).to(hit.device)
        order = torch.from_numpy(np.argsort(-table.half[index].prod(1), kind="stable")).to(hit.device)
        candidates = shadow_candidates(low, high, least[order], most[order], group)
        if len(candidates.solids):
            geometry = tables[kind][torch.from_numpy(index).to(hit.device)][order]
            hidden(INTERVALS[kind], geometry, candidates, points, sun, dark)
    back = dark.reshape(shape[0], 2, 2, _SUB, _SUB).permute(0, 1, 3, 2, 4).reshape(-1)[hit]
    return back & (away | (surface.distance <= _REACH_M))


def _small_tiles(tiles: Float[Tensor, "C T R"]) -> Float[Tensor, "C 4T R/4"]:
    channels, count, _ = tiles.shape
    side = TILE_PX // _SUB
    cut = tiles.reshape(channels, count, side, _SUB, side, _SUB).permute(0, 1, 2, 4, 3, 5)
    return cut.reshape(channels, count * side * side, _SUB * _SUB)


def _sun_axes(sun: tuple[float, float, float]) -> Float[np.ndarray, "3 3"]:
    """Rows: two axes square to the sun's direction, and that direction."""
    forward = np.asarray(sun)
    right = np.cross(forward, [0, 0, 1])
    right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(right, forward), forward])


def _bounds(points: Tensor, dark: Tensor, frame: Tensor) -> tuple[Tensor, Tensor]:
    """Least and greatest coordinate of each tile's lit points along the sun's axes, (T, 3) each."""
    along = torch.einsum("ij,jtr->itr", frame, points)
    low = torch.where(dark, torch.inf, along).amin(2)
    high = torch.where(dark, -torch.inf, along).amax(2)
    return low.T, high.T


def _neighbourhoods(tiles: int, device: torch.device) -> Int[Tensor, "4T"]:
    """For each small tile the number of the square of four by four view tiles that it lies in."""
    count = math.isqrt(tiles)
    steps = torch.arange(count, device=device) // 4
    square = steps[:, None] * (-(-count // 4)) + steps[None, :]
    return square.reshape(-1).repeat_interleave((TILE_PX // _SUB) ** 2)
