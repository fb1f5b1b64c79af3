"""Training of the paper's angle model: from photos around one landmark to pictures of it from any side."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import torch

from engine.diffusion import companion
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import BORROWED, NEW_BASES, base_weights, lies_beside, own_card
from engine.errors import BadRequest
from engine.photos.collection import Collection
from engine.training.angle_config import AngleConfig
from engine.training.base import open_base
from engine.training.dataset import COLUMNS, content_hash, prepare
from engine.training.learner import Learner
from engine.training.loop import train
from engine.training.preservation import preserving
from engine.training.prior import draw_prior
from engine.training.ring import (
    Ring,
    check_headings,
    count_directions,
    direction_weights,
    notices,
    photos_around,
)
from engine.training.run import check_machine, open_accelerator, save_model, with_picture
from engine.training.samples import SamplePlace, write_samples
from engine.training.step import OnStep
from engine.training.workspace import Workspace


def train_angle(
    collection: Path,
    out: Path,
    base: str,
    ring: Ring,
    config: AngleConfig,
    *,
    begin_with: Path | None = None,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_notice: Callable[[str], object] | None = None,
) -> Path:
    """Folder `out` of the finished model, with `lora_rank` of the adapter, with `own_unet_channels` of the companion.

    Every photo in the ring is learned from, whatever its part in the collection: parts are whole cells of the map,
    and to leave one out would leave out a side. The base is any Stable Diffusion, or a model of ours, whose conditions
    stay. Its pictures of the same prompt, latents and text tokens are in `collection`.cache; checkpoints, log and
    samples in `out`.training (Workspace); with `resume` a run that was stopped or killed goes on and ends as if it had
    not been. A new UNet learns from the weights of the companion in `begin_with` on, where there is one. `on_step`
    hears of every step, as in train_gps; `on_notice` hears, before anything is computed, what the
    photos cannot teach.

    Raises BadCollection, BadRequest, MissingModel, BadModel, BadFile, OutputExists, TrainingDiverged, DiskFull.
    """
    # 1. Everything that can be wrong with the request
    photos = Collection.open(collection)
    around = photos_around(with_picture(photos.photos), ring)
    check_headings(around, ring, config.heading_tolerance_deg)
    said = notices(count_directions(around["azimuth_deg"].to_numpy()), ring)
    trained, validation = _parts(around, config.validation_share)
    check_machine(config)
    _check_base(base)
    if begin_with is not None and not config.own_unet_channels:
        raise BadRequest(
            "only a new UNet can begin with a companion; set own_unet_channels, or leave begin_with out"
        )
    workspace = Workspace(Path(out).resolve())
    workspace.check(config.max_train_steps, resume)
    accelerator = open_accelerator(config, workspace)
    if on_notice and accelerator.is_main_process:
        for notice in said:
            on_notice(notice)

    # 2. The base, and the folder to work in
    card = _card(photos, trained, len(validation), base, ring, config)
    pipe = open_base(base, card, config)
    if begin_with is not None:
        companion.begin_with(pipe, begin_with)
    pipe = pipe.to(accelerator.device)
    if accelerator.is_main_process:
        workspace.begin(card.training, resume)
    accelerator.wait_for_everyone()
    heard = on_step if accelerator.is_main_process else None

    # 3. Everything that is computed once, the prior while the base is still as it was
    root = Path(collection).resolve()
    cache = root.with_name(f"{root.name}.cache")
    prior = None
    if config.prior_loss_weight:
        knew_places = own_card(base) is not None
        drawn = draw_prior(pipe, ring.prompt, knew_places, config, cache, accelerator, heard)
        prior = prepare(pipe, drawn, cache, cache, accelerator, heard)
    dataset = prepare(pipe, _told(trained, ring, config), root, cache, accelerator, heard)
    checked = None
    if len(validation):
        checked = prepare(pipe, _told(validation, ring, config), root, cache, accelerator, heard)

    # 4. The training itself
    weights = direction_weights(trained["azimuth_deg"].to_numpy(), config.bin_weight_cap)
    draw = preserving(torch.tensor(weights, dtype=torch.float32), prior)
    learner = Learner(pipe, config, accelerator, draw)
    turn = [{"azimuth": index * 360 / config.sample_count} for index in range(config.sample_count)]
    places = [SamplePlace(ring.prompt, conditions) for conditions in turn]

    def sample(step: int) -> list[Path]:
        return write_samples(pipe, places, workspace.samples, step, config)

    if config.tensorboard:
        accelerator.init_trackers("training")
    train(learner, dataset, workspace, validation=checked, on_step=heard, sample=sample)

    # 5. The model
    if accelerator.is_main_process:
        save_model(pipe, learner, dataset, trained, root, workspace)
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return out


def _check_base(base: str) -> None:
    """Nothing, when the base can draw already and is whole. Raises BadRequest."""
    if base in NEW_BASES:
        raise BadRequest(
            f"the base {base} is random and cannot draw yet; give a Stable Diffusion or a model that `train gps` made"
        )
    if lies_beside(Path(base)):
        raise BadRequest(f"the base {base} is an adapter; give the model that it lies beside")


def _parts(around: pa.Table, validation_share: float) -> tuple[pa.Table, pa.Table]:
    """The photos to learn from, and the share that only measures the loss, evenly spread over the azimuths."""
    by_azimuth = np.argsort(around["azimuth_deg"].to_numpy(), kind="stable")
    count = round(len(around) * validation_share)
    held = np.zeros(len(around), dtype=bool)
    held[by_azimuth[[(2 * index + 1) * len(around) // (2 * count) for index in range(count)]]] = True
    return around.filter(pa.array(~held)), around.filter(pa.array(held))


def _told(photos: pa.Table, ring: Ring, config: AngleConfig) -> pa.Table:
    """The photos with what the model is told of them and nothing else: the conditions of the run, and a prompt."""
    columns = ["path", "sha256", *(COLUMNS[name] for name in config.conditions)]
    captions = photos["caption"].to_pylist() if config.own_captions else [None] * len(photos)
    prompts = [caption or ring.prompt for caption in captions]
    return photos.select(columns).append_column("caption", pa.array(prompts))


def _card(
    photos: Collection, trained: pa.Table, validation: int, base: str, ring: Ring, config: AngleConfig
) -> PlaceCard:
    """The card of the model to be, but for what only its training tells."""
    own = own_card(base)
    conditions, borrowed = config.conditions, base_weights(base)
    if config.own_unet_channels:
        borrowed = base_weights(base, BORROWED)
    elif own is not None:
        conditions = (*own.conditions, *(name for name in conditions if name not in own.conditions))
    request: dict[str, Any] = {
        "collection": photos.path.resolve().name,  # a model tells nobody where things are kept
        "photos_sha256": content_hash(trained["id"].to_pylist()),
        "base": base,
        "base_weights": borrowed,
        **asdict(ring),
        **asdict(config),
    }
    return PlaceCard(
        name=ring.landmark.strip(),
        conditions=conditions,
        kind="angle",
        box=own.box if own and not config.own_unet_channels else None,
        words=own.words if own else (),
        centre=ring.centre,
        min_distance_m=ring.min_distance_m,
        radius_m=ring.radius_m,
        azimuth_bin_deg=config.azimuth_bin_deg,
        azimuth_counts=count_directions(trained["azimuth_deg"].to_numpy()),
        base_model=base,
        resolution_px=config.resolution_px,
        guidance_scale=config.guidance_scale,
        gps_guidance_scale=config.gps_guidance_scale,
        num_inference_steps=config.sample_inference_steps,
        training=request,
        counts={"train": len(trained), "validation": validation},
        licence=f"follows from the licence of the base ({base}) and the licences of the photos ({photos.name})",
    )
