"""A film in the making: its frames, a few at a time, how far it is, and its files."""

import json
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engine.atomic import write_bytes
from engine.studio.film import Film, gif
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.picture import memory_for
from engine.studio.requests import WalkRequest
from engine.studio.shots import facts_of, shots_of

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.diffusion.pipeline import PlacePipeline

BATCH: Final = 4
"""Frames that are made together."""


def make_walk(
    pipe: "PlacePipeline",
    request: WalkRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The film of a request as its middle frame, an MP4 and a GIF, and what each frame shows.

    Its frames have everything but their conditions in common, unless their starting noise flows. Raises BadRequest,
    DiskFull, and Cancelled within a step.
    """
    import torch

    from engine.diffusion.noise import on_great_circle

    shots = shots_of(request, pipe.card)
    steps = request.num_inference_steps or pipe.card.num_inference_steps
    width, height = (each or pipe.card.resolution_px for each in (request.width_px, request.height_px))
    comment = json.dumps(request.to_dict(), separators=(",", ":")) if request.gps_in_exif else None
    generator, other = (torch.Generator("cpu").manual_seed(request.seed + each) for each in (0, 1))
    first_noise, second_noise = (pipe.starting_noise(1, height, width, each) for each in (generator, other))
    step_rad = math.tau / len(shots) if request.noise == "flowing" else 0.0
    watch = _Watch(len(shots), steps, on_progress, cancel)
    poster: Image | None = None
    with memory_for((width, height)), Film((width, height), request.fps, comment) as film:
        for numbers in torch.arange(len(shots)).split(BATCH):
            images = pipe(
                request.prompt,
                [shots[number] or None for number in numbers.tolist()],
                negative_prompt=request.negative_prompt,
                guidance_scale=request.guidance_scale,
                gps_guidance_scale=request.gps_guidance_scale,
                num_inference_steps=steps,
                width=width,
                height=height,
                # A scheduler that adds noise at its steps adds the same to every frame.
                generator=[generator.clone_state() for _ in numbers],
                latents=on_great_circle(first_noise, second_noise, numbers * step_rad),
                callback_on_step_end=watch.of_frames(int(numbers[0]), len(numbers)),
            ).images
            assert isinstance(images, list)  # output_type "pil"
            for number, image in zip(numbers.tolist(), images, strict=True):
                film.add(image)
                watch.show(number + 1, image)
                poster = image if number == len(shots) // 2 else poster
        mp4 = film.mp4()
    assert poster is not None
    on_progress(Progress(len(shots), len(shots), "writing the film"))
    files = {
        ".mp4": lambda path: write_bytes(path, mp4),
        ".gif": lambda path: write_bytes(path, gif(mp4, request.fps)),
    }
    return Made(poster, files, facts_of(shots))


class _Watch:
    """Tells how far a film is, with the latest frame as its preview, and raises Cancelled within a step."""

    def __init__(
        self, frames: int, steps: int, on_progress: Callable[[Progress], None], cancel: CancelToken
    ) -> None:
        self._frames, self._steps, self._on_progress, self._cancel = frames, steps, on_progress, cancel
        self._started = time.monotonic()
        on_progress(Progress(0, frames, "starting from noise"))
        cancel.check()

    def of_frames(self, done: int, count: int) -> Callable[..., None]:
        """The pipeline's callback at every step, for `count` frames after `done` of them."""

        def on_step(_: Any, step: int, *rest: Any) -> None:
            self._cancel.check()
            gone = min(step + 1, self._steps)
            message = f"frames {done + 1} to {done + count} of {self._frames}, step {gone} of {self._steps}"
            self._tell(done, done + count * gone / self._steps, message)

        return on_step

    def show(self, done: int, latest: "Image") -> None:
        """Report the latest frame."""
        self._cancel.check()
        self._tell(done, done, f"frame {done} of {self._frames}", latest)

    def _tell(self, done: int, gone: float, message: str, preview: "Image | None" = None) -> None:
        eta_s = (time.monotonic() - self._started) / gone * (self._frames - gone)
        self._on_progress(Progress(done, self._frames, message, eta_s, preview))
