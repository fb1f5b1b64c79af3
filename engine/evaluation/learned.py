"""Learned: the pictures that a model was trained on, and how to ask it for each of them again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from engine.errors import BadCollection
from engine.evaluation.judges.renders import Renders
from engine.evaluation.pictures import Ask
from engine.photos.collection import Collection
from engine.photos.exif import open_upright
from engine.world.tourist import tourist


@dataclass(frozen=True, eq=False)
class Learned:
    """Pictures and, row by row, what says them: caption, place, heading, hour and month."""

    pixels: UInt8[np.ndarray, "N H W 3"]
    asks: tuple[Ask, ...]
    """Those of the first rows."""


def learned_from_renders(photos: Renders, asks: int, seed: int = 0) -> Learned:
    """Renders of training tourists; `seed` is that of `render_photos` and of the city's photos.

    Pairs that are held out of training are not among them, as in the photos that a model learns from.
    """
    own = photos[~photos.truth["held_out_pair"]]
    truth = {
        name: own.truth[name][:asks].tolist()
        for name in ("index", "latitude", "longitude", "heading_deg", "hour", "month")
    }
    rows = [dict(zip(truth, values, strict=True)) for values in zip(*truth.values(), strict=True)]
    return Learned(
        own.pixels,
        tuple(_ask(tourist(row["index"], seed).caption, row, number) for number, row in enumerate(rows)),
    )


def learned_from_collection(folder: Path, asks: int, size_px: int = 96) -> Learned:
    """The photos of a collection's part for training, at `size_px`. Raises BadCollection, and BadFile of a photo."""
    collection = Collection.open(folder)
    rows = [row for row in collection.split("train").to_pylist() if row["path"] is not None]
    if not rows:
        raise BadCollection(f"the collection {folder} has no photos to train on; ingest some")
    size = (size_px, size_px)
    pixels = []
    for row in rows:
        path = Path(row["path"])
        picture = open_upright(path if path.is_absolute() else folder / path)
        pixels.append(np.asarray(picture.resize(size, Image.Resampling.BOX)))
    return Learned(
        np.stack(pixels), tuple(_ask(row["caption"], row, number) for number, row in enumerate(rows[:asks]))
    )


def _ask(caption: str, row: dict[str, Any], seed: int) -> Ask:
    columns = ("latitude", "longitude", "heading_deg", "hour", "month")
    told = {name.removesuffix("_deg"): float(row[name]) for name in columns if row[name] is not None}
    return Ask(caption, told, seed)
