"""The objective: how far the UNet's prediction is off, at which noise, and how much each photo counts."""

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from diffusers.training_utils import compute_snr
from jaxtyping import Float, Int
from torch import Tensor


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


def drawn_timesteps(draws: Float[Tensor, " B"], num_train_timesteps: int, shift: float) -> Int[Tensor, " B"]:
    """Timesteps of even draws in [0, 1), moved towards noise by `shift` (Esser et al. 2024, arXiv 2403.03206, Eq. 23).

    Where a picture's parts lie is decided while there is much noise, which a short training sees too little of.
    """
    share = shift * draws / (1 + (shift - 1) * draws)
    return (share * num_train_timesteps).long().clamp(max=num_train_timesteps - 1)


def squared_error(
    prediction: Float[Tensor, "B C h w"], wanted: Float[Tensor, "B C h w"], weights: Float[Tensor, " B"]
) -> Float[Tensor, ""]:
    """Mean squared error over pixels, weighed over photos."""
    return ((prediction.float() - wanted.float()).square().mean(dim=(1, 2, 3)) * weights).mean()
