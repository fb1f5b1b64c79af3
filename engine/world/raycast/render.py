"""From a scene, a camera and a light to a picture: trace, shade, average."""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from engine.world.raycast.camera import TILE_PX, Camera, as_picture, rays
from engine.world.raycast.coverage import corners, in_view, on_screen, screen_candidates
from engine.world.raycast.culling import around
from engine.world.raycast.intersect import INTERVALS
from engine.world.raycast.light import Light
from engine.world.raycast.scene import Scene
from engine.world.raycast.shade import Hits, shaded
from engine.world.raycast.shadow import sunless
from engine.world.raycast.sky import sky
from engine.world.raycast.solids import KINDS, Kind, Solids
from engine.world.raycast.surface import Surface, describe
from engine.world.raycast.tone import developed
from engine.world.raycast.trace import nearest
from engine.world.raycast.weather import falling

_SMALLEST_PX = 1.1
"""Solids that look smaller than this many rays are left out."""
_GROUND, _SKY = -1, -2
_LOOKS = 12


def render(
    scene: Scene,
    camera: Camera,
    light: Light,
    size_px: int = 256,
    supersampling: int = 2,
    device: torch.device | str = "cpu",
    flakes_seed: int = 0,
    guests: Mapping[Kind, Solids] = MappingProxyType({}),
) -> UInt8[np.ndarray, "H W 3"]:
    """The picture that `camera` takes of the scene and of `guests`, solids that are there for this picture alone.

    `flakes_seed` places raindrops and snowflakes; nothing else is random.
    """
    wanted = size_px * supersampling
    width = math.ceil(wanted / TILE_PX) * TILE_PX
    wide = replace(camera, fovy_deg=2 * math.degrees(math.atan(camera.spread * width / wanted)))
    with torch.inference_mode():
        d = rays(wide, width, device)
        smallest = _SMALLEST_PX * 2 * camera.spread / wanted
        chosen = around(scene.solids, guests, camera, scene.reach_m, smallest, light.bare > 0.5)
        tables: dict[Kind, Tensor] = {kind: _geometry(table, device) for kind, table in chosen.items()}
        t, found = _trace(chosen, tables, wide, width, d)
        surface, material, hit = _surfaces(chosen, tables, wide, width, d, t, found)
        dark = sunless(chosen, tables, surface, hit, t.shape, light, smallest)
        colour = sky(d.reshape(3, -1), light)
        if len(surface.east):
            colour[:, hit] = shaded(Hits(surface, material, dark), light, scene, camera)
        picture = as_picture(colour.reshape(3, *t.shape), width)
        depth = as_picture(t[None], width)[0]
        picture = falling(picture, depth, light, flakes_seed)
        edge = (width - wanted) // 2
        picture = picture[:, edge : edge + wanted, edge : edge + wanted]
        picture = picture.reshape(3, size_px, supersampling, size_px, supersampling).mean((2, 4))
        return developed(picture, light).permute(1, 2, 0).cpu().numpy()


def _geometry(table: Solids, device: torch.device | str) -> Float[Tensor, "S G"]:
    return torch.from_numpy(table.geometry.astype(np.float32)).to(device)


def _trace(
    chosen: Mapping[Kind, Solids], tables: Mapping[Kind, Tensor], camera: Camera, width: int, d: Tensor
) -> tuple[Float[Tensor, "T R"], Tensor]:
    """Distance along each ray, and the number of the solid that it meets; the ground and the sky are negative."""
    level = -camera.up_m / d[2]
    below = (d[2] < -1e-6) & (level > 0)
    t = torch.where(below, level, torch.inf)
    found = torch.where(below, _GROUND, _SKY)
    number = 0
    for kind in KINDS:
        table = chosen[kind]
        index = in_view(kind, table, camera)
        if len(index):
            visible = table.take(index)
            rects = on_screen(corners(kind, visible), camera, width)
            candidates = screen_candidates(rects, width, d.device)
            gap = np.maximum(np.abs(visible.centre[:, :2]) - visible.half[:, :2], 0)
            away = np.maximum.accumulate(np.linalg.norm(gap, axis=1))
            away = torch.from_numpy(away.astype(np.float32)).to(d.device)
            rows = torch.from_numpy(index).to(d.device)
            nearest(
                INTERVALS[kind], tables[kind][rows], away, candidates, camera.up_m, d, t, found, rows + number
            )
        number += len(table)
    return t, found


def _surfaces(
    chosen: Mapping[Kind, Solids],
    tables: Mapping[Kind, Tensor],
    camera: Camera,
    width: int,
    d: Tensor,
    t: Tensor,
    found: Tensor,
) -> tuple[Surface, Tensor, Tensor]:
    """What the rays that do not end in the sky meet: surfaces, materials, and the rays' numbers."""
    number = found.reshape(-1)
    hit = (number != _SKY).nonzero()[:, 0]
    number, distance = number[hit], t.reshape(-1)[hit]
    direction = d.reshape(3, -1)[:, hit]
    at = direction * distance
    at[2] += camera.up_m
    rows = torch.zeros(10, len(hit), device=d.device)
    rows[2], rows[3], rows[9] = 1.0, 1.0, 4.0
    rows[5:7] = at[:2]
    looks = torch.zeros(_LOOKS, len(hit), device=d.device)
    material = torch.zeros(len(hit), dtype=torch.long, device=d.device)
    start = 0
    for kind in KINDS:
        table = chosen[kind]
        mine = ((number >= start) & (number < start + len(table))).nonzero()[:, 0]
        if len(mine):
            index = number[mine] - start
            columns = tables[kind][index].unbind(1)
            rows[:, mine] = describe(kind, columns, at[:, mine].unbind(0))
            looks[:, mine] = torch.from_numpy(table.look).to(d.device)[index].T
            material[mine] = torch.from_numpy(table.material).to(d.device)[index]
        start += len(table)
    nx, ny, nz, tx, ty, u, v, u_length, v_length, face = rows.unbind(0)
    pixel = distance * (2 * camera.spread / width)
    columns = (*at, nx, ny, nz, tx, ty, u, v, u_length, v_length, face, distance, *direction, *looks, pixel)
    surface = Surface(**dict(zip(Surface.__dataclass_fields__, columns, strict=True)))
    return surface, material, hit
