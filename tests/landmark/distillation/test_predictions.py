"""Predictions: noise and clean picture come back from either kind, and pure noise divides by nothing."""

import torch

from engine.landmark.distillation.predictions import add_noise, clean_of, noise_of, velocity


def test_both_kinds_give_the_picture_and_the_noise_back(drawn) -> None:
    latents, noise = drawn(3), drawn(4)
    for level in (0.98, 0.5, 0.02):
        noisy = add_noise(latents, noise, level)
        for kind, said in (("epsilon", noise), ("v_prediction", velocity(latents, noise, level))):
            assert torch.allclose(clean_of(said, noisy, level, kind), latents)
            assert torch.allclose(noise_of(said, noisy, level, kind), noise)


def test_noise_is_added_with_its_variance(drawn) -> None:
    latents, noise = torch.full((1, 1, 1, 1), 10.0), torch.full((1, 1, 1, 1), 5.0)
    assert add_noise(latents, noise, 0.64).item() == 0.8 * 10 + 0.6 * 5


def test_of_pure_noise_a_velocity_is_minus_the_picture(drawn) -> None:
    latents, noise = drawn(3), drawn(4)
    said = velocity(latents, noise, 0.0)
    assert torch.equal(said, -latents)
    assert torch.equal(clean_of(said, add_noise(latents, noise, 0.0), 0.0, "v_prediction"), latents)
    assert torch.equal(noise_of(said, add_noise(latents, noise, 0.0), 0.0, "v_prediction"), noise)
