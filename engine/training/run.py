"""A run: what every training begins and ends with, whatever the model is told."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import GradientAccumulationPlugin, ProjectConfiguration

from engine.diffusion.adapter import save_adapter
from engine.diffusion.companion import save_companion
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.preview import fit_latent_rgb
from engine.errors import BadRequest, MissingExtra
from engine.training.config import RunConfig
from engine.training.dataset import Dataset
from engine.training.learner import Learner
from engine.training.squares import read_batches
from engine.training.workspace import Workspace

_PREVIEW_PHOTOS = 64


def check_machine(config: RunConfig) -> None:
    """Nothing, when this machine can do what the settings ask for. Raises BadRequest, MissingExtra."""
    if config.mixed_precision == "fp16" and not torch.cuda.is_available():
        raise BadRequest("mixed_precision fp16 needs a CUDA device; choose bf16 or no")
    if config.tensorboard and not find_spec("tensorboard"):
        raise MissingExtra("TensorBoard is not installed; install it with: pip install tensorboard")


def open_accelerator(config: RunConfig, workspace: Workspace) -> Accelerator:
    """The devices of the run. Raises BadRequest where they cannot share a batch."""
    # Accelerate keeps its state for the life of a process and refuses a second precision; a studio trains many times.
    AcceleratorState._reset_state()
    accelerator = Accelerator(
        mixed_precision=config.mixed_precision,
        gradient_accumulation_plugin=GradientAccumulationPlugin(sync_with_dataloader=False),
        dynamo_backend="inductor" if config.torch_compile else "no",
        log_with="tensorboard" if config.tensorboard else None,
        project_config=ProjectConfiguration(logging_dir=str(workspace.tensorboard)),
    )
    accelerator.gradient_accumulation_steps = config.passes(accelerator.num_processes)
    return accelerator


def with_picture(photos: pa.Table) -> pa.Table:
    """The photos that are more than a position."""
    return photos.filter(pc.is_valid(photos["path"]))


def save_model(
    pipe: PlacePipeline,
    learner: Learner,
    dataset: Dataset,
    trained: pa.Table,
    root: Path,
    workspace: Workspace,
) -> None:
    """Write the pipeline as the run's model, or with `lora_rank` as its adapter, or with `own_unet_channels` as its
    companion. Raises DiskFull.

    `trained` are the photos of `dataset`, in the folder `root`.
    """
    config = learner.config
    pipe.card = replace(
        pipe.card,
        latent_rgb=_latent_rgb(dataset, [root / path for path in trained["path"].to_pylist()], config),
        training={**pipe.card.training, "steps_skipped": learner.skipped},
    )
    pipe.photo_places = PhotoPlaces(*(trained[name].to_numpy() for name in ("latitude", "longitude")))
    save = save_pipeline
    if config.lora_rank:
        save = save_adapter
    elif config.own_unet_channels:
        save = save_companion
    save(pipe.to(dtype=getattr(torch, config.weights_on_disk)), workspace.out)


def _latent_rgb(dataset: Dataset, paths: Sequence[Path], config: RunConfig) -> tuple[tuple[float, ...], ...]:
    """The matrix for previews, from some of the photos and their latents."""
    rows = torch.arange(min(len(paths), _PREVIEW_PHOTOS))
    images = read_batches(paths[: len(rows)], config.resolution_px, len(rows))
    return fit_latent_rgb(dataset.latents[rows].float(), next(images))
