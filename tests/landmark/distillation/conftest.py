"""The truth for gradients, a model small enough for tests, and settings of a distillation of seconds."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor

from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.landmark.distillation.config import DistilConfig


@dataclass(frozen=True)
class Gaussian:
    """Pictures that are normal around `mean`; their best denoiser is linear and known in closed form (Bayes)."""

    mean: Tensor
    spread: float

    def clean(self, noisy: Tensor, alpha_bar: float) -> Tensor:
        """E[clean | noisy]."""
        a, s = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
        gain = a * self.spread**2 / (a**2 * self.spread**2 + s**2)
        return self.mean + gain * (noisy - a * self.mean)

    def noise(self, noisy: Tensor, alpha_bar: float) -> Tensor:
        """E[noise | noisy], without a detour over the clean picture."""
        a, s = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
        return s / (a**2 * self.spread**2 + s**2) * (noisy - a * self.mean)

    def prediction(self, noisy: Tensor, alpha_bar: float, kind: str) -> Tensor:
        """What a perfect model of that kind says."""
        a, s = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
        noise = self.noise(noisy, alpha_bar)
        return noise if kind == "epsilon" else a * noise - s * self.clean(noisy, alpha_bar)


@pytest.fixture
def drawn() -> Callable[[int], Tensor]:
    """Function from a seed to standard normal latents in double precision."""

    def drawn(seed: int) -> Tensor:
        return torch.randn(1, 2, 3, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)

    return drawn


@pytest.fixture
def gaussian(drawn: Callable[[int], Tensor]) -> Gaussian:
    """Pictures around something."""
    return Gaussian(drawn(0) * 2, 0.7)


@pytest.fixture
def other_gaussian(drawn: Callable[[int], Tensor]) -> Gaussian:
    """Pictures around something else, as different from each other."""
    return Gaussian(drawn(1) * 2, 0.7)


def _pipe(kind: str) -> PlacePipeline:
    card = PlaceCard(
        name="Cathedral",
        kind="angle",
        conditions=("azimuth", "hour"),
        resolution_px=64,
        latent_rgb=((0.2, 0, 0), (0, 0.2, 0), (0, 0, 0.2), (0, 0, 0), (0.5, 0.5, 0.5)),
    )
    pipe = build_tiny(card)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pipe.unet = UNet2DConditionModel(
            sample_size=16,
            block_out_channels=(16, 32),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            layers_per_block=1,
            attention_head_dim=2,
            norm_num_groups=8,
            cross_attention_dim=64,
        )
    if kind == "v_prediction":
        pipe.scheduler = DDIMScheduler.from_config(
            pipe.scheduler.config,
            prediction_type=kind,
            rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture
def pipe() -> PlacePipeline:
    """An untrained model of a landmark's sides that predicts velocity and ends in pure noise, like the demo."""
    return _pipe("v_prediction")


@pytest.fixture
def noise_pipe() -> PlacePipeline:
    """The same one, but it predicts noise, like Stable Diffusion 1.4."""
    return _pipe("epsilon")


@pytest.fixture
def quick() -> Callable[..., DistilConfig]:
    """Function that gives settings of a distillation of seconds, with changes."""
    base = DistilConfig(
        max_train_steps=6,
        guidance_weight=1.0,
        anneal_steps=4,
        inversion_steps=2,
        field="voxels",
        field_cells=12,
        render_px=16,
        num_samples=12,
        shading_from_step=3,
        ring_views=4,
        rounds=2,
        views_per_step=2,
        inference_steps=2,
        fit_steps=3,
        rays_per_step=128,
        learning_rate=0.05,
        state_every_steps=2,
        preview_every_s=1e6,
        preview_px=12,
    )

    def quick(**changes) -> DistilConfig:
        return replace(base, **changes)

    return quick
