"""A picture in the making: does the request fit the model, each step of the way, and the look at it."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.diffusion.card import PlaceCard
from engine.errors import BadRequest
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import ImageRequest

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from engine.diffusion.pipeline import PlacePipeline

PREVIEWS_PER_S = 8.0
"""At most so many previews a second; more cost time and nobody sees them."""


def check_fits(request: ImageRequest, card: PlaceCard) -> None:
    """Nothing, when the model can do what is asked; BadRequest lists its conditions where it lacks one that is set."""
    if missing := [name for name in request.conditions if name not in card.conditions]:
        raise BadRequest(
            f"this model has no condition {missing[0]!r}; it knows {', '.join(card.conditions) or 'none'}: "
            f"leave {'the place' if missing[0] == 'latitude' else missing[0]} out"
        )


def settled(request: ImageRequest, card: PlaceCard) -> ImageRequest:
    """The request with the model's own numbers where it has none, so that it says those that it is made with."""
    own = {
        name: getattr(card, name)
        for name in ("guidance_scale", "gps_guidance_scale", "num_inference_steps")
        if getattr(request, name) is None
    }
    return replace(request, **own)


def make_picture(
    pipe: "PlacePipeline",
    request: ImageRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> "Image":
    """The picture of a request that fits the pipeline's model; the same request gives the same picture.

    Reports every step, with a preview at most PREVIEWS_PER_S times a second. Raises Cancelled within a step.
    """
    import torch

    steps = request.num_inference_steps or pipe.card.num_inference_steps
    started = time.monotonic()
    shown_at = 0.0
    matrix = pipe.card.latent_rgb or _latent_rgb(pipe)
    size = (request.width_px or pipe.card.resolution_px, request.height_px or pipe.card.resolution_px)

    def on_step_end(_: Any, step: int, timestep: Any, tensors: dict[str, "Tensor"]) -> None:
        nonlocal shown_at
        cancel.check()
        now = time.monotonic()
        preview = None
        if now - shown_at >= 1 / PREVIEWS_PER_S:
            preview, shown_at = _preview(tensors["latents"], matrix, size), now
        done = min(step + 1, steps)
        eta_s = (now - started) / done * (steps - done)
        on_progress(Progress(done, steps, f"step {done} of {steps}", eta_s, preview))

    on_progress(Progress(0, steps, "starting from noise"))
    cancel.check()
    try:
        images = pipe(
            request.prompt,
            request.conditions or None,
            negative_prompt=request.negative_prompt,
            guidance_scale=request.guidance_scale,
            gps_guidance_scale=request.gps_guidance_scale,
            num_inference_steps=steps,
            width=request.width_px,
            height=request.height_px,
            generator=torch.Generator("cpu").manual_seed(request.seed),
            callback_on_step_end=on_step_end,
        ).images
    except torch.OutOfMemoryError as error:
        width, height = size
        raise BadRequest(
            f"a picture of {width} x {height} px does not fit into this GPU's memory; choose a smaller size"
        ) from error
    assert isinstance(images, list)  # output_type "pil"
    return images[0]


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
