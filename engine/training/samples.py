"""Sample pictures of a run: always of the same places with the same noise, so that one sees it learn."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import torch

from engine.diffusion.pipeline import PlacePipeline
from engine.geo.place import Place
from engine.photos.stamp import write_picture
from engine.training.config import RunConfig
from engine.training.dataset import raw_conditions


@dataclass(frozen=True)
class SamplePlace:
    """What one sample picture is asked for: what a photo was taken with."""

    prompt: str
    conditions: Mapping[str, float | None]
    """Raw values in natural units, by the name of the condition."""


def choose_places(photos: pa.Table, conditions: tuple[str, ...], count: int) -> list[SamplePlace]:
    """At most `count` of the photos, spread evenly over the table."""
    count = min(count, len(photos))
    chosen = photos.take([index * len(photos) // count for index in range(count)])
    prompts = [caption or "" for caption in chosen["caption"].to_pylist()]
    return [SamplePlace(*each) for each in zip(prompts, raw_conditions(chosen, conditions), strict=True)]


def write_samples(
    pipe: PlacePipeline, places: list[SamplePlace], folder: Path, step: int, config: RunConfig
) -> list[Path]:
    """The files step-NNNNNN-0.png, ... in `folder`, one for each place. Raises DiskFull."""
    paths = []
    for index, place in enumerate(places):
        image = pipe(
            place.prompt,
            place.conditions,
            num_inference_steps=config.sample_inference_steps,
            generator=torch.Generator().manual_seed(index),
        ).images[0]
        path = folder / f"step-{step:06d}-{index}.png"
        latitude, longitude = place.conditions.get("latitude"), place.conditions.get("longitude")
        where = None if latitude is None or longitude is None else Place(latitude, longitude)
        write_picture(path, image, place=where, caption=place.prompt, provenance={"training_step": step})
        paths.append(path)
    return paths
