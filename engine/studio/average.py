"""The average of a region in the making: its places, how far it is, and how far they agree."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.photos.stamp import write_picture
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.picture import Watch, make_picture, memory_for
from engine.studio.requests import AverageRequest, ImageRequest, PictureSettings
from engine.studio.scatter import scatter, within_box

if TYPE_CHECKING:
    from engine.diffusion.pipeline import PlacePipeline

DISAGREEMENT = ".disagreement.png"
"""Ending of the map of where the places of a region differ: black where least, white where most."""
CHUNK = 8
"""Places that the UNet looks at together."""


def make_average(
    pipe: "PlacePipeline",
    request: AverageRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The average picture of a region, its disagreement map and its places. Raises BadRegion, BadRequest, Cancelled."""
    if request.region is None:
        raise BadRequest("the request does not tell its region; draw one")
    region = within_box(request.region, pipe.card.box)
    places = scatter(
        region, request.samples, request.spread, pipe.photo_places, np.random.default_rng(request.seed)
    )
    if request.of_pictures:
        return _mean_picture(pipe, request, places, on_progress, cancel)
    return _typical_picture(pipe, request, places, on_progress, cancel)


def _typical_picture(
    pipe: "PlacePipeline",
    request: AverageRequest,
    places: Sequence[Place],
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    import torch

    from engine.diffusion.average import average_region

    watch = Watch(pipe, request, on_progress, cancel)
    with memory_for(watch.size):
        average = average_region(
            pipe,
            request.prompt,
            [request.conditions | _position(place) for place in places],
            negative_prompt=request.negative_prompt,
            estimator=request.estimator,
            places_per_step=request.samples_per_step,
            chunk_size=CHUNK,
            guidance_scale=request.guidance_scale,
            gps_guidance_scale=request.gps_guidance_scale,
            num_inference_steps=watch.steps,
            width=request.width_px,
            height=request.height_px,
            generator=torch.Generator("cpu").manual_seed(request.seed),
            on_places=lambda step, done, total, error: watch.within(
                step, done, total, "place", standard_error=error
            ),
            callback_on_step_end=watch,
        )
    shown = _map_of(average.disagreement).resize(average.image.size, Image.Resampling.BICUBIC)
    return Made(
        average.image,
        {DISAGREEMENT: lambda path: write_picture(path, shown)},
        _facts(places)
        | {
            "evaluations": average.evaluations,
            "standard_error": [round(each, 5) for each in average.standard_error.tolist()],
            "disagreement": round(float(average.disagreement.mean()), 5),
        },
    )


def _mean_picture(
    pipe: "PlacePipeline",
    request: AverageRequest,
    places: Sequence[Place],
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The plain mean of the finished pictures of all places, and how far their pixels differ."""
    total, squares = None, None
    own = {name: getattr(request, name) for name in PictureSettings.__dataclass_fields__}
    for number, place in enumerate(places):
        on_progress(Progress(number, len(places), f"picture {number + 1:,} of {len(places):,}"))
        made = make_picture(pipe, ImageRequest(request.model, place, **own), lambda progress: None, cancel)
        pixels = np.asarray(made.image.convert("RGB"), np.float64)
        total = pixels if total is None else total + pixels
        squares = pixels**2 if squares is None else squares + pixels**2
    assert total is not None
    assert squares is not None
    mean = total / len(places)
    spread = np.sqrt(np.maximum(squares / len(places) - mean**2, 0)).mean(axis=-1)
    shown = _map_of(spread)
    return Made(
        Image.fromarray(mean.round().astype(np.uint8)),
        {DISAGREEMENT: lambda path: write_picture(path, shown)},
        _facts(places),
    )


def _map_of(spread: np.ndarray) -> Image.Image:
    """A grey picture from black at the least to white at the most; black where all is the same."""
    above = spread - spread.min()
    return Image.fromarray((above / max(above.max(), 1e-12) * 255).round().astype(np.uint8))


def _position(place: Place) -> dict[str, float]:
    return {"latitude": place.latitude, "longitude": place.longitude}


def _facts(places: Sequence[Place]) -> dict[str, Any]:
    return {"places": [[round(place.latitude, 6), round(place.longitude, 6)] for place in places]}
