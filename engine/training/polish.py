"""The polish: the decoder of a fitted autoencoder learns to be sharp, while its latents stay what they are.

A decoder that only minimises its error paints the mean of everything that the latents leave open, which is blur.
Beside it a critic learns to tell decoded pictures from photos by patches (Isola et al. 2017, arXiv 1611.07004), and the
decoder learns to make the critic see the same in both, and to be taken for a photo (hinge loss). The critic begins to
look somewhere else each time: always from the same corner, its strides and the decoder's would fall together, and what
it overlooks would stay in every picture as a grid.
"""

from itertools import pairwise
from pathlib import Path

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import leaky_relu, relu
from torch.nn.utils.parametrizations import spectral_norm

from engine.diffusion.autoencoder import Autoencoder, encode_images, shift_factor
from engine.training.autoencoder import draw_images, reconstruction_loss
from engine.training.config import TrainingConfig
from engine.training.draws import polish_generator
from engine.training.fitting import Fit, fit
from engine.training.step import OnStep

_WIDTHS = (3, 32, 64, 128, 128)
_STRIDE = 2 ** (len(_WIDTHS) - 1)
"""Pixels between two of the critic's patches."""
_MOST_NOISE = 0.4
"""Of latents whose standard deviation is 1. A generated latent is never quite one that the encoder would give, so the
decoder is taught to make the best of what is off by more and by less."""
_LIKENESS_WEIGHT = 0.5
_HINGE_WEIGHT = 0.05


class Critic(nn.Module):
    """A convolutional network that says of each patch whether it is of a photo: higher for photos."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv2d(before, after, 4, stride=2, padding=1))
            for before, after in pairwise(_WIDTHS)
        )
        self.last = spectral_norm(nn.Conv2d(_WIDTHS[-1], 1, 3, padding=1))

    def forward(self, images: Float[Tensor, "B 3 H W"]) -> list[Tensor]:
        """What each layer makes of pictures in [-1, 1], and last the verdict (B, 1, H / 16, W / 16)."""
        seen = []
        for layer in self.layers:
            images = leaky_relu(layer(images), 0.2)
            seen.append(images)
        return [*seen, self.last(images)]


def polish_decoder(
    vae: Autoencoder,
    pictures: UInt8[Tensor, "N 3 H W"],
    config: TrainingConfig,
    on_step: OnStep | None = None,
    state: Path | None = None,
) -> None:
    """Polish the decoder of `vae` in place; its encoder does not change, so latents that are kept stay true.

    With a folder `state` there are checkpoints, and a run goes on from them. Raises TrainingDiverged when the loss is
    not finite, DiskFull, BadModel for a damaged checkpoint.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        critic = Critic().to(vae.device)
    pictures = pictures.to(vae.device)
    learned = nn.ModuleList([vae.decoder, critic]).to(memory_format=torch.channels_last)
    if config.torch_compile:
        vae.decoder.compile()

    def loss_at(step: int) -> Float[Tensor, ""]:
        generator = polish_generator(config.seed, step)
        images = draw_images(pictures, config, generator).to(vae.device, memory_format=torch.channels_last)
        latents = encode_images(vae, images)
        latents = latents + off(latents.shape, generator).to(latents.device)
        latents = latents / vae.config["scaling_factor"] + shift_factor(vae)
        with torch.autocast(vae.device.type, torch.bfloat16, enabled=config.mixed_precision == "bf16"):
            decoded = vae.decode(latents).sample
            photos, made = from_anywhere(images, decoded, _STRIDE, generator)
            real, fake = critic(photos), critic(made.detach())
            # The same critic as a judge only: what it says teaches the decoder, and not the critic.
            fixed = {name: weight.detach() for name, weight in critic.named_parameters()}
            seen = functional_call(critic, fixed, (made,))
        doubt = hinge_loss(real[-1].float(), fake[-1].float())
        unlike = likeness_loss(seen[:-1], real[:-1])
        taken = -seen[-1].float().mean()
        return (
            reconstruction_loss(decoded.float(), images)
            + _LIKENESS_WEIGHT * unlike
            + _HINGE_WEIGHT * taken
            + doubt
        )

    how = Fit(
        stage="polish",
        steps=config.polish_steps,
        learning_rate=config.polish_learning_rate,
        setting="polish_learning_rate",
        warmup_steps=100,
        checkpoint_every_steps=config.checkpoint_every_steps,
    )
    fit(learned, loss_at, how, on_step, state)
    vae.decoder.to(memory_format=torch.contiguous_format)


def off(shape: torch.Size, generator: torch.Generator) -> Float[Tensor, "B C h w"]:
    """Noise for a batch of latents, of a strength between none and the most that each picture draws for itself."""
    strength = _MOST_NOISE * torch.rand((shape[0], 1, 1, 1), generator=generator)
    return strength * torch.randn(shape, generator=generator)


def from_anywhere(
    photos: Float[Tensor, "B 3 H W"], made: Float[Tensor, "B 3 H W"], stride: int, generator: torch.Generator
) -> tuple[Float[Tensor, "B 3 h w"], Float[Tensor, "B 3 h w"]]:
    """The same part of both, `stride` px less each way, that begins up to so many px off the corner."""
    top, left = torch.randint(stride + 1, (2,), generator=generator).tolist()
    height, width = (side - stride for side in photos.shape[-2:])
    part = (..., slice(top, top + height), slice(left, left + width))
    return photos[part], made[part]


def hinge_loss(real: Float[Tensor, "*B"], fake: Float[Tensor, "*B"]) -> Float[Tensor, ""]:
    """Loss of a critic that should say more than 1 of photos and less than -1 of what was made; 0 where it does."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


def likeness_loss(seen: list[Tensor], real: list[Tensor]) -> Float[Tensor, ""]:
    """Mean absolute difference between what a critic's layers make of decoded pictures and of their photos.

    Each layer counts by its own size, so that none speaks louder than the others. Photos teach nothing here.
    """
    terms = [
        (made.float() - photo.detach().float()).abs().mean() / photo.detach().float().abs().mean()
        for made, photo in zip(seen, real, strict=True)
    ]
    return torch.stack(terms).mean()
