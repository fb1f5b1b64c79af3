"""The objective: weights by the signal-to-noise ratio, and the error that they weigh."""

import pytest
import torch
from diffusers import DDIMScheduler

from engine.training.objective import drawn_timesteps, loss_weights, squared_error


def scheduler(prediction_type: str) -> DDIMScheduler:
    return DDIMScheduler(beta_schedule="scaled_linear", prediction_type=prediction_type)


TIMESTEPS = torch.tensor([0, 100, 400, 700, 999])


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
def test_min_snr_weighs_the_error_of_the_latents_by_the_capped_ratio(kind: str) -> None:
    made = scheduler(kind)
    alpha = made.alphas_cumprod[TIMESTEPS].double()
    snr = alpha / (1 - alpha)
    # Squared error of the latents, for an error of 1 in what is predicted: dx = sigma / sqrt(alpha) or sigma.
    in_latents = 1 / snr if kind == "epsilon" else 1 - alpha
    expected = snr.clamp(max=5.0) * in_latents
    assert loss_weights(made, TIMESTEPS, 5.0).double() == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("shift", "median"), [(1.0, 500), (3.0, 750), (0.5, 333)])
def test_shifted_timesteps_have_their_median_where_the_shift_says(shift: float, median: int) -> None:
    timesteps = drawn_timesteps((torch.arange(10_000) + 0.5) / 10_000, 1_000, shift)
    assert timesteps.median() == pytest.approx(median, abs=1)
    assert timesteps.min() == 0
    assert timesteps.max() == 999
    assert drawn_timesteps(torch.tensor([1.0]), 1_000, shift) == 999  # a float32 draw may round up
    if shift == 1.0:
        assert torch.equal(timesteps.bincount(), torch.full((1_000,), 10))


def test_without_min_snr_every_timestep_counts_alike() -> None:
    assert torch.equal(loss_weights(scheduler("epsilon"), TIMESTEPS, 0.0), torch.ones(5))


def test_weights_stay_finite_where_there_is_no_signal() -> None:
    made = DDIMScheduler(rescale_betas_zero_snr=True, prediction_type="v_prediction")
    assert loss_weights(made, torch.tensor([999]), 5.0).item() == 0
    blind = DDIMScheduler(rescale_betas_zero_snr=True, prediction_type="epsilon")
    assert torch.isfinite(loss_weights(blind, torch.tensor([999]), 5.0)).all()


def test_the_error_is_weighed_over_photos() -> None:
    prediction = torch.zeros(2, 1, 2, 2)
    wanted = torch.tensor([1.0, 3.0]).view(2, 1, 1, 1).expand(2, 1, 2, 2)
    assert squared_error(prediction, wanted, torch.tensor([1.0, 0.5])).item() == pytest.approx((1 + 4.5) / 2)
