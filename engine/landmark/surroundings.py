"""What stands around the cube, as a colour for each direction: sky, ground and neighbours far away."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class Surroundings(nn.Module):
    """A small panorama that is learned together with a field (the environment map of DreamFusion, on a grid).

    Coarse on purpose: detail that moves with the camera belongs to the landmark. It begins grey.
    """

    def __init__(self, height: int = 16, width: int = 32) -> None:
        super().__init__()
        self.panorama = nn.Parameter(torch.zeros(1, 3, height, width))
        """Raw colours; rows from the nadir up, columns from the south clockwise."""

    def forward(self, rays_d: Float[Tensor, "N 3"]) -> Float[Tensor, "N 3"]:
        """Colours in [0, 1] for unit directions."""
        width = self.panorama.shape[3]
        bearing = torch.atan2(rays_d[:, 0], rays_d[:, 1]) / math.pi  # [-1, 1], 0 is north
        rise = torch.asin(rays_d[:, 2].clamp(-1, 1)) / (math.pi / 2)
        # One column more on each side closes the circle.
        closed = functional.pad(self.panorama, (1, 1, 0, 0), mode="circular")
        places = torch.stack([bearing * width / (width + 2), rise], dim=-1)[None, None]  # (1, 1, N, 2)
        raw = functional.grid_sample(closed, places, align_corners=False, padding_mode="border")
        return raw[0, :, 0].T.sigmoid()
