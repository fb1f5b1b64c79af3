"""The autoencoder's two kinds: opened as what they are, and latents in the scale of the UNet both ways."""

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderDC, AutoencoderKL

from engine.diffusion.autoencoder import (
    Autoencoder,
    decode_latents,
    encode_images,
    open_autoencoder,
    scale_factor,
)


def kl() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        norm_num_groups=4,
        scaling_factor=0.5,
        shift_factor=0.25,
    )


def dc() -> AutoencoderDC:
    channels, layers = (8, 8, 16), (0, 1, 1)
    return AutoencoderDC(
        latent_channels=4,
        encoder_block_out_channels=channels,
        encoder_layers_per_block=layers,
        decoder_block_out_channels=channels,
        decoder_layers_per_block=layers,
        scaling_factor=2.0,
    )


@pytest.mark.parametrize("build", [kl, dc])
def test_each_is_opened_as_what_it_is(build, tmp_path: Path) -> None:
    vae: Autoencoder = build().eval()
    vae.save_pretrained(tmp_path / "model" / "vae")
    opened = open_autoencoder(tmp_path / "model", "vae")
    assert type(opened) is type(vae)
    assert type(open_autoencoder(tmp_path / "model" / "vae")) is type(vae)
    images = torch.rand(2, 3, 16, 16) * 2 - 1
    torch.testing.assert_close(encode_images(opened.eval(), images), encode_images(vae, images))


@pytest.mark.parametrize("build", [kl, dc])
def test_one_latent_stands_for_four_pixels(build) -> None:
    vae = build().eval()
    assert scale_factor(vae) == 4
    latents = encode_images(vae, torch.zeros(1, 3, 32, 16))
    assert latents.shape == (1, 4, 8, 4)
    assert decode_latents(vae, latents).shape == (1, 3, 32, 16)


def test_latents_are_shifted_and_scaled_and_brought_back() -> None:
    vae, images = kl().eval(), torch.rand(1, 3, 16, 16)
    with torch.no_grad():
        own = vae.encode(images).latent_dist.mode()
        again = vae.decode(own).sample
    torch.testing.assert_close(encode_images(vae, images), (own - 0.25) * 0.5)
    torch.testing.assert_close(decode_latents(vae, encode_images(vae, images)), again)


def test_the_deep_kind_has_a_scale_and_no_shift() -> None:
    vae, images = dc().eval(), torch.rand(1, 3, 16, 16)
    with torch.no_grad():
        own = vae.encode(images).latent
    torch.testing.assert_close(encode_images(vae, images), own * 2)
