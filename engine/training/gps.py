"""Training of the paper's GPS model: from a collection of geotagged photos to a model of the city."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import NEW_BASES, card_of_base
from engine.errors import BadCollection, BadRequest
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import PHOTOS_SCHEMA, Collection
from engine.training.base import open_base
from engine.training.config import TrainingConfig
from engine.training.dataset import COLUMNS, content_hash, prepare
from engine.training.learner import Learner
from engine.training.loop import train
from engine.training.run import check_machine, open_accelerator, save_model, with_picture
from engine.training.samples import choose_places, write_samples
from engine.training.senses import give_senses, sharpen
from engine.training.step import OnStep
from engine.training.workspace import Workspace

_MARGIN_M = 100.0


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
    trained, validation = (with_picture(photos.split(split)) for split in ("train", "validation"))
    if not len(trained):
        raise BadCollection(
            f"the collection {collection} has no photos to train on; ingest a folder of photos"
        )
    _check(config)
    workspace = Workspace(Path(out).resolve())
    workspace.check(config.max_train_steps, resume)
    accelerator = open_accelerator(config, workspace)

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
        save_model(pipe, learner, dataset, trained, root, workspace)
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return out


def _check(config: TrainingConfig) -> None:
    """Nothing, when photos and this machine have what the settings ask for. Raises BadRequest, MissingExtra."""
    known = [name for name, column in COLUMNS.items() if column in PHOTOS_SCHEMA.names]
    if unknown := set(config.conditions) - set(known):
        raise BadRequest(f"photos have no {min(unknown)!r}; choose conditions from {', '.join(known)}")
    if not {"longitude", "latitude"} <= set(config.conditions):
        raise BadRequest("a GPS model needs the conditions longitude and latitude; add them")
    check_machine(config)


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
