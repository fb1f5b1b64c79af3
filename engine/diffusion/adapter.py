"""Adapters: a peft LoRA on the UNet with its own place encoder, a few megabytes beside a base."""

from pathlib import Path
from typing import Literal

from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import nn

from engine.atomic import writing_folder
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.manifest import forget_origin, write_manifest
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel

_NAME = "place"
_CONFIG = "adapter_config.json"
_WEIGHTS = "adapter_model.safetensors"
_ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]


def is_adapter(folder: Path) -> bool:
    """Whether `folder` holds an adapter rather than a whole model."""
    return (folder / _CONFIG).exists()


def add_lora(
    pipe: PlacePipeline,
    rank: int,
    alpha: float | None = None,
    layers: Literal["attention", "all"] = "attention",
) -> None:
    """Give the UNet trainable LoRA layers, in its attention or in everything linear and every convolution; at first
    they change nothing.
    """
    everything = [name for name, each in pipe.unet.named_modules() if isinstance(each, nn.Linear | nn.Conv2d)]
    config = LoraConfig(
        r=rank,
        lora_alpha=alpha or rank,
        init_lora_weights="gaussian",
        target_modules=_ATTENTION if layers == "attention" else everything,
    )
    pipe.unet.add_adapter(config, adapter_name=_NAME)


def save_adapter(pipe: PlacePipeline, folder: Path) -> None:
    """Write LoRA layers, place encoder, card, photo places and manifest, whole or not at all. Raises DiskFull.

    Of a place encoder that has grown only what was added is written: the rest is the base's and lies there.
    """
    encoder = pipe.place_encoder
    with writing_folder(folder) as temporary:
        pipe.unet.peft_config[_NAME].save_pretrained(temporary)
        layers = get_peft_model_state_dict(pipe.unet, adapter_name=_NAME)
        save_file({name: layer.contiguous() for name, layer in layers.items()}, temporary / _WEIGHTS)
        (encoder if encoder.added is None else encoder.added).save_pretrained(temporary / "place_encoder")
        write_papers(pipe, temporary)


def write_papers(pipe: PlacePipeline, folder: Path) -> None:
    """Write what everything that lies beside a base has beside its weights: card, photo places and, last, manifest."""
    pipe.card.write(folder)
    if pipe.photo_places is not None:
        pipe.photo_places.write(folder)
    forget_origin(folder)
    write_manifest(folder)


def load_into(pipe: PlacePipeline, folder: Path) -> None:
    """Give `pipe` LoRA layers, place encoder and photo places of an adapter; a place encoder that has grown gets what
    was added. Raises BadModel when they do not fit.
    """
    dtype = pipe.unet.dtype
    try:
        pipe.unet.add_adapter(LoraConfig.from_pretrained(str(folder)), adapter_name=_NAME)
        result = set_peft_model_state_dict(pipe.unet, load_file(folder / _WEIGHTS), adapter_name=_NAME)
        encoder = PlaceEncoder.from_pretrained(folder / "place_encoder", dtype=dtype)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadModel(f"the adapter in {folder} does not fit its base ({reason}); train it again") from error
    if result.unexpected_keys:
        raise BadModel(
            f"the adapter in {folder} has layers that its base lacks; train it again for this base"
        )
    known = tuple(encoder.config.conditions)
    if pipe.card.conditions[-len(known) :] != known:
        raise BadModel(
            f"the adapter in {folder} knows {', '.join(known)}, but its card says otherwise; train it again"
        )
    pipe.unet.to(dtype)
    encoder = encoder.to(pipe.unet.device)
    if pipe.place_encoder.added is None:
        pipe.place_encoder = encoder
    else:
        pipe.place_encoder.added = encoder
    pipe.photo_places = PhotoPlaces.read(folder)
