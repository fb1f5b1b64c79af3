"""The pipeline: from words and a place to pictures, with any Stable Diffusion 1.x or 2.x."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from diffusers import DiffusionPipeline, UNet2DConditionModel
from diffusers.image_processor import VaeImageProcessor
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from diffusers.utils import BaseOutput
from diffusers.utils.torch_utils import randn_tensor
from jaxtyping import Float, Int
from PIL import Image
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from engine.diffusion.autoencoder import Autoencoder, decode_latents, scale_factor
from engine.diffusion.card import PlaceCard
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.guidance import Denoiser, guided
from engine.diffusion.manifest import check_manifest, forget_origin, write_manifest
from engine.diffusion.photo_places import PhotoPlaces
from engine.errors import BadRequest
from engine.geo.place import Place

Conditions = Place | Mapping[str, float | None] | None
"""Where (and when, and which way): a place, values in natural units by the name of the condition, or nothing."""

StepCallback = Callable[["PlacePipeline", int, Tensor, dict[str, Tensor]], Mapping[str, Tensor] | None]


@dataclass
class PlacePipelineOutput(BaseOutput):
    """What a call returns."""

    images: list[Image.Image] | np.ndarray | Tensor
    """A list of PIL pictures, (B, H, W, 3) in [0, 1], (B, 3, H, W) in [0, 1], or latents, by `output_type`."""


class PlacePipeline(DiffusionPipeline):
    """Stable Diffusion whose UNet attends to place tokens after the text tokens.

    Any diffusers scheduler fits, for noise and velocity predictions alike. `card` says which conditions there are
    and where the model is at home.
    """

    model_cpu_offload_seq = "text_encoder->place_encoder->unet->vae"
    _callback_tensor_inputs = ("latents", "noise_pred", "pred_original_sample")

    vae: Autoencoder
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    unet: UNet2DConditionModel
    scheduler: SchedulerMixin
    place_encoder: PlaceEncoder

    def __init__(
        self,
        vae: Autoencoder,
        text_encoder: CLIPTextModel,
        tokenizer: CLIPTokenizer,
        unet: UNet2DConditionModel,
        scheduler: SchedulerMixin,
        place_encoder: PlaceEncoder,
    ) -> None:
        super().__init__()
        self.register_modules(
            vae=vae,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            unet=unet,
            scheduler=scheduler,
            place_encoder=place_encoder,
        )
        self.vae_scale_factor = scale_factor(vae)
        self.image_processor = VaeImageProcessor(vae_scale_factor=self.vae_scale_factor)
        self.card = PlaceCard(name="", conditions=tuple(place_encoder.config.conditions))
        self.photo_places: PhotoPlaces | None = None

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | Sequence[str] = "",
        place: Conditions | Sequence[Conditions] = None,
        *,
        negative_prompt: str | Sequence[str] = "",
        guidance_scale: float | None = None,
        gps_guidance_scale: float | None = None,
        num_inference_steps: int = 30,
        height: int | None = None,
        width: int | None = None,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: Float[Tensor, "B C h w"] | None = None,
        output_type: Literal["pil", "np", "pt", "latent"] = "pil",
        callback_on_step_end: StepCallback | None = None,
    ) -> PlacePipelineOutput:
        """Pictures of `prompt` at `place`; prompts and places are single, or lists of one length.

        Guidance scales and size are the card's where they are None. An empty prompt means no text, a place of None
        means no place. A negative prompt stands in for no text in the first branch. `latents` are standard normal;
        drawn from `generator` (on the CPU, so that a seed means the same on every device) when absent.
        `callback_on_step_end(pipe, step, timestep, {"latents", "noise_pred", "pred_original_sample"})` may return
        changed latents, and may raise to stop; the third is what the scheduler expects at the end, where it says so,
        and otherwise the latents. Raises BadRequest.
        """
        # 1. Bring the inputs to one batch
        prompts, places, negatives = _batched(prompt, place, negative_prompt)

        # 2. Condition tokens of the three branches
        no_place = self.encode_place([None])
        tokens = torch.cat(
            [
                self.join(self.encode_prompt(negatives), no_place),
                self.join(text := self.encode_prompt(prompts), no_place),
                self.join(text, self.encode_place(places)),
            ]
        )  # (3B, L + C, D)

        # 3. Starting noise
        latents = self.starting_noise(len(prompts), height, width, generator, latents)

        # 4. Denoise, in float32 outside the UNet whatever its precision
        denoiser = guided(
            self.predict,
            tokens,
            self.card.guidance_scale if guidance_scale is None else guidance_scale,
            self.card.gps_guidance_scale if gps_guidance_scale is None else gps_guidance_scale,
        )
        latents = self.denoise(latents, denoiser, num_inference_steps, generator, callback_on_step_end)

        # 5. Decode
        images = latents if output_type == "latent" else self.decode(latents, output_type)
        self.maybe_free_model_hooks()
        return PlacePipelineOutput(images=images)

    def encode_prompt(self, prompts: Sequence[str]) -> Float[Tensor, "B L D"]:
        """Text tokens; the empty prompt is the one meaning of "no text"."""
        ids = self.token_ids(prompts).to(self.text_encoder.device)
        return self.text_encoder(ids)[0].to(self._execution_device)

    def token_ids(self, prompts: Sequence[str]) -> Int[Tensor, "B L"]:
        """Numbers of the prompts' tokens in the tokenizer's vocabulary, cut and padded to its longest prompt."""
        return self.tokenizer(
            list(prompts),
            padding="max_length",
            max_length=self.tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        ).input_ids

    def encode_place(self, places: Sequence[Conditions]) -> Float[Tensor, "B C D"]:
        """Place tokens; None, and every condition that is not given, is its learned null token. Raises BadRequest."""
        values = torch.tensor([self.card.values(_raw(place)) for place in places], dtype=torch.float32)
        return self.place_encoder(values.to(next(self.place_encoder.parameters()).device)).to(
            self._execution_device
        )

    @torch.no_grad()
    def decode(self, latents: Float[Tensor, "B C h w"], output_type: str = "pil") -> Any:
        """Pictures of latents in the scale that the UNet sees."""
        return self.image_processor.postprocess(decode_latents(self.vae, latents), output_type=output_type)

    def save_pretrained(self, save_directory: str | Path, **options: Any) -> None:
        """Write the diffusers layout with place.json, manifest.json and any photos.safetensors into `save_directory`.

        The same pipeline is written as the same bytes, whatever it was used for before.
        """
        # A tokenizer keeps the padding and truncation of its last call, and would write them into its file.
        backend = self.tokenizer.backend_tokenizer
        backend.no_padding()
        backend.no_truncation()
        super().save_pretrained(save_directory, **({"safe_serialization": True} | options))
        folder = Path(save_directory)
        self.card.write(folder)
        if self.photo_places is not None:
            self.photo_places.write(folder)
        forget_origin(folder)
        write_manifest(folder)

    @classmethod
    def from_pretrained(cls, folder: str | Path, **options: Any) -> "PlacePipeline":
        """The pipeline that `save_pretrained` wrote. Raises BadModel before any tensor of a damaged folder is used."""
        check_manifest(Path(folder))
        card = PlaceCard.read(Path(folder))
        pipe = super().from_pretrained(str(folder), **({"use_safetensors": True} | options))
        pipe.card = card
        pipe.photo_places = PhotoPlaces.read(Path(folder))
        return pipe

    @property
    def _execution_device(self) -> torch.device:
        """Where the UNet computes.

        Diffusers' own walks through every module of the pipeline, which takes 20 ms of a picture of the demo; it is
        asked only where hooks move weights about.
        """
        if hasattr(self.unet, "_hf_hook") or hasattr(self.unet, "_diffusers_hook"):
            return super()._execution_device
        return next(self.unet.parameters()).device

    @property
    def _precision(self) -> torch.dtype:
        return next(self.unet.parameters()).dtype

    def join(self, text: Float[Tensor, "B L D"], place: Float[Tensor, "B C D"]) -> Float[Tensor, "B N D"]:
        """What the UNet attends to: the text tokens, and after them the place tokens."""
        return torch.cat([text, place.expand(len(text), -1, -1)], dim=1).to(self._precision)

    def starting_noise(
        self,
        count: int,
        height: int | None = None,
        width: int | None = None,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: Tensor | None = None,
    ) -> Float[Tensor, "B C h w"]:
        """Standard normal latents of pictures of that many pixels (the card's where None), or `latents` if they fit.

        Raises BadRequest.
        """
        height, width = height or self.card.resolution_px, width or self.card.resolution_px
        multiple = self.vae_scale_factor
        if height % multiple or width % multiple or min(height, width) < multiple:
            raise BadRequest(
                f"the size {width} x {height} px does not fit this model; use multiples of {multiple}"
            )
        shape = (count, self.unet.config.in_channels, height // multiple, width // multiple)
        if latents is None:
            return randn_tensor(
                shape, generator=generator, device=self._execution_device, dtype=torch.float32
            )
        if latents.shape != shape:
            raise BadRequest(f"the latents have shape {tuple(latents.shape)}, but this call needs {shape}")
        return latents.to(self._execution_device, torch.float32)

    def denoise(
        self,
        latents: Float[Tensor, "B C h w"],
        denoiser: Denoiser,
        num_inference_steps: int,
        generator: torch.Generator | list[torch.Generator] | None = None,
        callback: StepCallback | None = None,
    ) -> Float[Tensor, "B C h w"]:
        """Latents after the scheduler's steps, from standard normal ones; the loop knows nothing of guidance."""
        scheduler = self.scheduler
        scheduler.set_timesteps(num_inference_steps, device=latents.device)
        latents = latents * getattr(scheduler, "init_noise_sigma", 1.0)
        scale_input = getattr(scheduler, "scale_model_input", lambda sample, timestep: sample)
        takes_generator = "generator" in inspect.signature(scheduler.step).parameters
        options: dict[str, Any] = {"generator": generator} if takes_generator else {}
        with self.progress_bar(total=len(scheduler.timesteps)) as bar:
            for step, timestep in enumerate(scheduler.timesteps):
                noise_pred = denoiser(scale_input(latents, timestep), timestep)
                stepped = scheduler.step(noise_pred, timestep, latents, **options)
                latents = stepped.prev_sample
                if callback is not None:
                    tensors = {
                        "latents": latents,
                        "noise_pred": noise_pred,
                        "pred_original_sample": getattr(stepped, "pred_original_sample", latents),
                    }
                    changed = callback(self, step, timestep, tensors)
                    latents = (changed or {}).get("latents", latents)
                bar.update()
        return latents

    def predict(
        self, latents: Float[Tensor, "B C h w"], timestep: Tensor, tokens: Float[Tensor, "B N D"]
    ) -> Float[Tensor, "B C h w"]:
        """The UNet's prediction in float32."""
        return self.unet(latents.to(self._precision), timestep, tokens, return_dict=False)[0].float()


def _batched(prompt: Any, place: Any, negative_prompt: Any) -> tuple[list[str], list[Conditions], list[str]]:
    """The three inputs as lists of one length. Raises BadRequest when their lengths do not agree."""
    lists: list[list[Any]] = [
        [value] if value is None or isinstance(value, str | Place | Mapping) else list(value)
        for value in (prompt, place, negative_prompt)
    ]
    size = max(map(len, lists))
    if any(len(values) not in (1, size) for values in lists):
        prompts, places, negatives = map(len, lists)
        raise BadRequest(
            f"{prompts} prompts, {places} places and {negatives} negative prompts do not go together"
        )
    prompts, places, negatives = (values * (size // len(values)) for values in lists)
    return prompts, places, negatives


def _raw(place: Conditions) -> Mapping[str, float | None]:
    if isinstance(place, Place):
        return {"latitude": place.latitude, "longitude": place.longitude}
    return place or {}
