"""Predictions: what a denoiser says, read as noise or as the clean picture; safe where a schedule ends in pure noise.

Throughout, noisy = a clean + s noise with a = sqrt(alpha_bar) and s = sqrt(1 - alpha_bar).
"""

import math
from typing import Literal

from jaxtyping import Float
from torch import Tensor

Kind = Literal["epsilon", "v_prediction"]
"""What the denoiser predicts: the noise, or the velocity a noise - s clean (Salimans and Ho 2022)."""


def add_noise(
    latents: Float[Tensor, "B C h w"], noise: Float[Tensor, "B C h w"], alpha_bar: float
) -> Float[Tensor, "B C h w"]:
    """a latents + s noise."""
    return math.sqrt(alpha_bar) * latents + math.sqrt(1 - alpha_bar) * noise


def velocity(
    latents: Float[Tensor, "B C h w"], noise: Float[Tensor, "B C h w"], alpha_bar: float
) -> Float[Tensor, "B C h w"]:
    """a noise - s latents, which is what a v-prediction aims at."""
    return math.sqrt(alpha_bar) * noise - math.sqrt(1 - alpha_bar) * latents


def noise_of(
    prediction: Float[Tensor, "B C h w"], noisy: Float[Tensor, "B C h w"], alpha_bar: float, kind: Kind
) -> Float[Tensor, "B C h w"]:
    """The noise that a prediction stands for: itself, or s noisy + a v. Nothing is divided by."""
    if kind == "epsilon":
        return prediction
    return math.sqrt(1 - alpha_bar) * noisy + math.sqrt(alpha_bar) * prediction


def clean_of(
    prediction: Float[Tensor, "B C h w"], noisy: Float[Tensor, "B C h w"], alpha_bar: float, kind: Kind
) -> Float[Tensor, "B C h w"]:
    """The clean latents that a prediction stands for: (noisy - s e) / a, or a noisy - s v.

    Of a v-prediction finite even at alpha_bar 0; a prediction of noise says nothing of the picture there, and no
    schedule made for it goes so far.
    """
    a, s = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
    return (noisy - s * prediction) / a if kind == "epsilon" else a * noisy - s * prediction
