"""A picture in the making: does the request fit the model, each step of the way, and the look at it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from engine.diffusion.card import PlaceCard
from engine.errors import BadRequest
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.requests import ImageRequest, PictureRequest

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from engine.diffusion.pipeline import PlacePipeline

AnyPicture = TypeVar("AnyPicture", bound=PictureRequest)

PREVIEWS_PER_S = 5.0
"""At most so many previews a second; more take the time from the picture where browser and model share two cores."""


def check_fits(request: PictureRequest, card: PlaceCard) -> None:
    """Nothing, when the model can do what is asked; BadRequest lists its conditions where it lacks one that is set."""
    if missing := [name for name in request.conditions if name not in card.conditions]:
        raise BadRequest(
            f"this model has no condition {missing[0]!r}; it knows {', '.join(card.conditions) or 'none'}: "
            f"leave {'the place' if missing[0] == 'latitude' else missing[0]} out"
        )


def settled(request: AnyPicture, card: PlaceCard) -> AnyPicture:
    """The request with the model's own numbers where it has none, so that it says those that it is made with."""
    if not request.PAINTS:
        return request
    own = {
        name: getattr(card, name)
        for name in ("guidance_scale", "gps_guidance_scale", "num_inference_steps")
        if getattr(request, name) is None
    }
    return replace(request, **own)


class Watch:
    """Looks at a picture in the making: reports every step, and shows a preview at most PREVIEWS_PER_S times a second.

    It is the pipeline's `callback_on_step_end`, and raises Cancelled within a step.
    """

    def __init__(
        self,
        pipe: "PlacePipeline",
        request: PictureRequest,
        on_progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> None:
        self.steps = request.num_inference_steps or pipe.card.num_inference_steps
        self.size = (
            request.width_px or pipe.card.resolution_px,
            request.height_px or pipe.card.resolution_px,
        )
        self._on_progress, self._cancel = on_progress, cancel
        self._matrix = pipe.card.latent_rgb or _latent_rgb(pipe)
        self._started, self._shown_at = time.monotonic(), 0.0
        on_progress(Progress(0, self.steps, "starting from noise"))
        cancel.check()

    def __call__(self, _: Any, step: int, timestep: Any, tensors: dict[str, "Tensor"]) -> None:
        self._cancel.check()
        now, preview = time.monotonic(), None
        if now - self._shown_at >= 1 / PREVIEWS_PER_S:
            preview, self._shown_at = _preview(tensors["pred_original_sample"], self._matrix, self.size), now
        done = min(step + 1, self.steps)
        eta_s = (now - self._started) / done * (self.steps - done)
        self._on_progress(Progress(done, self.steps, f"step {done} of {self.steps}", eta_s, preview))

    def within(self, step: int, done: int, total: int, what: str, **metrics: float) -> None:
        """Report how far the step that is under way is: `done` of `total` of what it asks, and figures of it."""
        self._cancel.check()
        gone = step + done / total
        eta_s = (time.monotonic() - self._started) / gone * (self.steps - gone)
        message = f"step {step + 1} of {self.steps}, {what} {done:,} of {total:,}"
        self._on_progress(Progress(step, self.steps, message, eta_s, metrics=metrics))


def make_picture(
    pipe: "PlacePipeline",
    request: ImageRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The picture of a request that fits the pipeline's model; the same request gives the same picture.

    Raises Cancelled within a step.
    """
    import torch

    watch = Watch(pipe, request, on_progress, cancel)
    with memory_for(watch.size):
        images = pipe(
            request.prompt,
            request.conditions or None,
            negative_prompt=request.negative_prompt,
            guidance_scale=request.guidance_scale,
            gps_guidance_scale=request.gps_guidance_scale,
            num_inference_steps=watch.steps,
            width=request.width_px,
            height=request.height_px,
            generator=torch.Generator("cpu").manual_seed(request.seed),
            callback_on_step_end=watch,
        ).images
    assert isinstance(images, list)  # output_type "pil"
    return Made(images[0])


@contextmanager
def memory_for(size: tuple[int, int]) -> Iterator[None]:
    """A block in which a GPU's memory that is too small for pictures of that size is the user's BadRequest."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        width, height = size
        raise BadRequest(
            f"a picture of {width} x {height} px does not fit into this GPU's memory; choose a smaller size"
        ) from error


def _preview(latents: "Tensor", matrix: Any, size: tuple[int, int]) -> "Image":
    """A look at the latents in the size of the picture to come, without the VAE."""
    from PIL import Image

    from engine.diffusion.preview import latents_to_rgb

    return Image.fromarray(latents_to_rgb(latents[:1], matrix)[0]).resize(size, Image.Resampling.BILINEAR)


def _latent_rgb(pipe: "PlacePipeline") -> Any:
    """The preview matrix of a model whose card has none, fitted to what its VAE makes of noise; kept on the card."""
    import torch

    from engine.diffusion.preview import fit_latent_rgb

    generator = torch.Generator("cpu").manual_seed(0)
    latents = torch.randn(1, pipe.unet.config["in_channels"], 16, 16, generator=generator)
    with torch.no_grad():
        images = pipe.decode(latents.to(pipe.device), "pt") * 2 - 1
    pipe.card = replace(pipe.card, latent_rgb=fit_latent_rgb(latents, images))
    return pipe.card.latent_rgb
