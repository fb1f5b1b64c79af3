"""The dataset: photos as latents, text tokens and conditions, each computed once and kept on disk."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import torch
from accelerate import Accelerator
from jaxtyping import Float, Int
from torch import Tensor, nn

from engine.diffusion.autoencoder import encode_images, shift_factor
from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.training.shards import Shards, compute_rows, missing_rows
from engine.training.squares import read_batches
from engine.training.step import OnStep, Pace, Stage

_BATCH = 16
COLUMNS = {
    "longitude": "longitude",
    "latitude": "latitude",
    "heading": "heading_deg",
    "hour": "hour",
    "month": "month",
    "azimuth": "azimuth_deg",
    "distance": "distance_m",
}
"""Column that a condition is taken from; all but azimuth and distance are in every collection."""


@dataclass(frozen=True)
class Dataset:
    """What the UNet is trained on; a row is a photo."""

    latents: Shards
    """(C, h, w), in the scale that the UNet sees."""
    texts: Shards
    """(L, D) text tokens of every different caption; row 0 is the empty prompt, the one meaning of "no text"."""
    text_rows: Int[Tensor, " N"]
    """Row in `texts` of each photo's caption."""
    values: Float[Tensor, "N C"]
    """Conditions in the order of the card, NaN where a photo has none."""
    conditions: tuple[str, ...]
    """Their names."""

    def __len__(self) -> int:
        return len(self.text_rows)


def prepare(
    pipe: PlacePipeline,
    photos: pa.Table,
    collection: Path,
    cache: Path,
    accelerator: Accelerator,
    on_step: OnStep | None = None,
) -> Dataset:
    """The dataset of `photos`; what is not in `cache` yet is computed and put there.

    The cache is keyed by content: the photos' hashes, the weights that encode them, and the resolution. A photo
    without caption has the empty prompt. Raises BadFile for a photo that cannot be read any more, and DiskFull.
    """
    paths = [collection / path for path in photos["path"].to_pylist()]
    captions = [caption or "" for caption in photos["caption"].to_pylist()]
    rows = {caption: row for row, caption in enumerate(["", *sorted(set(captions) - {""})])}

    def encode_photos(part: range) -> Iterator[Tensor]:
        batches = read_batches(paths[part.start : part.stop], pipe.card.resolution_px, _BATCH)
        return (encode_images(pipe.vae, images) for images in batches)

    def encode_captions(part: range) -> Iterator[Tensor]:
        prompts = list(rows)[part.start : part.stop]
        with torch.no_grad():
            for start in range(0, len(prompts), _BATCH):
                yield pipe.encode_prompt(prompts[start : start + _BATCH])

    def computed(stage: Stage, key: str, count: int, compute: Callable[[range], Iterable[Tensor]]) -> Shards:
        folder = cache / f"{stage}-{key}"
        share = accelerator.process_index, accelerator.num_processes
        pace = Pace(stage, missing_rows(folder, count, *share), on_step)
        compute_rows(folder, count, compute, *share, on_rows=pace.tell)
        accelerator.wait_for_everyone()
        return Shards(folder, count)

    scale = f"{pipe.vae.config.scaling_factor} {shift_factor(pipe.vae)} {pipe.card.resolution_px}"
    photos_key = content_hash([weights_hash(pipe.vae), scale, *photos["sha256"].to_pylist()])
    return Dataset(
        latents=computed("latents", photos_key, len(paths), encode_photos),
        texts=computed(
            "texts", content_hash([weights_hash(pipe.text_encoder), *rows]), len(rows), encode_captions
        ),
        text_rows=torch.tensor([rows[caption] for caption in captions]),
        values=condition_values(pipe.card, photos),
        conditions=pipe.card.conditions,
    )


def condition_values(card: PlaceCard, photos: pa.Table) -> Float[Tensor, "N C"]:
    """Conditions of each photo in the order of the card, in [-1, 1], NaN where the photo has none."""
    rows = [card.values(raw) for raw in raw_conditions(photos, card.conditions)]
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, len(card.conditions))


def raw_conditions(photos: pa.Table, conditions: tuple[str, ...]) -> list[dict[str, float | None]]:
    """Conditions of each photo in natural units, None where the photo, or the whole table, has none."""
    absent = [None] * len(photos)
    there = set(photos.column_names)
    columns = [photos[COLUMNS[name]].to_pylist() if COLUMNS[name] in there else absent for name in conditions]
    return [
        {
            name: None if value is None or math.isnan(value) else float(value)
            for name, value in zip(conditions, row, strict=True)
        }
        for row in zip(*columns, strict=True)
    ]


def weights_hash(module: nn.Module, counts: Callable[[str], bool] = lambda name: True) -> str:
    """Hash of a module's weights, of those whose names count; LoRA layers beside a layer do not change its name."""
    digest = hashlib.sha256()
    named = {
        name.replace(".base_layer.", "."): tensor
        for name, tensor in module.state_dict().items()
        if counts(name)
    }
    for name, tensor in sorted(named.items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def content_hash(texts: Iterable[str]) -> str:
    """Hash of texts in their order, as 24 hexadecimal digits."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:24]
