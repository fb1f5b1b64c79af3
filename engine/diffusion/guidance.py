"""Guidance: how the branches of a place-conditioned denoiser become one prediction."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

Denoiser = Callable[[Float[Tensor, "B C H W"], Tensor], Float[Tensor, "B C H W"]]
"""(latents, timestep) -> prediction; what a sampler calls."""


def combine_dual(
    uncond: Float[Tensor, "B C H W"],
    text: Float[Tensor, "B C H W"],
    full: Float[Tensor, "B C H W"],
    guidance_scale: float,
    gps_guidance_scale: float,
) -> Float[Tensor, "B C H W"]:
    """Prediction guided by text and place: e(0,0) + w_p (e(p,0) - e(0,0)) + w_g (e(p,g) - e(p,0)) (paper).

    (1, 1) gives `full` back, (0, 0) gives `uncond`; any real weights are allowed. Linear, so it holds for noise,
    velocity and flow predictions alike.
    """
    return uncond + guidance_scale * (text - uncond) + gps_guidance_scale * (full - text)


def guided(
    unet: Callable[..., Tensor],
    tokens: Float[Tensor, "M N D"],
    guidance_scale: float,
    gps_guidance_scale: float,
) -> Denoiser:
    """Denoiser that evaluates the three branches as one batch of three and combines them.

    `unet(latents, timestep, tokens)` returns the raw prediction; `tokens` (M = 3 B) hold the branches in the order
    (no text, no place), (text, no place), (text, place).
    """

    def denoise(latents: Float[Tensor, "B C H W"], timestep: Tensor) -> Float[Tensor, "B C H W"]:
        prediction = unet(latents.repeat(3, 1, 1, 1), timestep, tokens)  # (3B, C, H, W)
        return combine_dual(*prediction.chunk(3), guidance_scale, gps_guidance_scale)

    return denoise
