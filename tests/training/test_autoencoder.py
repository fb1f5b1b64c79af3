"""The autoencoder of a random base: it learns, and its latents have the scale that the UNet expects."""

from dataclasses import replace

import pytest
import torch

from engine.diffusion.autoencoder import encode_images
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import TrainingDiverged
from engine.training.autoencoder import as_images, fit_autoencoder, reconstruction_loss

PICTURES = torch.nn.functional.interpolate(
    torch.randint(256, (6, 3, 4, 4), generator=torch.Generator().manual_seed(2)).float(),
    (64, 64),
    mode="bilinear",
).to(torch.uint8)


def test_it_learns_and_scales_its_latents(pipe: PlacePipeline, quick) -> None:
    config = replace(quick(), autoencoder_steps=25, autoencoder_batch_size=3, autoencoder_learning_rate=3e-3)
    steps: list[float] = []
    fit_autoencoder(pipe.vae, PICTURES, config, lambda step: steps.append(step.loss))
    assert len(steps) == 25
    assert sum(steps[-5:]) < 0.6 * sum(steps[:5])
    latents = encode_images(pipe.vae, as_images(PICTURES))
    assert latents.std().item() == pytest.approx(1, abs=1e-3)
    assert latents.mean().item() == pytest.approx(0, abs=1e-3)
    assert not any(weight.requires_grad for weight in pipe.vae.parameters())


def test_the_same_seed_fits_the_same_autoencoder(pipe: PlacePipeline, quick) -> None:
    start = {name: weight.clone() for name, weight in pipe.vae.state_dict().items()}
    config = replace(quick(), autoencoder_steps=2, autoencoder_batch_size=2)
    fit_autoencoder(pipe.vae, PICTURES, config)
    first = {name: weight.clone() for name, weight in pipe.vae.state_dict().items()}
    pipe.vae.load_state_dict(start)
    fit_autoencoder(pipe.vae, PICTURES, config)
    assert all(torch.equal(weight, first[name]) for name, weight in pipe.vae.state_dict().items())


def test_the_loss_is_nothing_only_for_equal_pictures() -> None:
    images = as_images(PICTURES)
    assert reconstruction_loss(images, images).item() == 0
    shifted = images + 0.1
    assert reconstruction_loss(shifted, images).item() == pytest.approx(0.1 + 4 * 0.01, rel=1e-3)
    assert reconstruction_loss(images.flip(-1), images) > reconstruction_loss(shifted, images)


def test_a_rate_that_is_far_too_high_is_named(pipe: PlacePipeline, quick) -> None:
    with torch.no_grad():
        next(pipe.vae.parameters()).fill_(float("nan"))
    config = replace(quick(), autoencoder_steps=2)
    with pytest.raises(TrainingDiverged, match="autoencoder_learning_rate"):
        fit_autoencoder(pipe.vae, PICTURES, config)
