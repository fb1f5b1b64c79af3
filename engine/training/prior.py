"""The prior: pictures that the untouched base draws of a prompt, once, to be kept in mind while it learns."""

import hashlib
from pathlib import Path

import pyarrow as pa
import torch
from accelerate import Accelerator
from jaxtyping import Float
from torch import Tensor

from engine.diffusion.pipeline import PlacePipeline
from engine.photos.stamp import write_picture
from engine.training.angle_config import AngleConfig
from engine.training.dataset import content_hash, weights_hash
from engine.training.draws import prior_generator
from engine.training.step import OnStep, Pace

_BATCH = 4


def draw_prior(
    pipe: PlacePipeline,
    prompt: str,
    knew_places: bool,
    config: AngleConfig,
    cache: Path,
    accelerator: Accelerator,
    on_step: OnStep | None = None,
) -> pa.Table:
    """`prior_count` pictures in a folder of `cache`, as a table of their path in `cache`, caption and sha256.

    Those that are there already are not drawn again: the folder is named after the weights, the prompt and every number
    that they depend on. `pipe` must not have learned anything yet; LoRA layers that change nothing are none. The null
    tokens of the place conditions that it had before stand beside the text where `knew_places`, else nothing does.
    Raises DiskFull.
    """
    folder = cache / f"prior-{_key(pipe, prompt, knew_places, config)}"
    starts = range(0, config.prior_count, _BATCH)
    # A batch is drawn whole, since a picture depends, in its last bits, on how many are drawn beside it.
    names = {start: [folder / f"{start + each:06d}.png" for each in range(_BATCH)] for start in starts}
    share = starts[accelerator.process_index :: accelerator.num_processes]
    missing = [start for start in share if not all(path.exists() for path in names[start])]
    pace = Pace("prior", len(missing) * _BATCH, on_step)
    tokens = _tokens(pipe, prompt, knew_places)
    for done, start in enumerate(missing, 1):
        for path, image in zip(names[start], _draw(pipe, tokens, start, config), strict=True):
            write_picture(path, image, caption=prompt, provenance={"prior_of": prompt, "seed": config.seed})
        pace.tell(done * _BATCH)
    accelerator.wait_for_everyone()
    paths = [path for start in starts for path in names[start]][: config.prior_count]
    return pa.table(
        {
            "path": [path.relative_to(cache).as_posix() for path in paths],
            "caption": [prompt] * len(paths),
            "sha256": [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths],
        }
    )


@torch.no_grad()
def _tokens(pipe: PlacePipeline, prompt: str, knew_places: bool) -> Float[Tensor, "2 N D"]:
    """What the untouched base attends to without the prompt, and with it."""
    text = pipe.encode_prompt(["", prompt])
    if not knew_places:
        return text.to(pipe.unet.dtype)
    encoder = pipe.place_encoder
    nothing = torch.full((1, len(encoder.mlps)), torch.nan, device=encoder.device)
    return pipe.join(text, encoder.own_tokens(nothing).to(text.device))


@torch.no_grad()
def _draw(pipe: PlacePipeline, tokens: Float[Tensor, "2 N D"], start: int, config: AngleConfig) -> list:
    generators = [prior_generator(config.seed, start + each) for each in range(_BATCH)]
    noise = pipe.starting_noise(_BATCH, config.resolution_px, config.resolution_px, generators)
    batched = tokens.repeat_interleave(_BATCH, dim=0)

    def denoise(latents: Tensor, timestep: Tensor) -> Tensor:
        without, with_text = pipe.predict(latents.repeat(2, 1, 1, 1), timestep, batched).chunk(2)
        return without + config.guidance_scale * (with_text - without)

    return pipe.decode(pipe.denoise(noise, denoise, config.sample_inference_steps, generators))


def _key(pipe: PlacePipeline, prompt: str, knew_places: bool, config: AngleConfig) -> str:
    numbers = (config.resolution_px, config.sample_inference_steps, config.guidance_scale, config.seed)
    encoder = (
        weights_hash(pipe.place_encoder, lambda name: not name.startswith("added.")) if knew_places else ""
    )
    unet = weights_hash(pipe.unet, lambda name: "lora_" not in name)
    parts = [unet, weights_hash(pipe.text_encoder), weights_hash(pipe.vae), encoder]
    return content_hash([*parts, prompt, *map(str, numbers)])
