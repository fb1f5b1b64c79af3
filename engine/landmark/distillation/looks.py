"""Looks: a field from all around, for the eye and for the meters."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.atomic import writing_file
from engine.landmark.camera import rays
from engine.landmark.distillation.beginning import ring
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.growth import Growth
from engine.landmark.rendering import render_look

PAPER = 0.93
"""Grey of what nothing stands before."""


@dataclass(frozen=True, eq=False)
class Looks:
    """A field from `count` azimuths."""

    azimuths_deg: tuple[float, ...]
    pictures: Float[Tensor, "B 3 H W"]
    """Before the learned surroundings, or else before a light grey."""
    opacity: Float[Tensor, "B H W"]

    def before(self, sky: Float[Tensor, "3 S S"] | None) -> Float[Tensor, "B 3 H W"]:
        """The pictures before a sky instead of the grey, as a judge of photos knows them; None changes nothing."""
        if sky is None:
            return self.pictures
        size = self.opacity.shape[1:]
        around = functional.interpolate(sky[None].cpu(), size, mode="bilinear", align_corners=False)
        return self.pictures + (1 - self.opacity[:, None]) * (around - PAPER)


@torch.no_grad()
def look_around(growth: Growth, config: DistilConfig, count: int, size_px: int) -> Looks:
    """The growing field, square, evenly from north clockwise; no random number is drawn."""
    device = next(growth.field.parameters()).device
    pictures, opacities = [], []
    cameras = ring(count, config)
    for camera in cameras:
        look = render_look(
            growth.field,
            camera,
            size_px,
            size_px,
            num_samples=config.num_samples,
            occupancy=growth.occupancy,
            device=device,
        )
        around = torch.full_like(look.colour, PAPER)
        if growth.background is not None:
            rays_d = rays(camera, size_px, size_px)[1].to(device)
            around = growth.background(rays_d).view(size_px, size_px, 3)
        pictures.append(look.colour + (1 - look.opacity[..., None]) * around)
        opacities.append(look.opacity)
    return Looks(
        tuple(camera.azimuth_deg for camera in cameras),
        torch.stack(pictures).permute(0, 3, 1, 2).cpu(),
        torch.stack(opacities).cpu(),
    )


def write_strip(pictures: Float[Tensor, "B 3 H W"], path: Path, columns: int = 8) -> Path:
    """`path`, a PNG with the pictures side by side in rows of `columns`, once it is there whole. Raises DiskFull."""
    rows = [torch.cat(list(row), dim=2) for row in pictures.split(columns)]
    width = max(row.shape[2] for row in rows)
    rows = [torch.nn.functional.pad(row, (0, width - row.shape[2])) for row in rows]
    pixels = (torch.cat(rows, dim=1).permute(1, 2, 0).clamp(0, 1) * 255).round().to(torch.uint8)
    with writing_file(path) as temporary:
        Image.fromarray(np.asarray(pixels)).save(temporary, format="PNG")
    return path
