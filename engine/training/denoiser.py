"""The denoiser: what is trained, and one pass of it over photos with noise of a random strength."""

from dataclasses import dataclass, replace

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from jaxtyping import Float, Int
from torch import Tensor, nn

from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.target import target
from engine.training.config import RunConfig
from engine.training.dataset import Dataset
from engine.training.dropout import drop_optional, drop_place, kept
from engine.training.objective import drawn_timesteps, loss_weights, squared_error

_GOLDEN_RATIO = 0.618033988749895
"""Its multiples modulo 1 are spread evenly, however many there are."""


class Denoiser(nn.Module):
    """UNet and place encoder as one module, so that they are trained, averaged and shared among devices as one."""

    def __init__(self, pipe: PlacePipeline) -> None:
        super().__init__()
        self.unet = pipe.unet
        self.place_encoder = pipe.place_encoder

    def forward(
        self,
        noisy_latents: Float[Tensor, "B C h w"],
        timesteps: Int[Tensor, " B"],
        text: Float[Tensor, "B L D"],
        values: Float[Tensor, "B K"],
    ) -> Float[Tensor, "B C h w"]:
        """Prediction of the UNet, which attends to the text tokens and, after them, the place tokens."""
        tokens = torch.cat([text, self.place_encoder(values)], dim=1)  # (B, L + K, D)
        return self.unet(noisy_latents, timesteps, tokens, return_dict=False)[0]


@dataclass(frozen=True)
class Batch:
    """Photos as the denoiser sees them in one pass."""

    latents: Float[Tensor, "B C h w"]
    timesteps: Int[Tensor, " B"]
    text: Float[Tensor, "B L D"]
    values: Float[Tensor, "B K"]
    noise_seed: int
    """The noise follows from it."""
    weights: Float[Tensor, " B"] | None = None
    """How much each photo's error counts; None counts all alike."""

    def pinned(self) -> "Batch":
        """The same in memory that a GPU can read by itself."""
        tensors = {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}
        return replace(self, **{name: value.pin_memory() for name, value in tensors.items()})

    def noise(self, device: torch.device) -> Float[Tensor, "B C h w"]:
        """The noise; a GPU draws it by itself, so that it need not wait for the processor."""
        generator = torch.Generator(device).manual_seed(self.noise_seed)
        return torch.randn(self.latents.shape, generator=generator, device=device)

    def loss(
        self, denoiser: nn.Module, scheduler: SchedulerMixin, device: torch.device, min_snr_gamma: float = 0.0
    ) -> Float[Tensor, ""]:
        """Mean squared error of the denoiser's prediction, weighed over photos."""
        latents, text, values = (
            each.to(device, non_blocking=True).float() for each in (self.latents, self.text, self.values)
        )
        timesteps, noise = self.timesteps.to(device, non_blocking=True), self.noise(device)
        noisy = scheduler.add_noise(latents, noise, timesteps)
        prediction = denoiser(noisy, timesteps, text, values)
        weights = loss_weights(scheduler, timesteps, min_snr_gamma)
        if self.weights is not None:
            weights = weights * self.weights.to(device, non_blocking=True)
        return squared_error(prediction, target(scheduler, latents, noise, timesteps), weights)


def draw_batch(
    dataset: Dataset,
    rows: Int[Tensor, " B"],
    config: RunConfig,
    num_train_timesteps: int,
    generator: torch.Generator,
) -> Batch:
    """The photos `rows` with drawn noise, timesteps, and conditions left out by condition dropout."""
    latents, values = dataset.latents[rows], dataset.values[rows]
    timesteps = drawn_timesteps(
        torch.rand(len(rows), generator=generator), num_train_timesteps, config.timestep_shift
    )
    keeps_text, keeps_place = kept(
        torch.rand(len(rows), generator=generator),
        config.text_only_probability,
        config.gps_only_probability,
        config.neither_probability,
    )
    draws = torch.rand(values.shape, generator=generator)
    position_only = torch.rand(len(rows), generator=generator) < config.position_only_probability
    values = drop_optional(values, dataset.conditions, draws, config.optional_dropout, position_only)
    text = dataset.texts[torch.where(keeps_text, dataset.text_rows[rows], 0)]
    return Batch(latents, timesteps, text, drop_place(values, keeps_place), _seed(generator))


def fixed_batch(
    dataset: Dataset, rows: Int[Tensor, " B"], num_train_timesteps: int, generator: torch.Generator
) -> Batch:
    """The photos `rows` with all their conditions and timesteps spread evenly over rows, to measure a loss with."""
    timesteps = (rows * _GOLDEN_RATIO % 1 * num_train_timesteps).long()
    return whole_batch(dataset, rows, timesteps, generator)


def whole_batch(
    dataset: Dataset, rows: Int[Tensor, " B"], timesteps: Int[Tensor, " B"], generator: torch.Generator
) -> Batch:
    """The photos `rows` with drawn noise of the strength of `timesteps`, and with nothing left out."""
    text = dataset.texts[dataset.text_rows[rows]]
    return Batch(dataset.latents[rows], timesteps, text, dataset.values[rows], _seed(generator))


def _seed(generator: torch.Generator) -> int:
    return int(torch.randint(2**62, (), generator=generator))
