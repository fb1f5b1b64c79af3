"""Settling: a surface moved inwards, towards where the light ends that falls on it."""

import math
from dataclasses import replace

import torch

from engine.landmark.mesh.crop import Cropped
from engine.landmark.mesh.surface import Surface

_STRETCHES = 8


@torch.no_grad()
def settle(field: Cropped, surface: Surface, most: float, *, device: torch.device | str = "cpu") -> Surface:
    """The surface, each vertex moved against its normal until half of the light from there is stopped.

    It moves by `most` at the farthest: rays that graze a soft wall, which draw its outline, end before those that meet
    it squarely, so what lies between the two is the least bad. Behind a hard wall light ends at once, and nothing
    moves. What is thinner than twice `most` may turn over.
    """
    length = most / _STRETCHES
    depths = (torch.arange(_STRETCHES, device=device) + 0.5) * length
    vertices, normals = (
        torch.from_numpy(each).float().to(device) for each in (surface.vertices, surface.normals)
    )
    passed = torch.stack([field.density(vertices - depth * normals) for depth in depths]).cumsum(0) * length
    moved = (passed < math.log(2)).sum(0) * length
    return replace(
        surface, vertices=surface.vertices - moved.double().cpu().numpy()[:, None] * surface.normals
    )
