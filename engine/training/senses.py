"""The senses of a new base: it learns to see the photos and to read their captions before it learns where they are."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import torch
from accelerate import Accelerator
from jaxtyping import UInt8
from torch import Tensor

from engine.diffusion.autoencoder import open_autoencoder
from engine.diffusion.pipeline import PlacePipeline
from engine.training.autoencoder import fit_autoencoder, save_autoencoder
from engine.training.config import TrainingConfig
from engine.training.polish import polish_decoder
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

_MOST_PICTURES = 8192
"""Held in memory, where 8,192 of 256 px take 1.6 GB."""


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
        chosen, pictures = _some(photos, collection, config, on_step)
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


def sharpen(
    pipe: PlacePipeline,
    photos: pa.Table,
    collection: Path,
    config: TrainingConfig,
    workspace: Workspace,
    on_step: OnStep | None,
) -> None:
    """Polish the pipeline's decoder on the photos (`polish_decoder`). Raises TrainingDiverged and DiskFull."""
    _, pictures = _some(photos, collection, config, on_step)
    polish_decoder(pipe.vae, pictures, config, on_step, workspace.fitting / "polish")


def _some(
    photos: pa.Table, collection: Path, config: TrainingConfig, on_step: OnStep | None
) -> tuple[pa.Table, UInt8[Tensor, "N 3 H W"]]:
    """As many of the photos as are held in memory, spread evenly over the table, and their pictures."""
    count = min(len(photos), _MOST_PICTURES)
    chosen = photos.take([index * len(photos) // count for index in range(count)])
    paths = [collection / path for path in chosen["path"].to_pylist()]
    pace, pictures = Pace("pictures", count, on_step), []
    for images in read_batches(paths, config.resolution_px, 16):
        pictures.append(((images + 1) * 127.5).round().to(torch.uint8))
        pace.tell(sum(map(len, pictures)))
    return chosen, torch.cat(pictures)


def _captions(photos: pa.Table) -> list[str]:
    return [caption or "" for caption in photos["caption"].to_pylist()]
