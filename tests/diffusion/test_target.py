"""The target: noise or velocity."""

import pytest
import torch
from diffusers import DDIMScheduler

from engine.diffusion.target import target
from engine.errors import BadRequest


def scheduler(prediction_type: str) -> DDIMScheduler:
    return DDIMScheduler(beta_schedule="scaled_linear", prediction_type=prediction_type)


LATENTS = torch.randn(5, 4, 8, 8, generator=torch.Generator().manual_seed(0))
NOISE = torch.randn(5, 4, 8, 8, generator=torch.Generator().manual_seed(1))
TIMESTEPS = torch.tensor([0, 100, 400, 700, 999])


def test_a_noise_predictor_is_to_predict_the_noise() -> None:
    assert torch.equal(target(scheduler("epsilon"), LATENTS, NOISE, TIMESTEPS), NOISE)


def test_a_velocity_predictor_is_to_predict_what_gives_the_latents_back() -> None:
    made = scheduler("v_prediction")
    velocity = target(made, LATENTS, NOISE, TIMESTEPS)
    alpha = made.alphas_cumprod[TIMESTEPS].view(-1, 1, 1, 1)
    noisy = made.add_noise(LATENTS, NOISE, TIMESTEPS)
    assert torch.allclose(alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity, LATENTS, atol=1e-5)
    assert torch.allclose((1 - alpha).sqrt() * noisy + alpha.sqrt() * velocity, NOISE, atol=1e-5)


def test_another_prediction_is_refused() -> None:
    with pytest.raises(BadRequest, match="'sample'"):
        target(scheduler("sample"), LATENTS, NOISE, TIMESTEPS)
