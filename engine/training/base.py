"""The base of a run: the Stable Diffusion that it begins from, made ready to be trained."""

import torch
from diffusers import DDIMScheduler

from engine.diffusion.adapter import add_lora
from engine.diffusion.card import PlaceCard
from engine.diffusion.companion import give_own_unet
from engine.diffusion.loading import NEW_BASES, load_base
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadRequest
from engine.training.config import RunConfig

_SCHEDULES = {
    "epsilon": {"prediction_type": "epsilon"},
    "v_prediction": {
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
    },
}
"""A scheduler for what a UNet newly learns to predict. A velocity can be learned from pure noise as well, so the last
timestep is pure noise, as at the start of sampling (Lin et al. 2024, arXiv 2305.08891)."""


def open_base(base: str, card: PlaceCard, config: RunConfig) -> PlacePipeline:
    """The pipeline of `base` with a new place encoder, whose UNet predicts what `config` says.

    Its UNet and place encoder, or with `lora_rank` its LoRA layers and place encoder, or with `own_unet_channels` new
    ones in their place, require gradients; nothing else does, nor what a place encoder had before conditions were added
    to it. What is new begins with weights that follow from the seed. Raises MissingModel, BadModel, and BadRequest for
    settings that do not fit the base.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return _open_base(base, card, config)


def _open_base(base: str, card: PlaceCard, config: RunConfig) -> PlacePipeline:
    if base in NEW_BASES and config.lora_rank:
        raise BadRequest(
            f"LoRA needs a trained base, but {base} is random; set lora_rank to 0, or give another base"
        )
    pipe = load_base(base, card)
    pipe.card = card
    pipe.set_progress_bar_config(disable=True)
    multiple = pipe.vae_scale_factor * 2 ** (len(pipe.unet.config.block_out_channels) - 1)
    if config.resolution_px % multiple:
        raise BadRequest(
            f"resolution_px {config.resolution_px} does not fit the base {base}; choose a multiple of {multiple}"
        )
    if config.prediction_type not in ("base", pipe.scheduler.config.prediction_type):
        if config.lora_rank:
            raise BadRequest(
                f"LoRA cannot change what the base {base} predicts; set prediction_type to 'base'"
            )
        pipe.scheduler = DDIMScheduler.from_config(
            pipe.scheduler.config, **_SCHEDULES[config.prediction_type]
        )
    if config.own_unet_channels:
        give_own_unet(pipe, config.own_unet_channels)
    for part in (pipe.vae, pipe.text_encoder, pipe.unet):
        part.requires_grad_(False)
    if config.lora_rank:
        add_lora(pipe, config.lora_rank, layers=config.lora_layers)
    else:
        pipe.unet.requires_grad_(True)
    if pipe.place_encoder.added is not None:
        pipe.place_encoder.requires_grad_(False)
        pipe.place_encoder.added.requires_grad_(True)
    if config.gradient_checkpointing:
        pipe.unet.enable_gradient_checkpointing()
    return pipe
