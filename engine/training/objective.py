"""The objective: what the UNet is to predict from noisy latents, and how much each photo counts."""

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from diffusers.training_utils import compute_snr
from jaxtyping import Float, Int
from torch import Tensor

from engine.errors import BadRequest


def target(
    scheduler: SchedulerMixin,
    latents: Float[Tensor, "B C h w"],
    noise: Float[Tensor, "B C h w"],
    timesteps: Int[Tensor, " B"],
) -> Float[Tensor, "B C h w"]:
    """What the UNet is to predict, by the scheduler's prediction_type. Raises BadRequest for one that is not known."""
    kind = scheduler.config.prediction_type
    if kind == "epsilon":
        return noise
    if kind == "v_prediction":
        return scheduler.get_velocity(latents, noise, timesteps)
    raise BadRequest(
        f"the base predicts {kind!r}, but only epsilon and v_prediction can be trained; take another base"
    )


def loss_weights(
    scheduler: SchedulerMixin, timesteps: Int[Tensor, " B"], min_snr_gamma: float
) -> Float[Tensor, " B"]:
    """Weight of each photo's squared error: min-SNR (Hang et al. 2023, arXiv 2303.09556), or 1 with a gamma of 0.

    The paper weighs the error of the predicted latents by min(SNR, gamma); an error of noise is SNR times smaller,
    one of velocity SNR + 1 times.
    """
    if not min_snr_gamma:
        return torch.ones(len(timesteps), device=timesteps.device)
    snr = compute_snr(scheduler, timesteps)
    capped = snr.clamp(max=min_snr_gamma)
    if scheduler.config.prediction_type == "v_prediction":
        return capped / (snr + 1)
    return torch.where(snr > 0, capped / snr, 1.0)


def squared_error(
    prediction: Float[Tensor, "B C h w"], wanted: Float[Tensor, "B C h w"], weights: Float[Tensor, " B"]
) -> Float[Tensor, ""]:
    """Mean squared error over pixels, weighed over photos."""
    return ((prediction.float() - wanted.float()).square().mean(dim=(1, 2, 3)) * weights).mean()
