"""Average: what is typical of a region, by the mean of the model's predictions over many of its places (paper)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import torch
from jaxtyping import Float, Int
from PIL import Image
from torch import Tensor

from engine.diffusion.estimator import Estimator, places_of_step
from engine.diffusion.guidance import combine_dual
from engine.diffusion.pipeline import PlacePipeline, StepCallback
from engine.errors import BadRequest

OnPlaces = Callable[[int, int, int, float], None]
"""Hears of (step, places of it that are asked so far, places of it, standard error so far); it may raise to stop."""


@dataclass(frozen=True)
class RegionAverage:
    """The picture that is typical of a region, and how far its places agree."""

    image: Image.Image
    disagreement: Float[np.ndarray, "h w"]
    """Standard deviation of the places' predictions at each place of the latents, mean over channels and steps."""
    standard_error: Float[np.ndarray, " S"]
    """At each step, how far the mean over the asked places may be from that over the whole region, relative to it."""
    evaluations: int
    """Predictions that the UNet made."""


class RegionDenoiser:
    """Denoiser whose place branch is the mean over places: e(p,g) becomes (1/M) sum of e(p, g_i) (paper).

    The branches without a place are asked once a step, the places in chunks, so that memory does not grow with their
    number.
    """

    def __init__(
        self,
        pipe: PlacePipeline,
        text: Float[Tensor, "2 L D"],
        places: Float[Tensor, "M C D"],
        scales: tuple[float, float],
        choose: Callable[[int], Int[np.ndarray, " k"]],
        chunk_size: int,
        on_places: OnPlaces | None = None,
    ) -> None:
        """`text` are the tokens of no text (or of the negative prompt) and of the prompt, `places` those of the
        places, `scales` those of guidance by text and by place; `choose(step)` says which places a step asks."""
        self.pipe, self.text, self.places, self.scales = pipe, text, places, scales
        self.choose, self.chunk_size, self.on_places = choose, chunk_size, on_places
        self._no_place = pipe.encode_place([None])
        self.variances: list[Float[Tensor, "h w"]] = []
        self.standard_errors: list[float] = []
        self.evaluations = 0

    def __call__(self, latents: Float[Tensor, "1 C h w"], timestep: Tensor) -> Float[Tensor, "1 C h w"]:
        step = len(self.standard_errors)
        chosen = self.choose(step)
        uncond, text = self._predict(latents, timestep, self.text, self._no_place).chunk(2)
        mean, squares, count = torch.zeros_like(latents), torch.zeros_like(latents), 0
        variance, error = squares, 0.0
        for part in torch.from_numpy(chosen).split(self.chunk_size):
            words = self.text[1:].expand(len(part), -1, -1)
            predictions = self._predict(latents, timestep, words, self.places[part])
            # Chan's way to join two means with their sums of squares: no prediction has to be kept.
            own = predictions.mean(0, keepdim=True)
            off, joined = own - mean, count + len(part)
            mean = mean + off * (len(part) / joined)
            squares = squares + (predictions - own).square().sum(0, keepdim=True)
            squares = squares + off.square() * (count * len(part) / joined)
            count = joined
            variance = squares / max(1, count - 1)
            error = float((variance.mean() / count).sqrt() / mean.square().mean().sqrt().clamp(min=1e-8))
            if self.on_places:
                self.on_places(step, count, len(chosen), error)
        self.variances.append(variance.mean(dim=(0, 1)))
        self.standard_errors.append(error)
        return combine_dual(uncond, text, mean, *self.scales)

    def _predict(self, latents: Tensor, timestep: Tensor, text: Tensor, places: Tensor) -> Tensor:
        self.evaluations += len(text)
        tokens = self.pipe.join(text, places)
        return self.pipe.predict(latents.expand(len(text), -1, -1, -1), timestep, tokens)


@torch.no_grad()
def average_region(
    pipe: PlacePipeline,
    prompt: str,
    conditions: Sequence[Mapping[str, float | None]],
    *,
    negative_prompt: str = "",
    estimator: Estimator = "exact",
    places_per_step: int = 16,
    chunk_size: int = 8,
    guidance_scale: float | None = None,
    gps_guidance_scale: float | None = None,
    num_inference_steps: int = 30,
    height: int | None = None,
    width: int | None = None,
    generator: torch.Generator | None = None,
    latents: Float[Tensor, "1 C h w"] | None = None,
    on_places: OnPlaces | None = None,
    callback_on_step_end: StepCallback | None = None,
) -> RegionAverage:
    """The average picture of places given by their conditions, in an order in which neighbours are near each other.

    "exact" asks all of them at every step, "fresh" `places_per_step` of them, one at random out of each of as many
    equal parts of the order, and "growing" so many on average, from few to many. The rest is as in PlacePipeline: give
    every region the same `generator` seed, and their pictures can be compared. Raises BadRequest.
    """
    if estimator not in get_args(Estimator):
        raise BadRequest(f"there is no estimator {estimator!r}; choose from {', '.join(get_args(Estimator))}")
    if not conditions:
        raise BadRequest("an average needs at least one place")
    starting_noise = pipe.starting_noise(1, height, width, generator, latents)
    rng = np.random.default_rng(generator.initial_seed() if generator else 0)
    denoiser = RegionDenoiser(
        pipe,
        pipe.encode_prompt([negative_prompt, prompt]),
        torch.cat([pipe.encode_place([each]) for each in conditions]),
        (
            pipe.card.guidance_scale if guidance_scale is None else guidance_scale,
            pipe.card.gps_guidance_scale if gps_guidance_scale is None else gps_guidance_scale,
        ),
        lambda step: places_of_step(
            estimator, step, num_inference_steps, len(conditions), places_per_step, rng
        ),
        chunk_size,
        on_places,
    )
    made = pipe.denoise(starting_noise, denoiser, num_inference_steps, generator, callback_on_step_end)
    return RegionAverage(
        image=pipe.decode(made)[0],
        disagreement=torch.stack(denoiser.variances).mean(0).sqrt().cpu().numpy(),
        standard_error=np.array(denoiser.standard_errors),
        evaluations=denoiser.evaluations,
    )
