"""A series: many pictures one after another, with one progress and one look at all of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.studio.jobs import CancelToken, Progress
from engine.studio.notices import within_reach
from engine.studio.picture import make_picture
from engine.studio.requests import ImageRequest

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.diffusion.pipeline import PlacePipeline


def make_each(
    pipe: "PlacePipeline",
    requests: Sequence[ImageRequest],
    show: Callable[[int, "Image"], "Image"],
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Iterator["Image"]:
    """The pictures of the requests, each to the pixel as it is when it is asked for alone. Raises Cancelled.

    Never in batches, because sums over a batch are rounded otherwise, and the pictures would be others.
    `show(number, picture)` puts a picture, finished or not, where it belongs and returns the look at all of them.
    """
    steps = [request.num_inference_steps or pipe.card.num_inference_steps for request in requests]
    started = time.monotonic()

    def report(number: int, within: Progress) -> None:
        done, total = sum(steps[:number]) + within.done, sum(steps)
        eta_s = (time.monotonic() - started) / done * (total - done) if done else None
        message = f"picture {number + 1:,} of {len(requests):,}, {within.message}"
        preview = show(number, within.preview) if within.preview else None
        on_progress(Progress(done, total, message, eta_s, preview))

    for number, request in enumerate(requests):
        made = make_picture(
            pipe,
            within_reach(request, pipe.card),
            lambda within, number=number: report(number, within),
            cancel,
        )
        report(number, Progress(steps[number], steps[number], "done", preview=made.image))
        yield made.image
