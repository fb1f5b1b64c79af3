"""The autoencoder, in one of two kinds: Stable Diffusion's AutoencoderKL, or the deep-compression AutoencoderDC."""

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderDC, AutoencoderKL
from jaxtyping import Float
from torch import Tensor

Autoencoder = AutoencoderKL | AutoencoderDC


def open_autoencoder(base: str | Path, subfolder: str | None = None, **options: Any) -> Autoencoder:
    """The autoencoder of a diffusers folder or hub id, of the class that its config names.

    Raises OSError, as diffusers does, where there is none.
    """
    where = {} if subfolder is None else {"subfolder": subfolder}
    kind = AutoencoderKL.load_config(base, **where)["_class_name"]
    return {"AutoencoderDC": AutoencoderDC}.get(kind, AutoencoderKL).from_pretrained(base, **where, **options)


def scale_factor(vae: Autoencoder) -> int:
    """How many pixels of a picture's side one latent stands for."""
    if isinstance(vae, AutoencoderDC):
        return vae.spatial_compression_ratio
    return 2 ** (len(vae.config["block_out_channels"]) - 1)


def shift_factor(vae: Autoencoder) -> float:
    """Mean of the autoencoder's own latents, which those of the UNet are free of."""
    return vae.config.get("shift_factor") or 0.0


@torch.no_grad()
def encode_images(vae: Autoencoder, images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B C h w"]:
    """Latents of pictures in [-1, 1], in the scale that the UNet sees; what `decode_latents` takes back.

    The most likely latents rather than a sample: what a sample adds is far below the noise of training.
    """
    encoded = vae.encode(images.to(vae.device, vae.dtype))
    latents = encoded.latent if isinstance(vae, AutoencoderDC) else encoded.latent_dist.mode()
    return (latents - shift_factor(vae)) * vae.config["scaling_factor"]


@torch.no_grad()
def decode_latents(vae: Autoencoder, latents: Float[Tensor, "B C h w"]) -> Float[Tensor, "B 3 H W"]:
    """Pictures in about [-1, 1] of latents in the scale that the UNet sees."""
    unscaled = latents / vae.config["scaling_factor"] + shift_factor(vae)
    return vae.decode(unscaled.to(vae.dtype)).sample.float()
