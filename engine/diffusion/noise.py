"""Noise: how the starting noise of a film moves from frame to frame and stays standard normal."""

import torch
from jaxtyping import Float
from torch import Tensor


def on_great_circle(
    first: Float[Tensor, "1 C h w"], second: Float[Tensor, "1 C h w"], angles_rad: Float[Tensor, " B"]
) -> Float[Tensor, "B C h w"]:
    """Noise on the great circle through `first` (at 0) and `second` (at pi / 2), one for each angle.

    Of two independent standard normal noises every one is standard normal, and two of them correlate by the cosine of
    the angle between them; a whole turn comes back to `first`. Straight lines between noises lose contrast on the way.
    """
    angles = angles_rad.to(first)[:, None, None, None]
    return torch.cos(angles) * first + torch.sin(angles) * second
