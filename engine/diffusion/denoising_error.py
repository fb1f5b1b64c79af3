"""The denoising error: how far the model's prediction for a picture is off when it is told a place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from diffusers import DDIMScheduler
from jaxtyping import Float
from torch import Tensor

from engine.diffusion.autoencoder import encode_images
from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.target import target
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.geo.region import Box

TIMESTEPS: Final = (0.2, 0.8)
"""Part of the training timesteps that draws are from. With less noise the picture itself shows what to predict, with
more nothing of the picture is left; in both cases the place makes no difference to the error, but to its scatter."""
_GOLDEN_RATIO: Final = 0.618033988749895
"""Its multiples modulo 1 are spread evenly, however many there are."""


def askable_box(card: PlaceCard) -> Box:
    """The box in which a model can be asked for a place. Raises BadRequest for a model that knows no place."""
    if card.box is None or not {"longitude", "latitude"} <= set(card.conditions):
        known = ", ".join(card.conditions) or "none"
        raise BadRequest(
            f"this model cannot be asked for a place (its conditions are {known}, and it has "
            f"{'no box' if card.box is None else 'a box'}); choose one of longitude and latitude with a box"
        )
    return card.box


class DenoisingError:
    """Error of one picture at places, as a diffusion classifier has it (Li et al. 2023, arXiv 2303.16203).

    A draw is a timestep and a noise; all places are asked with the same draws, so that what a draw adds to the error of
    each of them cancels in their differences (common random numbers). Places are asked in chunks, so that memory does
    not grow with their number.
    """

    def __init__(
        self,
        pipe: PlacePipeline,
        image: Float[Tensor, "3 H W"],
        draws: int,
        seed: int,
        *,
        prompt: str = "",
        conditions: Mapping[str, float] | None = None,
        chunk_size: int = 8,
        on_chunk: Callable[[int], None] | None = None,
    ) -> None:
        """`image` is in [-1, 1] and of the model's resolution; `draws` are how many there are, and the first ones are
        the same however many follow. `conditions` are those beside the place, in natural units; what is missing is
        null. `on_chunk` hears how many evaluations are done, and may raise to stop. Raises BadRequest for a model that
        knows no place, and for one whose prediction type is not known.
        """
        askable_box(pipe.card)
        self.pipe, self.conditions = pipe, conditions or {}
        self.chunk_size, self.on_chunk = chunk_size, on_chunk
        self.evaluations = 0
        """Predictions that the UNet made."""
        device = pipe._execution_device
        # As in training, whichever scheduler makes the model's pictures.
        scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
        generator = torch.Generator("cpu").manual_seed(seed)
        low, high = TIMESTEPS
        start = float(torch.rand((), generator=generator, dtype=torch.float64))
        shares = (start + torch.arange(draws, dtype=torch.float64) * _GOLDEN_RATIO) % 1
        steps = (low + (high - low) * shares) * scheduler.config.num_train_timesteps
        self.timesteps = steps.long().to(device)
        with torch.no_grad():
            latents = encode_images(pipe.vae, image[None]).to(device, torch.float32)
            self._text = pipe.encode_prompt([prompt])
        noises = [torch.randn(latents.shape, generator=generator) for _ in range(draws)]
        noise, latents = torch.cat(noises).to(device), latents.expand(draws, -1, -1, -1)
        self._noisy = scheduler.add_noise(latents, noise, self.timesteps)
        self._wanted = target(scheduler, latents, noise, self.timesteps)

    @torch.no_grad()
    def __call__(self, places: Sequence[Place], draw: int) -> Float[np.ndarray, " P"]:
        """Mean squared error of the prediction at each place, for the draw of that number."""
        noisy, wanted = self._noisy[draw : draw + 1], self._wanted[draw]
        found = []
        for start in range(0, len(places), self.chunk_size):
            tokens = self._tokens(places[start : start + self.chunk_size])
            prediction = self.pipe.predict(
                noisy.expand(len(tokens), -1, -1, -1), self.timesteps[draw], tokens
            )
            found.append((prediction - wanted).square().mean(dim=(1, 2, 3)).double().cpu())
            self.evaluations += len(tokens)
            if self.on_chunk:
                self.on_chunk(self.evaluations)
        return torch.cat(found).numpy()

    def _tokens(self, places: Sequence[Place]) -> Float[Tensor, "B N D"]:
        raw = [
            {**self.conditions, "latitude": place.latitude, "longitude": place.longitude} for place in places
        ]
        return self.pipe.join(self._text.expand(len(places), -1, -1), self.pipe.encode_place(raw))
