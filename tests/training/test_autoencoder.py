"""The autoencoder of a random base: it learns, and its latents have the scale that the UNet expects."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderDC

from engine.diffusion.autoencoder import encode_images
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import TrainingDiverged
from engine.training.autoencoder import as_images, crops, fit_autoencoder, reconstruction_loss

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
    assert reconstruction_loss(shifted, images).item() == pytest.approx(0.1 + 4 * 0.01 + 2 * 0.1, rel=1e-3)
    assert reconstruction_loss(images.flip(-1), images) > reconstruction_loss(shifted, images)


def test_a_rate_that_is_far_too_high_is_named(pipe: PlacePipeline, quick) -> None:
    with torch.no_grad():
        next(pipe.vae.parameters()).fill_(float("nan"))
    config = replace(quick(), autoencoder_steps=2)
    with pytest.raises(TrainingDiverged, match="autoencoder_learning_rate"):
        fit_autoencoder(pipe.vae, PICTURES, config)


def test_the_deep_kind_is_fitted_on_crops_at_both_sizes(quick, tmp_path: Path) -> None:
    config = replace(
        quick(),
        autoencoder_steps=30,
        autoencoder_batch_size=4,
        autoencoder_crop_px=32,
        autoencoder_half_size_probability=0.3,
        checkpoint_every_steps=10,
    )
    torch.manual_seed(0)
    channels, layers = (16, 16, 32), (0, 1, 1)
    vae = AutoencoderDC(
        latent_channels=8,
        encoder_block_out_channels=channels,
        encoder_layers_per_block=layers,
        decoder_block_out_channels=channels,
        decoder_layers_per_block=layers,
    )
    losses: list[float] = []
    fit_autoencoder(vae, PICTURES, config, lambda step: losses.append(step.loss), tmp_path)
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])
    latents = encode_images(vae, as_images(PICTURES))
    assert latents.square().mean().item() == pytest.approx(1, abs=1e-3)


def test_crops_are_squares_from_anywhere_and_never_mirrored() -> None:
    ramp = torch.arange(64, dtype=torch.uint8).repeat(5, 3, 64, 1)
    cut = crops(ramp, 16, torch.Generator().manual_seed(0))
    assert cut.shape == (5, 3, 16, 16)
    assert (cut.int().diff(dim=-1) == 1).all()
    assert len(set(cut[:, 0, 0, 0].tolist())) > 1
    assert crops(ramp, 0, torch.Generator()) is ramp
