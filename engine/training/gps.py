"""Training of the paper's GPS model: from a collection of geotagged photos to a model of the city."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import GradientAccumulationPlugin, ProjectConfiguration

from engine.diffusion.adapter import save_adapter
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import NEW_BASES, card_of_base, save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.preview import fit_latent_rgb
from engine.errors import BadCollection, BadRequest, MissingExtra
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.training.base import open_base
from engine.training.config import TrainingConfig
from engine.training.dataset import COLUMNS, Dataset, content_hash, prepare
from engine.training.learner import Learner
from engine.training.loop import train
from engine.training.samples import choose_places, write_samples
from engine.training.senses import give_senses, sharpen
from engine.training.squares import read_batches
from engine.training.step import OnStep
from engine.training.workspace import Workspace

_MARGIN_M = 100.0
_PREVIEW_PHOTOS = 64


def train_gps(
    collection: Path,
    out: Path,
    base: str,
    config: TrainingConfig,
    *,
    resume: bool = False,
    on_step: OnStep | None = None,
) -> Path:
    """Folder `out` of the finished model, or with `lora_rank` of the finished adapter.

    Only the training part of the collection is learned from. Checkpoints, log and samples are in `out`.training
    (Workspace), latents and text tokens in `collection`.cache; with `resume` a run that was stopped or killed goes on
    and ends as if it had not been, and a finished one goes on to more steps. `on_step` hears of every step in the main
    process; it stops the run by raising Cancelled, which keeps a checkpoint.

    Raises BadCollection, BadRequest, MissingModel, BadModel, BadFile, OutputExists, TrainingDiverged, DiskFull.
    """
    # 1. Everything that can be wrong with the request
    photos = Collection.open(collection)
    trained, validation = (_pictures(photos, split) for split in ("train", "validation"))
    if not len(trained):
        raise BadCollection(
            f"the collection {collection} has no photos to train on; ingest a folder of photos"
        )
    _check(config)
    workspace = Workspace(Path(out).resolve())
    workspace.check(config.max_train_steps, resume)
    accelerator = _accelerator(config, workspace)

    # 2. The base, and the folder to work in
    card = _card(photos, base, config)
    pipe = open_base(base, card, config).to(accelerator.device)
    if accelerator.is_main_process:
        workspace.begin(card.training, resume)
    accelerator.wait_for_everyone()
    heard = on_step if accelerator.is_main_process else None

    # 3. Everything that is computed once
    root = Path(collection).resolve()
    cache = root.with_name(f"{root.name}.cache")
    paths = [root / path for path in trained["path"].to_pylist()]
    if base in NEW_BASES:
        give_senses(pipe, trained, root, config, accelerator, workspace, heard)
    dataset = prepare(pipe, trained, root, cache, accelerator, heard)
    checked = prepare(pipe, validation, root, cache, accelerator, heard) if len(validation) else None

    # 4. The training itself
    learner = Learner(pipe, config, accelerator)
    places = choose_places(validation if len(validation) else trained, config.conditions, config.sample_count)

    def sample(step: int) -> list[Path]:
        return write_samples(pipe, places, workspace.samples, step, config)

    if config.tensorboard:
        accelerator.init_trackers("training")
    train(learner, dataset, workspace, validation=checked, on_step=heard, sample=sample)

    # 5. The model
    if accelerator.is_main_process:
        if config.polish_steps:
            sharpen(pipe, trained, root, config, workspace, heard)
        pipe.card = replace(
            pipe.card,
            latent_rgb=_latent_rgb(dataset, paths, config.resolution_px),
            training={**card.training, "steps_skipped": learner.skipped},
        )
        pipe.photo_places = PhotoPlaces(*(trained[name].to_numpy() for name in ("latitude", "longitude")))
        save = save_adapter if config.lora_rank else save_pipeline
        save(pipe.to(dtype=getattr(torch, config.weights_on_disk)), workspace.out)
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return out


def _check(config: TrainingConfig) -> None:
    """Nothing, when this machine can do what the settings ask for. Raises BadRequest, MissingExtra."""
    if unknown := set(config.conditions) - COLUMNS.keys():
        raise BadRequest(f"photos have no {min(unknown)!r}; choose conditions from {', '.join(COLUMNS)}")
    if not {"longitude", "latitude"} <= set(config.conditions):
        raise BadRequest("a GPS model needs the conditions longitude and latitude; add them")
    if config.mixed_precision == "fp16" and not torch.cuda.is_available():
        raise BadRequest("mixed_precision fp16 needs a CUDA device; choose bf16 or no")
    if config.tensorboard and not find_spec("tensorboard"):
        raise MissingExtra("TensorBoard is not installed; install it with: pip install tensorboard")


def _accelerator(config: TrainingConfig, workspace: Workspace) -> Accelerator:
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


def _pictures(photos: Collection, split: str) -> pa.Table:
    """The photos of a split that are more than a position."""
    rows = photos.split(split)
    return rows.filter(pc.is_valid(rows["path"]))


def _card(photos: Collection, base: str, config: TrainingConfig) -> PlaceCard:
    """The card of the model to be, but for what only its training tells.

    A model of ours that goes on learning stays at home where it was: its place encoder knows degrees by its box only.
    """
    columns = photos.photos["latitude"].to_pylist(), photos.photos["longitude"].to_pylist()
    places = [Place(*position) for position in zip(*columns, strict=True)]
    box, words = Box.around(places, margin_m=_MARGIN_M), ()
    if (own := card_of_base(base, config.conditions)) is not None and own.box is not None:
        if not all(map(own.box.contains, places)):
            raise BadRequest(
                f"some photos of {photos.name} lie outside of what the base {base} knows; leave them out with ingest "
                "--region, or take a base that is no model of a place"
            )
        box, words = own.box, own.words
    of_base = "" if base in NEW_BASES else f"licence of the base ({base}) and the "
    request: dict[str, Any] = {
        "collection": photos.path.resolve().name,  # a model tells nobody where things are kept
        "photos_sha256": content_hash(photos.photos["id"].to_pylist()),
        "base": base,
        **asdict(config),
    }
    return PlaceCard(
        name=photos.name.replace("_", " ").title(),
        conditions=config.conditions,
        box=box,
        words=words,
        base_model=base,
        resolution_px=config.resolution_px,
        guidance_scale=config.guidance_scale,
        gps_guidance_scale=config.gps_guidance_scale,
        num_inference_steps=config.sample_inference_steps,
        training=request,
        counts={split: len(photos.split(split)) for split in ("train", "validation", "test")},
        licence=f"follows from the {of_base}licences of the photos ({photos.name})",
    )


def _latent_rgb(dataset: Dataset, paths: Sequence[Path], resolution_px: int) -> tuple[tuple[float, ...], ...]:
    """The matrix for previews, from some of the photos and their latents."""
    rows = torch.arange(min(len(paths), _PREVIEW_PHOTOS))
    images = read_batches(paths[: len(rows)], resolution_px, len(rows))
    return fit_latent_rgb(dataset.latents[rows], next(images))
