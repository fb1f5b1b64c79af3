"""DDIM and its inversion against the closed-form path of a Gaussian, and through pure noise."""

import math

import torch

from engine.landmark.distillation.predictions import add_noise
from engine.landmark.distillation.sampling import ddim, inverted_noise


def levels(count: int, last: float) -> list[float]:
    """From no noise to a level, evenly in the angle whose cosine is a."""
    most = math.acos(math.sqrt(last))
    return [math.cos(most * number / count) ** 2 for number in range(count + 1)]


def reader(gaussian, alpha_bars: list[float]):
    return lambda noisy, number: (
        gaussian.clean(noisy, alpha_bars[number]),
        gaussian.noise(noisy, alpha_bars[number]),
    )


def test_inversion_finds_the_noise_of_the_probability_flow(gaussian, drawn) -> None:
    # On the flow (z - a mean) / sqrt(a^2 spread^2 + s^2) never changes.
    latents, last = drawn(3), 0.2
    wanted = (latents - gaussian.mean) / gaussian.spread
    wanted = wanted * math.sqrt(last * gaussian.spread**2 + 1 - last) + math.sqrt(last) * gaussian.mean
    steps = levels(4000, last)
    assert torch.allclose(ddim(reader(gaussian, steps), latents, steps), wanted, atol=2e-3)
    found = inverted_noise(reader(gaussian, steps), latents, steps)
    assert torch.allclose(add_noise(latents, found, last), wanted, atol=2e-3)


def test_inversion_and_sampling_undo_each_other(gaussian, drawn) -> None:
    up = levels(4000, 0.1)
    down = up[::-1]
    there = ddim(reader(gaussian, up), drawn(3), up)
    assert torch.allclose(ddim(reader(gaussian, down), there, down), drawn(3), atol=5e-3)


def test_a_single_step_from_pure_noise_is_the_mean(gaussian, drawn) -> None:
    steps = [0.0, 1.0]
    assert torch.allclose(ddim(reader(gaussian, steps), drawn(3), steps), gaussian.mean)


def test_fresh_noise_leaves_the_variance(gaussian, drawn) -> None:
    steps = levels(50, 0.2)
    read = reader(gaussian, steps)
    plain = inverted_noise(read, drawn(3), steps)
    mixed = inverted_noise(read, drawn(3), steps, drawn(4), 0.6)
    assert torch.allclose(mixed, 0.8 * plain + 0.6 * drawn(4))
    assert torch.equal(inverted_noise(read, drawn(3), steps, drawn(4), 0.0), plain)


def test_inverted_noise_makes_sds_see_the_picture_alone(gaussian, drawn) -> None:
    # At the mean there is nothing to invert and nothing to correct, whichever the level.
    steps = levels(20, 0.3)
    found = inverted_noise(reader(gaussian, steps), gaussian.mean, steps)
    assert torch.allclose(found, torch.zeros_like(found), atol=1e-12)
