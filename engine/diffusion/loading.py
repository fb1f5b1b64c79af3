"""Loading and saving: a model is a folder, and a base is any Stable Diffusion 1.x or 2.x."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from engine.atomic import writing_folder
from engine.diffusion import adapter, companion
from engine.diffusion.autoencoder import open_autoencoder
from engine.diffusion.card import CARD_FILE, PlaceCard
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.manifest import MANIFEST_FILE, check_manifest, refuse_pickles
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.small import SIZES, build_small
from engine.diffusion.tiny import TINY, build_tiny
from engine.errors import BadModel, MissingModel

NEW_BASES = (TINY, *SIZES)
"""Bases that are built from a seed; they learn to see and to read before they learn where things are."""
BORROWED = ("text_encoder",)
"""Parts of a base that a companion was taught with and that have to stay as they were."""


def load_pipeline(
    model: str | Path, device: str | torch.device | None = None, dtype: torch.dtype | None = None
) -> PlacePipeline:
    """The pipeline of a model folder or adapter folder, or the untrained `tiny`.

    By default on the best device there is, in float16 on CUDA and float32 elsewhere.

    Raises MissingModel when there is none, BadModel when it is damaged or unsafe.
    """
    device = torch.device(device) if device else best_device()
    dtype = dtype or (torch.float16 if device.type == "cuda" else torch.float32)
    folder = Path(model)
    if str(model) == TINY:
        return build_tiny().to(device, dtype)
    if not folder.is_dir():
        raise MissingModel(f"there is no model at {folder}; train one, or check the path")
    load = _load_beside if lies_beside(folder) else _load_folder
    with torch.random.fork_rng(devices=[]):  # layers are drawn at random before their weights are read
        return load(folder, dtype).to(device)


def lies_beside(folder: Path) -> bool:
    """Whether `folder` is no whole model but an adapter or a companion, which lies beside its base."""
    return adapter.is_adapter(folder) or companion.is_companion(folder)


def load_base(base: str | Path, card: PlaceCard, dtype: torch.dtype = torch.float32) -> PlacePipeline:
    """A pipeline of the Stable Diffusion `base` with a new place encoder for the card's conditions.

    `base` is a diffusers folder, a hub id, or one of NEW_BASES; a model of ours gives its place encoder too when the
    conditions are the same, or when the card's are the same and, after them, the azimuth. Raises MissingModel when it
    cannot be had, BadModel when it is unsafe.
    """
    card = replace(card, base_model=str(base))
    if str(base) == TINY:
        return build_tiny(replace(card, resolution_px=64)).to(dtype=dtype)
    if str(base) in SIZES:
        return build_small(card, str(base)).to(dtype=dtype)
    folder = Path(base)
    if folder.is_dir():
        refuse_pickles(folder)
        if card_of_base(folder, card.conditions) is not None:
            pipe = load_pipeline(folder, "cpu", dtype)
            pipe.place_encoder = pipe.place_encoder.grown(card.conditions)
            pipe.card = card
            return pipe
    options: dict[str, Any] = {"dtype": dtype, "use_safetensors": True}
    try:
        unet = UNet2DConditionModel.from_pretrained(base, subfolder="unet", **options)
        pipe = PlacePipeline(
            vae=open_autoencoder(base, "vae", **options),
            text_encoder=CLIPTextModel.from_pretrained(base, subfolder="text_encoder", **options),
            tokenizer=CLIPTokenizer.from_pretrained(base, subfolder="tokenizer"),
            unet=unet,
            # DDIM with the noise schedule and prediction type of the base; the pipeline takes any other as well.
            scheduler=DDIMScheduler.from_pretrained(base, subfolder="scheduler"),
            place_encoder=PlaceEncoder(card.conditions, width=unet.config.cross_attention_dim).to(
                dtype=dtype
            ),
        )
    except OSError as error:
        reason = str(error).strip().splitlines()[0]
        raise MissingModel(
            f"the base {str(base)!r} cannot be loaded ({reason}); give a diffusers folder with safetensors, "
            f"a hub id that this machine can reach, or one of {', '.join(map(repr, NEW_BASES))}"
        ) from error
    pipe.card = card
    return pipe


def card_of_base(base: str | Path, conditions: Sequence[str]) -> PlaceCard | None:
    """The card of a base that is a model of ours with these conditions, so that its place encoder goes on.

    For a model that is to know the azimuth it is enough that they begin with the base's; the others are added to it.
    None for every other base. Raises BadModel for a card that cannot be read.
    """
    card, wanted = own_card(base), tuple(conditions)
    if card is None:
        return None
    grows = "azimuth" in wanted and wanted[: len(card.conditions)] == card.conditions
    return card if grows or wanted == card.conditions else None


def own_card(base: str | Path) -> PlaceCard | None:
    """The card of a base that is a model of ours; None for any other. Raises BadModel where it cannot be read."""
    known = str(base) not in NEW_BASES and (Path(base) / CARD_FILE).exists()
    return PlaceCard.read(Path(base)) if known else None


def base_weights(
    base: str | Path, parts: tuple[str, ...] = ("unet", "text_encoder", "place_encoder")
) -> str | None:
    """Hash of what an adapter lies beside: UNet, text encoder and place encoder of a model of ours, or other `parts`.

    The autoencoder is not among them, since its decoder may be polished later. None where `base` has no manifest.
    Raises BadModel where that is damaged.
    """
    path = Path(base) / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        hashes: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["sha256"]
        folders = tuple(f"{part}/" for part in parts)
        lines = sorted(f"{name} {value}" for name, value in hashes.items() if name.startswith(folders))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadModel(f"{path} is damaged ({error}); copy the whole model folder again") from error
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def save_pipeline(pipe: PlacePipeline, folder: Path) -> None:
    """Write the pipeline as a model folder, whole or not at all; an older folder is replaced. Raises DiskFull."""
    with writing_folder(folder) as temporary:
        pipe.save_pretrained(temporary)


def check_model(folder: Path) -> PlaceCard:
    """The card of the model in `folder`, every file of which is as it was saved.

    Raises MissingModel or BadModel, whose message names the file.
    """
    if not folder.is_dir():
        raise MissingModel(f"there is no model at {folder}; train one, or check the path")
    card = PlaceCard.read(folder)
    check_manifest(folder)
    return card


def best_device() -> torch.device:
    """CUDA, else MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _load_folder(folder: Path, dtype: torch.dtype) -> PlacePipeline:
    check_model(folder)
    try:
        return PlacePipeline.from_pretrained(folder, dtype=dtype)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadModel(
            f"the model in {folder} cannot be loaded ({reason}); copy or train it again"
        ) from error


def _load_beside(folder: Path, dtype: torch.dtype) -> PlacePipeline:
    card = check_model(folder)
    base = _base_of(folder, card)
    pipe = load_base(base, card, dtype)
    own_unet = companion.is_companion(folder)
    borrowed = base_weights(base, BORROWED) if own_unet else base_weights(base)
    if card.training.get("base_weights") not in (None, borrowed):
        raise BadModel(
            f"the adapter in {folder} was trained beside other weights than {base} has; train it again"
        )
    (companion if own_unet else adapter).load_into(pipe, folder)
    pipe.card = card
    return pipe


def _base_of(adapter_folder: Path, card: PlaceCard) -> str:
    """The base of an adapter: where its card says, or else the folder of that name beside the adapter's own."""
    beside = adapter_folder.resolve().parent / Path(card.base_model).name
    there = card.base_model in NEW_BASES or Path(card.base_model).is_dir()
    return str(beside) if not there and beside.is_dir() else card.base_model
