"""The autoencoder of a base of random weights, fitted to the photos before there are latents to train on."""

import math
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from jaxtyping import Float, UInt8
from torch import Tensor

from engine.atomic import writing_folder
from engine.errors import TrainingDiverged
from engine.training.config import TrainingConfig
from engine.training.dataset import encode_images
from engine.training.draws import autoencoder_generator
from engine.training.step import OnStep, Pace

_SQUARE_WEIGHT = 4.0
_EDGE_WEIGHT = 0.5
_KL_WEIGHT = 1e-4
_WARMUP_STEPS = 20


def fit_autoencoder(
    vae: AutoencoderKL,
    pictures: UInt8[Tensor, "N 3 H W"],
    config: TrainingConfig,
    on_step: OnStep | None = None,
) -> None:
    """Fit `vae` to the pictures in place, and scale its latents to mean 0 and standard deviation 1.

    The loss is that of `reconstruction_loss` with a small KL.
    Raises TrainingDiverged when the loss is not finite.
    """
    vae.requires_grad_(True).train()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=config.autoencoder_learning_rate, weight_decay=0.0)
    pace = Pace("autoencoder", config.autoencoder_steps, on_step)
    for step in range(config.autoencoder_steps):
        generator = autoencoder_generator(config.seed, step)
        chosen = torch.randint(len(pictures), (config.autoencoder_batch_size,), generator=generator)
        images = as_images(pictures[chosen]).to(vae.device)
        posterior = vae.encode(images).latent_dist
        noise = torch.randn(posterior.mean.shape, generator=generator).to(vae.device)
        decoded = vae.decode(posterior.mean + posterior.std * noise).sample
        loss = reconstruction_loss(decoded, images) + _KL_WEIGHT * posterior.kl().mean() / images[0].numel()
        if not torch.isfinite(loss):
            raise TrainingDiverged(
                f"the autoencoder's loss is not finite at step {step + 1}; lower autoencoder_learning_rate "
                f"(now {config.autoencoder_learning_rate:g})"
            )
        rate = _learning_rate_at(step, config)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        pace.tell(step + 1, loss.item(), rate)
    vae.requires_grad_(False).eval()
    vae.register_to_config(scaling_factor=1.0, shift_factor=0.0)
    latents = torch.cat([encode_images(vae, as_images(part)) for part in pictures.split(64)])
    vae.register_to_config(scaling_factor=1.0 / latents.std().item(), shift_factor=latents.mean().item())


def reconstruction_loss(
    decoded: Float[Tensor, "B 3 H W"], images: Float[Tensor, "B 3 H W"]
) -> Float[Tensor, ""]:
    """Error of a decoded picture, 0 for equal ones.

    The absolute error alone makes rare colours grey (a red car, a hedge), so the squared error counts too; the error of
    differences between neighbouring pixels keeps edges.
    """
    error = decoded - images
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + _SQUARE_WEIGHT * error.square().mean() + _EDGE_WEIGHT * edges


def as_images(pictures: UInt8[Tensor, "N 3 H W"]) -> Float[Tensor, "N 3 H W"]:
    """Pictures of bytes as numbers in [-1, 1]."""
    return pictures.float() / 127.5 - 1


def save_autoencoder(vae: AutoencoderKL, folder: Path) -> None:
    """Write the autoencoder, whole or not at all. Raises DiskFull."""
    with writing_folder(folder) as temporary:
        vae.save_pretrained(temporary)


def _learning_rate_at(step: int, config: TrainingConfig) -> float:
    """A short rise, then half a cosine down to a twentieth."""
    fall = (1 + math.cos(math.pi * step / config.autoencoder_steps)) / 2
    return config.autoencoder_learning_rate * min(1.0, (step + 1) / _WARMUP_STEPS) * (0.05 + 0.95 * fall)
