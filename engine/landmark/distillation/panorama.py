"""The panorama: what is far away is seen beside the landmark from the next azimuths, in the same direction.

A cloud or a house that stands behind the landmark in one picture stands next to it in another, as the camera has
turned; the landmark itself is seen in other directions from there. So a pixel that looks as its direction looks from
the neighbours is no landmark.
"""

import math
from collections.abc import Sequence
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera, rays
from engine.landmark.distillation import border

_MOST_DEG: Final = 45.0
"""Neighbours are no farther than that around the ring."""
_BESIDE: Final = 0.3
"""Of half a picture: nearer to its axis than that the landmark is taken to be in the way."""


def seen_beside(
    pictures: Float[Tensor, "V 3 S S"], alphas: Float[Tensor, "V S S"], cameras: Sequence[Camera]
) -> Float[Tensor, "V S S"]:
    """How much each pixel looks like its direction from the neighbours, in [0, 1]; 0 where none of them sees it.

    `alphas` say what of the pictures may be the landmark, which speaks for nothing; the cameras are an even ring.
    """
    count, size = len(cameras), pictures.shape[3]
    smooth, directions = border.smoothed(pictures), rays(cameras[0], size, size)[1]
    alike = torch.zeros_like(alphas)
    weight = torch.zeros_like(alphas)
    for step in range(1, int(_MOST_DEG * count / 360) + 1):
        for turn in (step, -step):
            grid, seen = _there(cameras[turn % count], directions, size)
            there = torch.cat([smooth, 1 - alphas[:, None]], dim=1).roll(-turn, dims=0)
            there = functional.grid_sample(there, grid.expand(count, -1, -1, -1), align_corners=False)
            free = there[:, 3] * seen
            alike = alike + free * border.alike((there[:, :3] - smooth).norm(dim=1))
            weight = weight + free
    return alike / weight.clamp_min(1e-6)


def _there(
    camera: Camera, directions: Float[Tensor, "N 3"], size: int
) -> tuple[Float[Tensor, "1 S S 2"], Float[Tensor, "S S"]]:
    """Where another camera has these directions, right and down in half pictures, and 1 where beside its axis."""
    right, up, back = (directions @ camera.pose.camera_to_world[:, :3]).T
    depth = (-back).clamp_min(1e-6) * math.tan(math.radians(camera.fovy_deg) / 2)
    grid = torch.stack([right / depth, -up / depth], dim=1)
    inside = (back < 0) & (grid.abs() < 1).all(1) & (grid[:, 0].abs() > _BESIDE)
    return grid.view(1, size, size, 2), inside.view(size, size).float()
