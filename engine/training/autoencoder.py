"""The autoencoder of a base of random weights, fitted to the photos before there are latents to train on."""

from pathlib import Path

import torch
from diffusers import AutoencoderDC
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.functional import avg_pool2d

from engine.atomic import writing_folder
from engine.diffusion.autoencoder import Autoencoder, encode_images
from engine.training.config import TrainingConfig
from engine.training.draws import autoencoder_generator
from engine.training.fitting import Fit, fit
from engine.training.step import OnStep

_SQUARE_WEIGHT = 4.0
_AREA_WEIGHT = 2.0
_EDGE_WEIGHT = 0.5
_KL_WEIGHT = 1e-4
_NOISE = 0.15
_POWER_WEIGHT = 2e-3
_MEASURED = 1024
"""Pictures whose latents tell the scale of all."""


def fit_autoencoder(
    vae: Autoencoder,
    pictures: UInt8[Tensor, "N 3 H W"],
    config: TrainingConfig,
    on_step: OnStep | None = None,
    state: Path | None = None,
) -> None:
    """Fit `vae` to the pictures in place, and scale its latents to mean 0 and standard deviation 1.

    The loss is that of `reconstruction_loss` with a small KL. Some steps decode latents at half their size and expect
    the picture at half its size: latents that can be made smaller like pictures are easier to generate (EQ-VAE,
    Kouzelis et al. 2025, arXiv 2502.09509). With a folder `state` there are checkpoints, and a run goes on from them.

    Raises TrainingDiverged when the loss is not finite, DiskFull, BadModel for a damaged checkpoint.
    """
    vae.to(memory_format=torch.channels_last)
    pictures = pictures.to(vae.device)
    if config.torch_compile:
        vae.encoder.compile()
        vae.decoder.compile()
    how = Fit(
        stage="autoencoder",
        steps=config.autoencoder_steps,
        learning_rate=config.autoencoder_learning_rate,
        setting="autoencoder_learning_rate",
        checkpoint_every_steps=config.checkpoint_every_steps,
    )
    fit(vae, lambda step: _loss_at(step, vae, pictures, config), how, on_step, state)
    vae.to(memory_format=torch.contiguous_format)
    _scale(vae, pictures)


def reconstruction_loss(
    decoded: Float[Tensor, "B 3 H W"], images: Float[Tensor, "B 3 H W"]
) -> Float[Tensor, ""]:
    """Error of a decoded picture, 0 for equal ones.

    The absolute error alone makes rare colours grey (a red car, a hedge), so the squared error counts too, and so does
    the mean error of squares of 8 px, in which colours are all that is left; the error of differences between
    neighbouring pixels keeps edges.
    """
    error = decoded - images
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    areas = avg_pool2d(error, 8).abs().mean()
    return (
        error.abs().mean()
        + _SQUARE_WEIGHT * error.square().mean()
        + _AREA_WEIGHT * areas
        + _EDGE_WEIGHT * edges
    )


def as_images(pictures: UInt8[Tensor, "N 3 H W"]) -> Float[Tensor, "N 3 H W"]:
    """Pictures of bytes as numbers in [-1, 1]."""
    return pictures.float() / 127.5 - 1


def draw_images(
    pictures: UInt8[Tensor, "N 3 H W"], config: TrainingConfig, generator: torch.Generator
) -> Float[Tensor, "B 3 h w"]:
    """The pictures of one update in [-1, 1], drawn anew each time, or a crop of each."""
    chosen = torch.randint(len(pictures), (config.autoencoder_batch_size,), generator=generator)
    return as_images(crops(pictures[chosen], config.autoencoder_crop_px, generator))


def crops(
    pictures: UInt8[Tensor, "N 3 H W"], side_px: int, generator: torch.Generator
) -> UInt8[Tensor, "N 3 h w"]:
    """A square from anywhere in each picture; the whole of it where `side_px` is 0."""
    height, width = pictures.shape[-2:]
    if not side_px:
        return pictures
    tops = torch.randint(height - side_px + 1, (len(pictures),), generator=generator).tolist()
    lefts = torch.randint(width - side_px + 1, (len(pictures),), generator=generator).tolist()
    corners = zip(pictures, tops, lefts, strict=True)
    return torch.stack([each[:, top : top + side_px, left : left + side_px] for each, top, left in corners])


def save_autoencoder(vae: Autoencoder, folder: Path) -> None:
    """Write the autoencoder, whole or not at all. Raises DiskFull."""
    with writing_folder(folder) as temporary:
        vae.save_pretrained(temporary)


def _loss_at(
    step: int, vae: Autoencoder, pictures: UInt8[Tensor, "N 3 H W"], config: TrainingConfig
) -> Float[Tensor, ""]:
    """Loss of one step, whose pictures and draws follow from its number."""
    generator = autoencoder_generator(config.seed, step)
    images = draw_images(pictures, config, generator).to(vae.device, memory_format=torch.channels_last)
    half = torch.rand((), generator=generator) < config.autoencoder_half_size_probability
    with torch.autocast(vae.device.type, torch.bfloat16, enabled=config.mixed_precision == "bf16"):
        latents, penalty = _noisy_latents(vae, images, generator)
        if half:
            latents, images = avg_pool2d(latents, 2), avg_pool2d(images, 2)
        decoded = vae.decode(latents).sample
    return reconstruction_loss(decoded.float(), images) + penalty


def _noisy_latents(
    vae: Autoencoder, images: Float[Tensor, "B 3 H W"], generator: torch.Generator
) -> tuple[Float[Tensor, "B C h w"], Float[Tensor, ""]]:
    """Latents as the decoder must do with, and what keeps them near standard normal ones.

    AutoencoderKL says how sure it is of each latent. AutoencoderDC does not: its latents all get the same noise, so
    that neighbours in them are neighbours in the picture.
    """
    encoded = vae.encode(images)
    if isinstance(vae, AutoencoderDC):
        mean, deviation = encoded.latent.float(), _NOISE
        penalty = _POWER_WEIGHT * mean.square().mean()
    else:
        posterior = encoded.latent_dist
        mean, deviation = posterior.mean, posterior.std
        penalty = _KL_WEIGHT * posterior.kl().mean() / images[0].numel()
    noise = torch.randn(mean.shape, generator=generator).to(mean.device)
    return mean + deviation * noise, penalty


@torch.no_grad()
def _scale(vae: Autoencoder, pictures: UInt8[Tensor, "N 3 H W"]) -> None:
    """Make the autoencoder's config scale its latents to standard deviation 1, and to mean 0 where it can."""
    shifts = {} if isinstance(vae, AutoencoderDC) else {"shift_factor": 0.0}
    vae.register_to_config(scaling_factor=1.0, **shifts)
    latents = torch.cat([encode_images(vae, as_images(part)) for part in pictures[:_MEASURED].split(64)])
    shifts = {name: latents.mean().item() for name in shifts}
    deviation = latents.std() if shifts else latents.square().mean().sqrt()
    vae.register_to_config(scaling_factor=1.0 / deviation.item(), **shifts)
