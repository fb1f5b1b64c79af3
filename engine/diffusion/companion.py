"""Companions: a small UNet and place encoder of their own beside a base, which lends its autoencoder and text encoder.

A UNet for a whole city is slow to teach one landmark. One of a twentieth of its size, which knows nothing else, learns
its sides ten times as quickly, draws them as much quicker, and is a few megabytes on disk, like an adapter.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file

from engine.atomic import writing_folder
from engine.diffusion.adapter import write_papers
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.manifest import check_manifest
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel, BadRequest

GROUPS: Final = 8
"""Channels of a companion's UNet are multiples of it."""
_HEADS: Final = 2
_POOLING_HEADS: Final = 4
_FREQUENCIES: Final = 6
_UNET, _ENCODER = "unet", "place_encoder"


def is_companion(folder: Path) -> bool:
    """Whether `folder` holds a UNet and a place encoder without the rest of a model."""
    own = all((folder / part).is_dir() for part in (_UNET, _ENCODER))
    return own and not (folder / "text_encoder").is_dir()


def give_own_unet(pipe: PlacePipeline, channels: Sequence[int]) -> None:
    """Put a new UNet of these channels, one level each, in the place of the pipeline's, and a new place encoder.

    It sees and predicts what the base's does. All levels but the finest attend to text and place; pooled, these also
    scale and shift the features of every level as the timestep does, since a side is the same all over a picture. Six
    octaves of the encoding tell sides of 3 degrees apart. Raises BadRequest for channels that cannot be.
    """
    base, card = pipe.unet, pipe.card
    if not channels or any(each <= 0 or each % GROUPS for each in channels):
        raise BadRequest(
            f"own_unet_channels are {tuple(channels)}; give multiples of {GROUPS}, like 32 48 72"
        )
    attends = [False, *[True] * (len(channels) - 1)] if len(channels) > 1 else [True]
    down = ["CrossAttnDownBlock2D" if each else "DownBlock2D" for each in attends]
    width = base.config.cross_attention_dim
    pipe.unet = UNet2DConditionModel(
        sample_size=base.config.sample_size,
        in_channels=base.config.in_channels,
        out_channels=base.config.out_channels,
        block_out_channels=tuple(channels),
        layers_per_block=1,
        down_block_types=tuple(down),
        up_block_types=tuple(each.replace("Down", "Up") for each in reversed(down)),
        cross_attention_dim=width,
        attention_head_dim=_HEADS,  # diffusers' name for the number of heads
        norm_num_groups=GROUPS,
        addition_embed_type="text",
        addition_embed_type_num_heads=_POOLING_HEADS,
        resnet_time_scale_shift="scale_shift",
    ).to(base.device, base.dtype)
    encoder = PlaceEncoder(
        card.conditions, width=width, hidden_width=width // 2, num_frequencies=_FREQUENCIES
    )
    pipe.place_encoder = encoder.to(base.device, base.dtype)


def begin_with(pipe: PlacePipeline, folder: Path) -> None:
    """Give the pipeline's own UNet and place encoder the weights of a companion of another place, which they learn from
    more quickly than from none. It may know more conditions.

    Raises BadModel where there is no companion, or it has another shape or lacks a condition.
    """
    check_manifest(folder)
    try:
        pipe.unet.load_state_dict(load_file(folder / _UNET / "diffusion_pytorch_model.safetensors"))
        other = PlaceEncoder.from_pretrained(folder / _ENCODER)
        pipe.place_encoder.take_over(other)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadModel(
            f"{folder} is no companion with the same channels and all of these conditions ({reason}); begin with "
            "another, or none"
        ) from error


def save_companion(pipe: PlacePipeline, folder: Path) -> None:
    """Write UNet, place encoder, card, photo places and manifest, whole or not at all. Raises DiskFull."""
    with writing_folder(folder) as temporary:
        pipe.unet.save_pretrained(temporary / _UNET)
        pipe.place_encoder.save_pretrained(temporary / _ENCODER)
        write_papers(pipe, temporary)


def load_into(pipe: PlacePipeline, folder: Path) -> None:
    """Give the pipeline of a base the UNet, place encoder and photo places of a companion.

    Raises BadModel when they do not fit it.
    """
    device, dtype = pipe.unet.device, pipe.unet.dtype
    lent = pipe.unet.config
    try:
        unet = UNet2DConditionModel.from_pretrained(folder / _UNET, torch_dtype=dtype)
        encoder = PlaceEncoder.from_pretrained(folder / _ENCODER, dtype=dtype)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadModel(f"the companion in {folder} cannot be loaded ({reason}); train it again") from error
    shared = ("in_channels", "out_channels", "cross_attention_dim")
    if other := [name for name in shared if unet.config[name] != lent[name]]:
        raise BadModel(
            f"the companion in {folder} has other {other[0]} than its base; train it again beside this base"
        )
    if tuple(encoder.config.conditions) != pipe.card.conditions:
        raise BadModel(
            f"the companion in {folder} knows {', '.join(encoder.config.conditions)}, but its card says otherwise; "
            "train it again"
        )
    assert isinstance(unet, torch.nn.Module)
    pipe.unet, pipe.place_encoder = unet.to(device), encoder.to(device)
    pipe.photo_places = PhotoPlaces.read(folder)
