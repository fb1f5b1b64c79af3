"""Previews: latents to small pictures by one matrix, without the VAE."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor


def latents_to_rgb(latents: Float[Tensor, "B C h w"], latent_rgb: Sequence[Sequence[float]]) -> np.ndarray:
    """Pictures (B, h, w, 3), uint8, of latents in the scale that the UNet sees."""
    matrix = torch.tensor(latent_rgb, dtype=torch.float32)  # (C + 1, 3)
    rgb = _with_constant(latents) @ matrix
    return (rgb.clamp(0, 1) * 255).round().to(torch.uint8).numpy()


def fit_latent_rgb(
    latents: Float[Tensor, "B C h w"], images: Float[Tensor, "B 3 H W"]
) -> tuple[tuple[float, ...], ...]:
    """(C + 1) x 3 matrix that takes latents to the `images` in [-1, 1] they encode, by ridge regression."""
    small = torch.nn.functional.interpolate(images.float().cpu(), size=latents.shape[-2:], mode="area")
    targets = small.movedim(1, -1).reshape(-1, 3) / 2 + 0.5
    inputs = _with_constant(latents).reshape(-1, latents.shape[1] + 1)
    gram = inputs.T @ inputs + 1e-4 * len(inputs) * torch.eye(inputs.shape[1])
    return tuple(tuple(row) for row in torch.linalg.solve(gram, inputs.T @ targets).tolist())


def _with_constant(latents: Float[Tensor, "B C h w"]) -> Float[Tensor, "B h w D"]:
    """Latents with channels last and a constant 1 as the last of D = C + 1 channels."""
    channels_last = latents.detach().float().cpu().movedim(1, -1)
    return torch.cat([channels_last, torch.ones_like(channels_last[..., :1])], dim=-1)
