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


def make_belonging(
    pipe: "PlacePipeline",
    request: BelongRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The heat map of where a picture belongs, north up, over the model's box, and its cells as a map.

    `details` have the best place, the radius around it that holds half of the plausibility, the cells as [south, west,
    north, east, plausibility], and for a picture that was asked for at a place how far from there it landed. Raises
    BadRequest for a model that knows no place and a picture that is not here or is another, BadFile, BadModel, Cancelled.
    """
    from engine.diffusion.belonging import Search
    from engine.diffusion.denoising_error import DenoisingError
    from engine.training.squares import read_square

    path, side_px = _path_of(request), pipe.card.resolution_px
    image = read_square(path, side_px)
    box = pipe.card.box
    search = Search(box, request.cells, request.draws, request.rounds) if box else None
    started = time.monotonic()

    def tell(done: int, preview: Image.Image | None = None) -> None:
        cancel.check()
        total = search.evaluations if search else 0
        eta_s = (time.monotonic() - started) / done * (total - done) if done else None
        on_progress(Progress(done, total, f"place {done:,} of {total:,}", eta_s, preview))

    with memory_for((side_px, side_px)):
        error = DenoisingError(
            pipe,
            image,
            search.most_draws if search else 1,
            request.seed,
            prompt=request.prompt,
            conditions=request.conditions,
            chunk_size=_CHUNK,
            on_chunk=tell,
        )
        assert search is not None  # a model without a box has just been refused
        for found in search.run(error):
            shown = heat_map(found, search.box)
            tell(error.evaluations, shown)
    seen = Image.fromarray(((image.movedim(0, -1).numpy() + 1) * 127.5).round().astype(np.uint8))
    facts = _facts(found, request.picture.asked) | {"evaluations": error.evaluations}
    files = {
        SEEN: partial(write_picture, image=seen),
        CELLS: partial(_write_cells, found=found, facts=facts),
    }
    return Made(shown, files, facts | {"bounds": _sides(search.box)})


def heat_map(found: "Belonging", box: Box) -> Image.Image:
    """A picture of a box, north up and as long and wide as on the ground: how likely each place is, by area.

    Light yellow for the best cell, darker by the logarithm, dark violet for FAINTEST of it or less.
    """
    from engine.diffusion.heat import heat_colours

    width_m, height_m = box.width_m, box.height_m
    scale = _LONGER_SIDE_PX / max(width_m, height_m)
    width, height = (max(_SHORTEST_SIDE_PX, round(length * scale)) for length in (width_m, height_m))
    heat = np.zeros((height, width))
    levels = 1 - np.log(np.maximum(found.likeness, FAINTEST)) / np.log(FAINTEST)
    for cell, level in zip(found.cells, levels, strict=True):
        left, right = (
            round((each - box.west) / (box.east - box.west) * width) for each in (cell.west, cell.east)
        )
        top, bottom = (
            round((box.north - each) / (box.north - box.south) * height) for each in (cell.north, cell.south)
        )
        heat[top:bottom, left:right] = level
    return Image.fromarray(heat_colours()[(heat * 255).round().astype(np.uint8)])


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
            [*(round(side, _DECIMALS) for side in _sides(cell).values()), round(float(share), 6)]
            for cell, share in zip(found.cells, found.plausibility, strict=True)
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
    for number in np.argsort(-found.likeness, kind="stable").tolist():
        told = {
            "plausibility": float(found.plausibility[number]),
            "likeness": float(found.likeness[number]),
            "error": float(np.nanmean(found.errors[number])),
            "draws": int(np.isfinite(found.errors[number]).sum()),
        }
        features.append(Feature(Polygon(found.cells[number].corners), properties=told))
    write(path, features)


def _sides(box: Box) -> dict[str, float]:
    return {side: getattr(box, side) for side in ("south", "west", "north", "east")}
