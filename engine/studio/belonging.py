"""Where a picture belongs, in the making: the search, how far it is, and the map of what it found."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from engine.errors import BadRequest
from engine.geo.bearing import distance_m
from engine.geo.formats import Feature, write
from engine.geo.place import Place
from engine.geo.region import Box, Polygon
from engine.photos.stamp import write_picture
from engine.studio.given import given_picture
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.picture import memory_for
from engine.studio.requests import BelongRequest

if TYPE_CHECKING:
    from engine.diffusion.belonging import Belonging
    from engine.diffusion.pipeline import PlacePipeline

SEEN: Final = ".picture.png"
"""Ending of the file with the picture as the model saw it."""
CELLS: Final = ".geojson"
"""Ending of the file with the cells as a map."""
FAINTEST: Final = 1e-3
"""The darkest cells are this likely or less, by area, where the best one is 1."""
_CHUNK: Final = 8
"""Places that the UNet looks at together."""
_LONGER_SIDE_PX: Final = 768
_SHORTEST_SIDE_PX: Final = 8
_DECIMALS: Final = 6  # of degrees, about 0.1 m
_TOLD: Final = 100
"""So many of the likeliest cells are in the details, for which a JPEG has little room; the map has all of them."""


def make_belonging(
    pipe: "PlacePipeline",
    request: BelongRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The heat map of where a picture belongs, north up, over the model's box, and its cells as a map.

    `details` have the best place, the radius around it that holds half of the plausibility, the likeliest cells as
    [south, west, north, east, plausibility], and for a picture that was asked for at a place how far from there it
    landed. Raises BadRequest for a model that knows no place and a picture that is not here or is another, BadFile,
    BadModel, Cancelled.
    """
    from engine.diffusion.belonging import Search
    from engine.diffusion.denoising_error import DenoisingError, askable_box
    from engine.training.squares import read_square

    search = Search(askable_box(pipe.card), request.cells, request.draws, request.rounds)
    total, side_px = search.evaluations, pipe.card.resolution_px
    image = read_square(_path_of(request), side_px)
    started = time.monotonic()

    def tell(done: int, preview: Image.Image | None = None) -> None:
        cancel.check()
        eta_s = (time.monotonic() - started) / done * (total - done) if done else None
        on_progress(Progress(done, total, f"evaluation {done:,} of {total:,}", eta_s, preview))

    with memory_for((side_px, side_px)):
        error = DenoisingError(
            pipe,
            image,
            search.most_draws,
            request.seed,
            prompt=request.prompt,
            conditions=request.conditions,
            chunk_size=_CHUNK,
            on_chunk=tell,
        )
        found = search.run(error, lambda found: tell(error.evaluations, heat_map(found, search.box)))
    seen = Image.fromarray(((image.movedim(0, -1).numpy() + 1) * 127.5).round().astype(np.uint8))
    facts = _facts(found, request.picture.asked) | {"evaluations": error.evaluations}
    files = {
        SEEN: partial(write_picture, image=seen),
        CELLS: partial(_write_cells, found=found, facts=facts),
    }
    return Made(heat_map(found, search.box), files, facts | {"bounds": _sides(search.box)})


def heat_map(found: "Belonging", box: Box) -> Image.Image:
    """A picture of a box, north up and as long and wide as on the ground: how likely each place is, by area.

    Light yellow for the best cell, darker by the logarithm, dark violet for FAINTEST of it or less. Every cell has a
    pixel at least, which shows the likeliest of those that share it.
    """
    from engine.diffusion.heat import heat_colours

    width_m, height_m = box.width_m, box.height_m
    scale = _LONGER_SIDE_PX / max(width_m, height_m)
    width, height = (max(_SHORTEST_SIDE_PX, round(length * scale)) for length in (width_m, height_m))
    heat = np.zeros((height, width))
    levels = 1 - np.log(np.maximum(found.likeness, FAINTEST)) / np.log(FAINTEST)
    tall, wide = box.north - box.south, box.east - box.west
    for number in np.argsort(levels, kind="stable").tolist():
        cell = found.cells[number]
        rows = _pixels((box.north - cell.north) / tall, (box.north - cell.south) / tall, height)
        columns = _pixels((cell.west - box.west) / wide, (cell.east - box.west) / wide, width)
        heat[rows, columns] = levels[number]
    return Image.fromarray(heat_colours()[(heat * 255).round().astype(np.uint8)])


def _pixels(start: float, end: float, count: int) -> slice:
    """Of `count` pixels along a side those between two parts of it, one at least."""
    first = min(round(start * count), count - 1)
    return slice(first, max(round(end * count), first + 1))


def _path_of(request: BelongRequest) -> Path:
    """The file of the picture, which is still the one that the request tells of."""
    path = request.picture.path
    if path is None:
        raise BadRequest("the request does not have its picture; give the file again")
    if given_picture(path) != request.picture:
        raise BadRequest(f"{request.picture.name} is another picture than it was; give it again")
    return path


def _facts(found: "Belonging", asked: Place | None) -> dict[str, Any]:
    """What was found, JSON-safe."""
    place = Place(round(found.place.latitude, _DECIMALS), round(found.place.longitude, _DECIMALS))
    best = found.cells[found.best]
    facts = {
        "place": [place.latitude, place.longitude],
        "uncertainty_m": round(found.uncertainty_m, 1),
        "cell_m": round(max(best.width_m, best.height_m), 1),
        "draws": found.errors.shape[1],
        "cells": [
            [
                *(round(side, _DECIMALS) for side in _sides(found.cells[number]).values()),
                round(float(found.plausibility[number]), 6),
            ]
            for number in _likeliest(found)[:_TOLD]
        ],
    }
    if asked is None:
        return facts
    landed = {"asked": [asked.latitude, asked.longitude], "landed_m": round(distance_m(asked, place), 1)}
    return facts | landed


def _write_cells(path: Path, found: "Belonging", facts: dict[str, Any]) -> None:
    """Nothing; `path` is a map of the best place, the one that was asked for, and all cells, the likeliest first."""
    features = [Feature(Place(*facts["place"]), "best place", {"uncertainty_m": facts["uncertainty_m"]})]
    if "asked" in facts:
        features.append(Feature(Place(*facts["asked"]), "asked for", {"landed_m": facts["landed_m"]}))
    for number in _likeliest(found):
        told = {
            "plausibility": float(found.plausibility[number]),
            "likeness": float(found.likeness[number]),
            "error": float(np.nanmean(found.errors[number])),
            "draws": int(np.isfinite(found.errors[number]).sum()),
        }
        features.append(Feature(Polygon(found.cells[number].corners), properties=told))
    write(path, features)


def _likeliest(found: "Belonging") -> list[int]:
    """Numbers of the cells, the likeliest by area first."""
    return np.argsort(-found.likeness, kind="stable").tolist()


def _sides(box: Box) -> dict[str, float]:
    return {side: getattr(box, side) for side in ("south", "west", "north", "east")}
