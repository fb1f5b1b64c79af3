"""The base of a run: the Stable Diffusion that it begins from, made ready to be trained."""

from collections.abc import Sequence
from pathlib import Path

import torch
from accelerate import Accelerator
from diffusers import AutoencoderKL, DDIMScheduler

from engine.diffusion.adapter import add_lora
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import load_base
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import TINY
from engine.errors import BadRequest
from engine.training.autoencoder import fit_autoencoder, save_autoencoder
from engine.training.config import TrainingConfig
from engine.training.squares import read_batches
from engine.training.step import OnStep, Pace
from engine.training.workspace import Workspace

_MOST_PICTURES = 4096
"""For the autoencoder; more would not make it better, and they are held in memory."""

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


def open_base(base: str, card: PlaceCard, config: TrainingConfig) -> PlacePipeline:
    """The pipeline of `base` with a new place encoder, whose UNet predicts what `config` says.

    Its UNet and place encoder, or with `lora_rank` its LoRA layers and place encoder, require gradients; nothing else
    does. What is new begins with weights that follow from the seed. Raises MissingModel, BadModel, and BadRequest for
    settings that do not fit the base.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return _open_base(base, card, config)


def give_autoencoder(
    pipe: PlacePipeline,
    paths: Sequence[Path],
    config: TrainingConfig,
    accelerator: Accelerator,
    workspace: Workspace,
    on_step: OnStep | None,
) -> None:
    """Give the pipeline an autoencoder fitted to the photos: the one in the workspace, or a new one that is put there.

    Only the main process fits it. Raises TrainingDiverged and DiskFull.
    """
    if accelerator.is_main_process and not workspace.autoencoder.exists():
        chosen = [paths[index] for index in range(0, len(paths), -(-len(paths) // _MOST_PICTURES))]
        pace, pictures = Pace("pictures", len(chosen), on_step), []
        for images in read_batches(chosen, config.resolution_px, 16):
            pictures.append(((images + 1) * 127.5).round().to(torch.uint8))
            pace.tell(sum(map(len, pictures)))
        fit_autoencoder(pipe.vae, torch.cat(pictures), config, on_step)
        save_autoencoder(pipe.vae, workspace.autoencoder)
    accelerator.wait_for_everyone()
    pipe.vae = AutoencoderKL.from_pretrained(workspace.autoencoder).to(accelerator.device)
    pipe.vae.requires_grad_(False).eval()


def _open_base(base: str, card: PlaceCard, config: TrainingConfig) -> PlacePipeline:
    if base == TINY and config.lora_rank:
        raise BadRequest(
            "LoRA needs a trained base, but tiny is random; set lora_rank to 0, or give another base"
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
    for part in (pipe.vae, pipe.text_encoder, pipe.unet):
        part.requires_grad_(False)
    if config.lora_rank:
        add_lora(pipe, config.lora_rank)
    else:
        pipe.unet.requires_grad_(True)
    if config.gradient_checkpointing:
        pipe.unet.enable_gradient_checkpointing()
    return pipe
