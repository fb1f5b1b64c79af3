"""Pictures: what a model makes of many asks, in batches, kept on disk so that none is made twice."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image

from engine.atomic import writing_file
from engine.diffusion.pipeline import PlacePipeline
from engine.world.shot import TouristShot


@dataclass(frozen=True)
class Ask:
    """One picture that is asked for."""

    prompt: str = ""
    conditions: Mapping[str, float] = field(default_factory=dict)
    """In natural units, by name; what is missing is left open."""
    seed: int = 0

    @property
    def digest(self) -> str:
        """Ten digits that stand for it."""
        told = json.dumps([self.prompt, sorted(self.conditions.items()), self.seed])
        return hashlib.sha256(told.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Settings:
    """How pictures are made; the same for all that are compared."""

    num_inference_steps: int
    guidance_scale: float
    gps_guidance_scale: float

    def __str__(self) -> str:
        return f"{self.num_inference_steps}-steps-{self.guidance_scale:g}-{self.gps_guidance_scale:g}"


def there(shot: TouristShot, *names: str) -> dict[str, float]:
    """Place of a shot and, where they are named, its heading, hour and month, as conditions."""
    place = shot.place_true
    others = {"heading": shot.heading_deg, "hour": shot.hour, "month": float(shot.taken_at.month)}
    where = {"latitude": place.latitude, "longitude": place.longitude}
    return where | {name: others[name] for name in names}


def paint(
    pipe: PlacePipeline,
    asks: Sequence[Ask],
    settings: Settings,
    folder: Path,
    batch_size: int = 8,
    on_progress: Callable[[int, int], None] | None = None,
) -> UInt8[np.ndarray, "N H W 3"]:
    """The picture of each ask, in order; as one by one, whatever the batch, because each has its own generator.

    A condition that the model lacks is left out. Each picture is a PNG in `folder`, named by its number and its ask;
    what is there is not made again, so a folder must hold pictures of one model and one size only. Raises DiskFull.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04d}-{ask.digest}.png" for number, ask in enumerate(asks)]
    missing = [number for number, path in enumerate(paths) if not path.exists()]
    for start in range(0, len(missing), batch_size):
        numbers = missing[start : start + batch_size]
        for number, image in zip(
            numbers, _batch(pipe, [asks[each] for each in numbers], settings), strict=True
        ):
            with writing_file(paths[number]) as temporary:
                image.save(temporary, "PNG")
        if on_progress:
            on_progress(len(asks) - len(missing) + start + len(numbers), len(asks))
    return np.stack([_read(path) for path in paths])


def _batch(pipe: PlacePipeline, asks: Sequence[Ask], settings: Settings) -> list[Image.Image]:
    known = pipe.card.conditions
    places = [{name: value for name, value in ask.conditions.items() if name in known} for ask in asks]
    images = pipe(
        [ask.prompt for ask in asks],
        places,
        guidance_scale=settings.guidance_scale,
        gps_guidance_scale=settings.gps_guidance_scale,
        num_inference_steps=settings.num_inference_steps,
        generator=[torch.Generator("cpu").manual_seed(ask.seed) for ask in asks],
    ).images
    assert isinstance(images, list)  # output_type "pil"
    return images


def _read(path: Path) -> UInt8[np.ndarray, "H W 3"]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
