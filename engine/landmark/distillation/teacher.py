"""The teacher: the diffusion model as a distillation asks it, told the side of each view."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_dc import AutoencoderDC
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from engine.diffusion.autoencoder import decode_latents, shift_factor
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadRequest
from engine.landmark.camera import Camera
from engine.landmark.distillation.annealing import timestep_at
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.gradients import guided
from engine.landmark.distillation.predictions import Kind
from engine.landmark.distillation.view_words import view_words


class Teacher:
    """A pipeline with a landmark's prompt; all of its weights stop being trainable.

    Pictures are (B, 3, H, W) in [0, 1], latents in the scale that the UNet sees, and levels of noise are training
    timesteps, whose alpha_bar `alpha_bar` tells.

    Raises BadRequest for a model that knows no azimuth where one is to be told, and for one whose prediction is
    neither noise nor velocity.
    """

    def __init__(self, pipe: PlacePipeline, prompt: str, config: DistilConfig) -> None:
        # As in training, whichever scheduler makes the model's pictures.
        schedule: Any = DDIMScheduler.from_config(getattr(pipe.scheduler, "config"))  # noqa: B009
        kind = schedule.config["prediction_type"]
        if kind not in ("epsilon", "v_prediction"):
            raise BadRequest(
                f"the model predicts {kind!r}, but only epsilon and v_prediction can be distilled; take another model"
            )
        if config.direction == "azimuth" and "azimuth" not in pipe.card.conditions:
            known = ", ".join(pipe.card.conditions) or "none"
            raise BadRequest(
                f"the model knows no azimuth (its conditions are {known}); give one that `train angle` made, or say "
                "the side in words"
            )
        for part in (pipe.unet, pipe.vae, pipe.text_encoder, pipe.place_encoder):
            part.requires_grad_(False)
        self.pipe, self.prompt, self.config = pipe, prompt, config
        self.kind: Kind = kind
        self.device: torch.device = pipe.unet.device
        self._alpha_bars: list[float] = schedule.alphas_cumprod.tolist()
        self._told = told_of(pipe, config, config.distance_shares[-1])
        self.nothing = self._tokens([""], [None])
        """Tokens of e(0, 0): no text and no place, (1, N, D)."""

    @property
    def num_train_timesteps(self) -> int:
        return len(self._alpha_bars)

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """Of one picture."""
        side = self.pipe.card.resolution_px // self.pipe.vae_scale_factor
        return self.pipe.unet.config["in_channels"], side, side

    def timestep(self, part: float) -> int:
        """The training timestep at `part` of the way from clean to noise."""
        return timestep_at(part, self.num_train_timesteps)

    def alpha_bar(self, timestep: int) -> float:
        """Of a training timestep; below 0 there is no noise."""
        return self._alpha_bars[timestep] if timestep >= 0 else 1.0

    @property
    def knows_distance(self) -> bool:
        """Whether views are told how far away the camera is."""
        return "distance" in self._told

    def tell_distance(self, share: float) -> None:
        """From now on views are taken from where this share of the photos are within, if the model knows distances."""
        self._told = told_of(self.pipe, self.config, share)

    def tokens(self, cameras: Sequence[Camera], added: str = "") -> Float[Tensor, "B N D"]:
        """Tokens of e(p, g') for each camera's side; `added` goes after the prompt."""
        prompt = f"{self.prompt}, {added}" if added else self.prompt
        if self.config.direction == "azimuth":
            places = [{**self._told, "azimuth": camera.azimuth_deg} for camera in cameras]
            return self._tokens([prompt] * len(cameras), places)
        front = self.config.front_azimuth_deg
        prompts = [f"{prompt}, {view_words(camera, front)}" for camera in cameras]
        return self._tokens(prompts, [self._told] * len(cameras))

    def predict(
        self, noisy: Float[Tensor, "B C h w"], timestep: int, tokens: Float[Tensor, "B N D"]
    ) -> Float[Tensor, "B C h w"]:
        """The UNet's own prediction, of the kind `kind`."""
        return self.pipe.predict(noisy, torch.tensor(timestep, device=self.device), tokens)

    @torch.no_grad()
    def branches(
        self, noisy: Float[Tensor, "B C h w"], timestep: int, tokens: Float[Tensor, "B N D"]
    ) -> tuple[Float[Tensor, "B C h w"], Float[Tensor, "B C h w"]]:
        """Predictions with the condition `tokens` and with nothing, in one pass."""
        both = torch.cat([tokens, self.nothing.expand(len(tokens), -1, -1)])
        conditional, unconditional = self.predict(noisy.repeat(2, 1, 1, 1), timestep, both).chunk(2)
        return conditional, unconditional

    def guided(
        self,
        noisy: Float[Tensor, "B C h w"],
        timestep: int,
        tokens: Float[Tensor, "B N D"],
        guidance_weight: float,
    ) -> Float[Tensor, "B C h w"]:
        """The paper's (1 + w) e(p, g') - w e(0, 0)."""
        return guided(*self.branches(noisy, timestep, tokens), guidance_weight)

    def encode(self, pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B C h w"]:
        """Latents of pictures of any size, with a gradient; the most likely ones, as in training."""
        card = self.pipe.card
        if self.config.through == "colours":
            if card.latent_rgb is None:
                raise BadRequest(
                    "the model has no preview matrix, so colours cannot stand for latents; set through to 'vae'"
                )
            matrix = torch.tensor(card.latent_rgb, device=pictures.device)
            small = functional.interpolate(pictures, self.latent_shape[1:], mode="area")
            offset = (small - matrix[-1][:, None, None]).permute(0, 2, 3, 1)
            return (offset @ torch.linalg.pinv(matrix[:-1])).permute(0, 3, 1, 2)
        vae = self.pipe.vae
        side = (card.resolution_px, card.resolution_px)
        large = functional.interpolate(pictures, side, mode="bilinear", antialias=True)
        encoded: Any = vae.encode((large * 2 - 1).to(vae.device, vae.dtype), return_dict=False)[0]
        latents = encoded if isinstance(vae, AutoencoderDC) else encoded.mode()
        return (latents.float() - shift_factor(vae)) * vae.config["scaling_factor"]

    def decode(self, latents: Float[Tensor, "B C h w"]) -> Float[Tensor, "B 3 H W"]:
        """Pictures of latents, without a gradient."""
        return (decode_latents(self.pipe.vae, latents) / 2 + 0.5).clamp(0, 1)

    @torch.no_grad()
    def _tokens(self, prompts: Sequence[str], places: Sequence[dict[str, float] | None]) -> Tensor:
        return self.pipe.join(self.pipe.encode_prompt(prompts), self.pipe.encode_place(list(places)))


def told_of(pipe: PlacePipeline, config: DistilConfig, share: float) -> dict[str, float]:
    """Light and distance of all views, as far as the model knows them; no distance where nobody knows its photos'.

    The distance is the one that `share` of the photos are within.
    """
    distance_m = None
    if pipe.photo_places is not None and pipe.card.centre is not None:
        distance_m = pipe.photo_places.far_m(pipe.card.centre, share)
    told = {"hour": config.hour, "month": config.month, "distance": distance_m}
    return {name: value for name, value in told.items() if name in pipe.card.conditions and value is not None}
