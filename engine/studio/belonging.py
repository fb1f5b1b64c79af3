"""Where a picture belongs, in the making: the search or the judge's look, and the map of what was found."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
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
    from torch import Tensor

    from engine.diffusion.belonging import Belonging
    from engine.diffusion.pipeline import PlacePipeline
    from engine.evaluation.gps_clip.belonging import JudgedBelonging
    from engine.evaluation.gps_clip.judge import GpsClip

    Found = Belonging | JudgedBelonging

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
    judge: "GpsClip | None" = None,
) -> Made:
    """The heat map of where a picture belongs, north up, over the model's box, and its cells as a map.

    The model itself is asked, or its judge where the request says so.

    `details` have the best place, the radius around it that holds half of the plausibility, the likeliest cells as
    [south, west, north, east, plausibility], and for a picture that was asked for at a place how far from there it
    landed. Raises BadRequest for a model that knows no place, one without the judge that is asked for, and a picture
    that is not here or is another, BadFile, BadModel, Cancelled.
    """
    from engine.diffusion.denoising_error import askable_box

    box = askable_box(pipe.card)
    if request.by == "judge":
        return _judged(request, box, judge)
    return _searched(pipe, request, box, on_progress, cancel)


def _judged(request: BelongRequest, box: Box, judge: "GpsClip | None") -> Made:
    """What the judge says after one look."""
    from engine.evaluation.gps_clip.belonging import judged_belonging
    from engine.training.squares import read_square

    if judge is None:
        raise BadRequest(
            f"the model {request.model!r} has no judge beside it; leave it to the model itself, or make one with: "
            f"python -m engine train judge COLLECTION --out checkpoints/{request.model}.judge"
        )
    seen = _picture(read_square(_path_of(request), judge.card.resolution_px))
    return _made(request, judged_belonging(judge, seen, box), box, seen)


def _searched(
    pipe: "PlacePipeline",
    request: BelongRequest,
    box: Box,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """What the model's own error says after a search from coarse to fine."""
    from engine.diffusion.belonging import Search
    from engine.diffusion.denoising_error import DenoisingError
    from engine.training.squares import read_square

    search = Search(box, request.cells, request.draws, request.rounds)
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
    how = {"draws": found.errors.shape[1], "evaluations": error.evaluations}
    return _made(request, found, box, _picture(image), how, _asked_how(found))


def _picture(square: "Tensor") -> Image.Image:
    """A picture of a square in [-1, 1]."""
    return Image.fromarray(((square.movedim(0, -1).numpy() + 1) * 127.5).round().astype(np.uint8))


def _made(
    request: BelongRequest,
    found: "Found",
    box: Box,
    seen: Image.Image,
    how: Mapping[str, Any] = MappingProxyType({}),
    of_cells: Sequence[Mapping[str, Any]] | None = None,
) -> Made:
    """What was found, with `how` in the details and, on the map, what more there is to tell of each cell."""
    facts = _facts(found, request.picture.asked) | dict(how)
    files = {
        SEEN: partial(write_picture, image=seen),
        CELLS: partial(_write_cells, found=found, facts=facts, of_cells=of_cells),
    }
    return Made(heat_map(found, box), files, facts | {"bounds": _sides(box)})


def _asked_how(found: "Belonging") -> list[dict[str, Any]]:
    """The mean error of each cell, and with how many draws it was asked."""
    return [
        {"error": float(np.nanmean(errors)), "draws": int(np.isfinite(errors).sum())}
        for errors in found.errors
    ]


def heat_map(found: "Found", box: Box) -> Image.Image:
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


def _facts(found: "Found", asked: Place | None) -> dict[str, Any]:
    """What was found, JSON-safe."""
    place = Place(round(found.place.latitude, _DECIMALS), round(found.place.longitude, _DECIMALS))
    best = found.cells[found.best]
    facts = {
        "place": [place.latitude, place.longitude],
        "uncertainty_m": round(found.uncertainty_m, 1),
        "cell_m": round(max(best.width_m, best.height_m), 1),
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


def _write_cells(
    path: Path, found: "Found", facts: dict[str, Any], of_cells: Sequence[Mapping[str, Any]] | None
) -> None:
    """Nothing; `path` is a map of the best place, the one that was asked for, and all cells, the likeliest first."""
    features = [Feature(Place(*facts["place"]), "best place", {"uncertainty_m": facts["uncertainty_m"]})]
    if "asked" in facts:
        features.append(Feature(Place(*facts["asked"]), "asked for", {"landed_m": facts["landed_m"]}))
    for number in _likeliest(found):
        told = {
            "plausibility": float(found.plausibility[number]),
            "likeness": float(found.likeness[number]),
            **(of_cells[number] if of_cells else {}),
        }
        features.append(Feature(Polygon(found.cells[number].corners), properties=told))
    write(path, features)


def _likeliest(found: "Found") -> list[int]:
    """Numbers of the cells, the likeliest by area first."""
    return np.argsort(-found.likeness, kind="stable").tolist()


def _sides(box: Box) -> dict[str, float]:
    return {side: getattr(box, side) for side in ("south", "west", "north", "east")}
