"""Drawing: pictures of the landmark from given cameras, as the model makes them of noise or of what is there."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.predictions import add_noise, clean_of, noise_of
from engine.landmark.distillation.sampling import ddim
from engine.landmark.distillation.teacher import Teacher


def drawn(
    teacher: Teacher,
    config: DistilConfig,
    cameras: Sequence[Camera],
    noise: Float[Tensor, "B C h w"],
    before: Float[Tensor, "B C h w"] | None = None,
    strength: float = 1.0,
) -> Float[Tensor, "B 3 S S"]:
    """Pictures of `render_px` under each camera's side, on the CPU; one noise may be that of all.

    Latents of what was there `before` get noise for the `strength` of all timesteps, which are then walked down again.
    """
    count = max(2, math.ceil(config.inference_steps * strength))
    last = teacher.timestep(strength)
    timesteps = [last - last * step // count for step in range(count)]
    levels = [*(teacher.alpha_bar(timestep) for timestep in timesteps), 1.0]
    tokens = teacher.tokens(cameras)

    def read(noisy: Tensor, number: int) -> tuple[Tensor, Tensor]:
        timestep, level = timesteps[number], levels[number]
        prediction = teacher.guided(noisy, timestep, tokens, config.guidance_weight)
        return (
            clean_of(prediction, noisy, level, teacher.kind),
            noise_of(prediction, noisy, level, teacher.kind),
        )

    if before is None:
        before = torch.zeros(len(cameras), *teacher.latent_shape)
    noisy = add_noise(before, noise, levels[0]).to(teacher.device)
    pictures = teacher.decode(ddim(read, noisy, levels)).cpu()
    return functional.interpolate(pictures, (config.render_px, config.render_px), mode="area")
