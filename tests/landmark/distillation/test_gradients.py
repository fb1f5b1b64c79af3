"""Gradients against closed forms, with the best denoiser of a Gaussian in the place of a model."""

import math

import pytest
import torch

from engine.landmark.distillation import gradients
from engine.landmark.distillation.predictions import add_noise, clean_of

LEVELS = (0.9, 0.3, 0.01)
KINDS = ("epsilon", "v_prediction")


def slope(gaussian, level: float) -> float:
    """Of E[noise | noisy] in the noisy picture."""
    s2 = 1 - level
    return math.sqrt(s2) / (level * gaussian.spread**2 + s2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", LEVELS)
def test_sds_draws_a_picture_straight_to_the_mean(gaussian, drawn, kind: str, level: float) -> None:
    # Over all noise it is w s a (x - mean) / (a^2 spread^2 + s^2); the denoiser is linear, so two opposite noises do.
    latents, noise = drawn(3), drawn(4)
    found = torch.zeros_like(latents)
    for each in (noise, -noise):
        said = gaussian.prediction(add_noise(latents, each, level), level, kind)
        found += gradients.sds(said, latents, each, level, kind) / 2
    wanted = (1 - level) * slope(gaussian, level) * math.sqrt(level) * (latents - gaussian.mean)
    assert torch.allclose(found, wanted)


@pytest.mark.parametrize("level", LEVELS)
def test_sds_of_one_noise_is_the_same_for_both_kinds(gaussian, drawn, level: float) -> None:
    latents, noise = drawn(3), drawn(4)
    noisy = add_noise(latents, noise, level)
    by_noise, by_velocity = (
        gradients.sds(gaussian.prediction(noisy, level, kind), latents, noise, level, kind) for kind in KINDS
    )
    assert torch.allclose(by_noise, by_velocity)
    assert torch.allclose(by_noise, (1 - level) * (gaussian.noise(noisy, level) - noise))


def test_sds_of_pure_noise_is_nothing(gaussian, drawn) -> None:
    latents, noise = drawn(3), drawn(4)
    said = gaussian.prediction(noise, 0.0, "v_prediction")
    assert torch.equal(gradients.sds(said, latents, noise, 0.0, "v_prediction"), torch.zeros_like(latents))


def test_descent_along_sds_ends_at_the_mean(gaussian, drawn) -> None:
    latents, generator = drawn(3), torch.Generator().manual_seed(5)
    for step in range(600):
        noise = torch.randn(latents.shape, generator=generator, dtype=torch.float64)
        said = gaussian.prediction(add_noise(latents, noise, 0.5), 0.5, "v_prediction")
        latents = latents - 1 / (1 + step / 4) * gradients.sds(said, latents, noise, 0.5, "v_prediction")
    assert (latents - gaussian.mean).abs().mean() < 0.1


def test_the_papers_guidance_is_one_more_than_its_weight(drawn) -> None:
    conditional, unconditional = drawn(3), drawn(4)
    assert torch.equal(gradients.guided(conditional, unconditional, 0.0), conditional)
    assert torch.equal(gradients.guided(conditional, unconditional, -1.0), unconditional)
    usual = unconditional + 7.5 * (conditional - unconditional)  # guidance_scale 7.5
    assert torch.allclose(gradients.guided(conditional, unconditional, 6.5), usual)


def test_csd_is_the_same_wherever_the_picture_is(gaussian, other_gaussian, drawn) -> None:
    # Two Gaussians of one spread: the difference of their noises is -w s a (mean - other mean) / (a^2 spread^2 + s^2).
    for level in LEVELS:
        wanted = -(1 - level) * slope(gaussian, level) * math.sqrt(level)
        wanted = wanted * (gaussian.mean - other_gaussian.mean)
        for seed in (3, 4):
            noisy = add_noise(drawn(seed), drawn(seed + 10), level)
            said = gaussian.noise(noisy, level), other_gaussian.noise(noisy, level)
            assert torch.allclose(gradients.csd(*said, level), wanted)
            assert torch.allclose(gradients.bridge(*said, level, 3.0), 3 * wanted)


def test_vsd_with_a_particle_of_one_picture_is_sds(gaussian, drawn) -> None:
    latents, noise = drawn(3), drawn(4)
    noisy = add_noise(latents, noise, 0.3)
    particle = type(gaussian)(latents, 0.0)
    said = gaussian.noise(noisy, 0.3)
    found = gradients.vsd(said, particle.noise(noisy, 0.3), 0.3)
    assert torch.allclose(found, gradients.sds(said, latents, noise, 0.3, "epsilon"))


def test_vsd_rests_when_renders_are_what_the_model_knows(gaussian, drawn) -> None:
    noisy = add_noise(drawn(3), drawn(4), 0.3)
    said = gaussian.noise(noisy, 0.3)
    assert torch.equal(gradients.vsd(said, said.clone(), 0.3), torch.zeros_like(noisy))


@pytest.mark.parametrize("level", LEVELS)
def test_x0_is_sds_with_another_weight(gaussian, drawn, level: float) -> None:
    latents, noise = drawn(3), drawn(4)
    noisy = add_noise(latents, noise, level)
    clean = gaussian.clean(noisy, level)
    said = gaussian.prediction(noisy, level, "v_prediction")
    assert torch.allclose(clean_of(said, noisy, level, "v_prediction"), clean)
    ratio = math.sqrt((1 - level) / level)
    wanted = ratio * (gaussian.noise(noisy, level) - noise)
    assert torch.allclose(gradients.x0_gradient(latents, clean), wanted)


def test_x0_is_the_slope_of_half_the_squared_distance(drawn) -> None:
    latents, clean = drawn(3).requires_grad_(), drawn(4)
    ((latents - clean).square().sum() / 2).backward()
    assert torch.allclose(latents.grad, gradients.x0_gradient(latents.detach(), clean))


def test_rescaling_brings_contrast_back(drawn) -> None:
    plain = drawn(3)
    strong = plain * 4
    assert torch.allclose(gradients.rescaled(strong, plain, 1.0), plain)
    assert torch.allclose(gradients.rescaled(strong, plain, 0.5), plain * 2.5)
    assert torch.equal(gradients.rescaled(strong, plain, 0.0), strong)
    assert gradients.rescaled(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 3, 3)).isfinite().all()
