"""The pinhole camera: where each ray of a picture goes. World axes are x east, y north, z up, in metres."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

TILE_PX = 16
"""Rays are traced in square tiles of this width, so that neighbours share their candidates."""


@dataclass(frozen=True)
class Camera:
    """A camera without roll; pictures are square, so `fovy_deg` is also their width."""

    east_m: float
    north_m: float
    up_m: float
    heading_deg: float
    pitch_deg: float = 0.0
    fovy_deg: float = 60.0

    @property
    def forward(self) -> Float[np.ndarray, "3"]:
        """Unit vector that the camera looks along."""
        heading, pitch = math.radians(self.heading_deg), math.radians(self.pitch_deg)
        return np.array(
            [math.sin(heading) * math.cos(pitch), math.cos(heading) * math.cos(pitch), math.sin(pitch)]
        )

    @property
    def axes(self) -> Float[np.ndarray, "3 3"]:
        """Rows: right, up and forward as unit vectors."""
        heading = math.radians(self.heading_deg)
        right = np.array([math.cos(heading), -math.sin(heading), 0.0])
        return np.stack([right, np.cross(right, self.forward), self.forward])

    @property
    def spread(self) -> float:
        """Tangent of half the field of view."""
        return math.tan(math.radians(self.fovy_deg) / 2)


def rays(camera: Camera, width_px: int, device: torch.device | str = "cpu") -> Float[Tensor, "3 T R"]:
    """Unit directions through the pixels' centres, tile by tile; `width_px` is a multiple of `TILE_PX`."""
    steps = (torch.arange(width_px, device=device, dtype=torch.float32) + 0.5) / width_px * 2 - 1
    sideways = as_tiles(steps[None, :].expand(width_px, -1) * camera.spread)
    upwards = as_tiles(-steps[:, None].expand(-1, width_px) * camera.spread)
    right, up, forward = torch.tensor(camera.axes, dtype=torch.float32, device=device)
    length = (1 + sideways * sideways + upwards * upwards).rsqrt()
    return torch.stack([(forward[i] + sideways * right[i] + upwards * up[i]) * length for i in range(3)])


def as_tiles(picture: Float[Tensor, "H W"]) -> Float[Tensor, "T R"]:
    """The picture cut into tiles, row by row."""
    rows, columns = picture.shape[0] // TILE_PX, picture.shape[1] // TILE_PX
    return (
        picture.reshape(rows, TILE_PX, columns, TILE_PX)
        .permute(0, 2, 1, 3)
        .reshape(rows * columns, TILE_PX**2)
    )


def as_picture(tiles: Float[Tensor, "C T R"], width_px: int) -> Float[Tensor, "C H W"]:
    """The picture that the tiles were cut from."""
    count = width_px // TILE_PX
    channels = tiles.shape[0]
    return (
        tiles.reshape(channels, count, count, TILE_PX, TILE_PX)
        .permute(0, 1, 3, 2, 4)
        .reshape(channels, width_px, width_px)
    )
