"""Making a GPS judge: from a collection of geotagged photos to a folder with its judge and how good it is."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from jaxtyping import UInt8
from torch import Tensor

from engine.diffusion.photo_places import PhotoPlaces
from engine.errors import BadCollection
from engine.evaluation.gps_clip.card import GpsClipCard
from engine.evaluation.gps_clip.config import GpsClipConfig
from engine.evaluation.gps_clip.density import photo_density
from engine.evaluation.gps_clip.eyes import FrozenEyes
from engine.evaluation.gps_clip.judge import GpsClip, unit_places
from engine.evaluation.gps_clip.learning import Examples, Rows, fit_gps_clip, held_out_losses, new_network
from engine.evaluation.gps_clip.network import Towers
from engine.evaluation.gps_clip.retrieval import Degrees, retrieval, told, visited_cells
from engine.evaluation.gps_clip.vocabulary import Vocabulary, vocabulary_of
from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.training.dataset import content_hash
from engine.training.run import with_picture
from engine.training.shards import Shards, compute_rows, missing_rows
from engine.training.squares import read_batches
from engine.training.step import OnStep, Pace
from engine.training.workspace import Workspace

_MARGIN_M = 100.0
_READ = 32


def train_gps_clip(
    collection: Path,
    out: Path,
    config: GpsClipConfig,
    *,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_notice: Callable[[str], object] | None = None,
) -> Path:
    """Folder `out` of the finished judge.

    Only the training part of the collection is learned from; the validation part, whose h3 cells are others, measures.
    Checkpoints and log are in `out`.training (Workspace), features of a frozen transformer in `collection`.cache; with
    `resume` a run that was stopped or killed goes on from its last checkpoint and ends as if it had not been. One
    process on one device, "cuda" where there is one. `on_step` hears of every step and stops the run by raising;
    `on_notice` hears in the end how far off the judge is.

    Raises BadCollection, BadRequest, MissingModel, BadModel, BadFile, OutputExists, TrainingDiverged, DiskFull.
    """
    # 1. Everything that can be wrong with the request
    photos = Collection.open(collection)
    trained, validation = (
        _spread(with_picture(photos.split(split)), config.most_photos) for split in ("train", "validation")
    )
    if len(trained) < 2:
        raise BadCollection(
            f"the collection {collection} has {len(trained)} photos to learn from; a judge needs two at least"
        )
    workspace = Workspace(Path(out).resolve())
    workspace.check(config.max_train_steps, resume)
    captions = trained["caption"].to_pylist()
    vocabulary = vocabulary_of(captions) if config.words else Vocabulary(())
    if config.words and not len(vocabulary):
        raise BadCollection(
            f"the captions of {collection} have no word five times; caption the photos, or leave words out with "
            "--no-words"
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    eyes = FrozenEyes(config.vision).to(device) if config.vision else None

    # 2. The card, and the folder to work in
    card = _card(photos, trained, vocabulary, eyes, config)
    workspace.begin(card.training, resume)

    # 3. What the photos show
    root = Path(collection).resolve()
    learned = _examples(trained, root, card, eyes, on_step)
    held_out = _examples(validation, root, card, eyes, on_step) if len(validation) > 1 else None

    # 4. The training itself
    network = new_network(card.towers, config.seed).to(device)
    fit_gps_clip(
        network,
        learned,
        config,
        held_out=held_out,
        state=workspace.checkpoints,
        journal=workspace.log,
        on_step=on_step,
    )

    # 5. The judge, and how good it is
    photo_places = PhotoPlaces(*_degrees(trained))
    if held_out is not None:
        losses = held_out_losses(network, held_out, config)
        cells = visited_cells(card.box, PhotoPlaces(*_degrees(photos.photos)))
        before = photo_density(photo_places, *cells)
        found = retrieval(network, card, held_out, _degrees(validation), cells, before)
        card = replace(card, held_out=losses | found)
        if on_notice:
            on_notice(told(found, card.name))
    weights = getattr(torch, config.weights_on_disk)
    GpsClip(network, card, photo_places, eyes).save(workspace.out, weights)
    return out


def _card(
    photos: Collection,
    trained: pa.Table,
    vocabulary: Vocabulary,
    eyes: FrozenEyes | None,
    config: GpsClipConfig,
) -> GpsClipCard:
    """The card of the judge to be, but for its figures."""
    places = [
        Place(*position)
        for position in zip(*(each.tolist() for each in _degrees(photos.photos)), strict=True)
    ]
    settings = asdict(config)
    request: dict[str, Any] = {
        "collection": photos.path.resolve().name,  # a model tells nobody where things are kept
        "photos_sha256": content_hash(trained["id"].to_pylist()),
        "base": config.vision,
        **settings,
    }
    return GpsClipCard(
        name=photos.name.replace("_", " ").title(),
        box=Box.around(places, margin_m=_MARGIN_M),
        towers=Towers(
            frozen_features=eyes.features if eyes else 0,
            width=config.width,
            embedding_width=config.embedding_width,
            place_tower=config.place_tower,
            place_width=config.place_width,
            num_frequencies=config.num_frequencies,
            vocabulary=len(vocabulary),
            dropout=config.dropout,
        ),
        resolution_px=config.resolution_px,
        temperature=config.temperature,
        vision=config.vision,
        vision_identity=eyes.identity if eyes else "",
        words=vocabulary.words,
        counts={split: len(photos.split(split)) for split in ("train", "validation", "test")},
        training=request,
        licence=f"follows from the licences of the photos ({photos.name})",
    )


def _examples(
    photos: pa.Table, root: Path, card: GpsClipCard, eyes: FrozenEyes | None, on_step: OnStep | None
) -> Examples:
    """The photos as towers take them. Raises BadFile for a photo that cannot be read any more."""
    latitude, longitude = _degrees(photos)
    captions = photos["caption"].to_pylist()
    numbers = {caption: number for number, caption in enumerate(dict.fromkeys(captions))}
    east_m, north_m = Frame(card.box).to_metres(latitude, longitude)
    paths = [root / path for path in photos["path"].to_pylist()]
    if eyes is None:
        pictures: Rows = _pictures(paths, card.resolution_px, on_step)
    else:
        cache = root.with_name(f"{root.name}.cache")
        pictures = _features(paths, photos["sha256"].to_pylist(), card, eyes, cache, on_step)
    return Examples(
        pictures=pictures,
        unit=unit_places(card, latitude, longitude),
        metres=torch.from_numpy(np.stack([east_m, north_m], axis=1)).float(),
        bags=Vocabulary(card.words).bags(captions),
        caption=torch.tensor([numbers[caption] for caption in captions]),
    )


def _pictures(paths: list[Path], side_px: int, on_step: OnStep | None) -> UInt8[Tensor, "N 3 S S"]:
    pace, parts, done = Pace("pictures", len(paths), on_step), [], 0
    for images in read_batches(paths, side_px, _READ):
        parts.append(_whole(images))
        done += len(images)
        pace.tell(done)
    return torch.cat(parts)


def _features(
    paths: list[Path],
    hashes: list[str],
    card: GpsClipCard,
    eyes: FrozenEyes,
    cache: Path,
    on_step: OnStep | None,
) -> Shards:
    """What frozen eyes see, computed once for the same weights, photos and size, in half precision."""
    key = content_hash(
        [eyes.identity, str(card.resolution_px), *map(str, eyes.mean.flatten().tolist()), *hashes]
    )
    folder = cache / f"features-{key}"

    def look(part: range) -> Iterator[Tensor]:
        for images in read_batches(paths[part.start : part.stop], card.resolution_px, _READ):
            yield eyes(_whole(images))

    pace = Pace("pictures", missing_rows(folder, len(paths)), on_step)
    compute_rows(folder, len(paths), look, on_rows=pace.tell)
    return Shards(folder, len(paths))


def _whole(images: Tensor) -> UInt8[Tensor, "B 3 S S"]:
    """Pictures in [-1, 1] as whole numbers up to 255."""
    return ((images + 1) * 127.5).round().to(torch.uint8)


def _spread(photos: pa.Table, most: int) -> pa.Table:
    """So many of the photos at most, evenly spread over the table."""
    count = min(len(photos), most)
    return photos.take([index * len(photos) // count for index in range(count)])


def _degrees(photos: pa.Table) -> Degrees:
    return photos["latitude"].to_numpy(), photos["longitude"].to_numpy()
