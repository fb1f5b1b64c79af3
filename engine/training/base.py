"""The base of a run: the Stable Diffusion that it begins from, made ready to be trained."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import torch
from accelerate import Accelerator
from diffusers import DDIMScheduler
from jaxtyping import UInt8
from torch import Tensor

from engine.diffusion.adapter import add_lora
from engine.diffusion.autoencoder import open_autoencoder
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import NEW_BASES, load_base
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadRequest
from engine.training.autoencoder import fit_autoencoder, save_autoencoder
from engine.training.config import TrainingConfig
from engine.training.squares import read_batches
from engine.training.step import OnStep, Pace
from engine.training.text_encoder import (
    fit_text_encoder,
    known_words,
    learn_vocabulary,
    open_text_encoder,
    save_text_encoder,
)
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


def give_senses(
    pipe: PlacePipeline,
    photos: pa.Table,
    collection: Path,
    config: TrainingConfig,
    accelerator: Accelerator,
    workspace: Workspace,
    on_step: OnStep | None,
) -> None:
    """Give the pipeline of a new base an autoencoder fitted to the photos and, with `text_encoder_steps`, a text
    encoder fitted to their captions: those in the workspace, or new ones that are put there.

    Only the main process fits them. Raises TrainingDiverged and DiskFull.
    """
    reads = config.text_encoder_steps > 0
    sees_already, reads_already = workspace.autoencoder.exists(), workspace.text_encoder.exists() or not reads
    if accelerator.is_main_process and not (sees_already and reads_already):
        rows = range(0, len(photos), -(-len(photos) // _MOST_PICTURES))
        chosen = photos.take(list(rows))
        pictures = _pictures([collection / path for path in chosen["path"].to_pylist()], config, on_step)
        if not sees_already:
            fit_autoencoder(pipe.vae, pictures, config, on_step, workspace.fitting / "autoencoder")
            save_autoencoder(pipe.vae, workspace.autoencoder)
        if not reads_already:
            learn_vocabulary(pipe, _captions(photos), config.seed)
            fit_text_encoder(
                pipe, _captions(chosen), pictures, config, on_step, workspace.fitting / "text_encoder"
            )
            save_text_encoder(pipe, workspace.text_encoder)
    accelerator.wait_for_everyone()
    pipe.vae = open_autoencoder(workspace.autoencoder).to(accelerator.device)
    pipe.vae.requires_grad_(False).eval()
    if reads:
        open_text_encoder(pipe, workspace.text_encoder)
        pipe.text_encoder.to(accelerator.device)
        pipe.card = replace(pipe.card, words=known_words(_captions(photos)))


def _pictures(
    paths: Sequence[Path], config: TrainingConfig, on_step: OnStep | None
) -> UInt8[Tensor, "N 3 H W"]:
    pace, pictures = Pace("pictures", len(paths), on_step), []
    for images in read_batches(paths, config.resolution_px, 16):
        pictures.append(((images + 1) * 127.5).round().to(torch.uint8))
        pace.tell(sum(map(len, pictures)))
    return torch.cat(pictures)


def _captions(photos: pa.Table) -> list[str]:
    return [caption or "" for caption in photos["caption"].to_pylist()]


def _open_base(base: str, card: PlaceCard, config: TrainingConfig) -> PlacePipeline:
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
    for part in (pipe.vae, pipe.text_encoder, pipe.unet):
        part.requires_grad_(False)
    if config.lora_rank:
        add_lora(pipe, config.lora_rank)
    else:
        pipe.unet.requires_grad_(True)
    if config.gradient_checkpointing:
        pipe.unet.enable_gradient_checkpointing()
    return pipe
