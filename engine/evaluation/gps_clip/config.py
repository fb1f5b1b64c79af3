"""Every number of a GPS judge's training, as one frozen value, and the presets that fill it in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.errors import BadRequest
from engine.presets import check_settings, preset_names, read_preset

_PRESETS = Path(__file__).parent / "presets"

PlaceTowerKind = Literal["mlp", "periodic"]


@dataclass(frozen=True)
class GpsClipConfig:
    """Settings of one run; the defaults are the paper's where it states them. Raises BadRequest out of range."""

    preset: str = "custom"
    """Name of the preset that the settings began from."""
    vision: str = "facebook/dinov2-base"
    """Frozen transformer that looks at pictures, a folder or a hub id; empty learns a small network instead."""
    resolution_px: int = 224
    """Side of the square that each photo is resized to and cropped from, at its centre."""
    width: int = 32
    """Channels of the first stage of the small network; the last has eight times as many."""
    embedding_width: int = 512
    """Numbers in which pictures, places and words are compared; the paper gives none."""
    place_tower: PlaceTowerKind = "mlp"
    """How places are read: the paper's MLP, shared by both coordinates, or ours of sines and cosines of both."""
    place_width: int = 512
    """Width of the layers that read places; the paper gives none."""
    num_frequencies: int = 6
    """Octaves of the sines and cosines."""
    words: bool = False
    """Whether captions are learned beside the places, for a score of words; the paper takes CLIP for that."""
    word_dropout: float = 0.0
    """Share of the words of captions that are hidden in training, so that one word alone says something."""

    max_train_steps: int = 10_000
    """Updates of the weights; the paper gives none."""
    batch_size: int = 512
    """Photos in one update, all of them where there are fewer."""
    temperature: float = 0.07
    """Of the softmax over the batch, and of the one over the places of a heat map."""
    learning_rate: float = 1e-4
    """AdamW's highest rate; after the warm-up it falls along half a cosine to a twentieth."""
    lr_warmup_steps: int = 500
    """Steps over which the rate rises; the paper gives none."""
    weight_decay: float = 0.01
    """AdamW's decay of the weights."""
    apart_m: float = 0.0
    """Photos nearer to one another than this are not each other's negatives; in the paper all are."""
    closest: float = 1.0
    """Smallest share of a picture's side that the small network looks at in training; 1 always looks at all of it."""
    dropout: float = 0.0
    """Share of what was seen that is hidden in training."""
    mixed_precision: Literal["no", "bf16"] = "no"
    """Precision of the passes; the weights and the optimiser stay in float32."""
    most_photos: int = 1_000_000
    """Photos that are learned from at most, spread evenly; the small network keeps them all in memory."""
    weights_on_disk: Literal["float32", "float16"] = "float32"
    """What the finished judge is written in; the half takes half the room."""
    checkpoint_every_steps: int = 500
    """Steps between checkpoints."""
    validation_every_steps: int = 500
    """Steps between measurements of the loss on held-out photos; 0 measures at the end alone."""
    seed: int = 0
    """Every draw of the run follows from it and from the number of the step."""

    def __post_init__(self) -> None:
        check_settings(self, _RANGES)
        if self.vision and self.closest < 1:
            raise BadRequest(
                f"closest {self.closest:g} is for the small network, what a frozen one sees is computed once; "
                "leave it at 1, or leave vision empty"
            )


def gps_clip_preset_names() -> list[str]:
    """Names of the presets, sorted."""
    return preset_names(_PRESETS)


def load_gps_clip_preset(name: str, **overrides: Any) -> GpsClipConfig:
    """The settings of a preset with `overrides` by field name. Raises BadRequest naming the choices."""
    return read_preset(GpsClipConfig, _PRESETS, name, overrides)


_RANGES = {
    "resolution_px": (16, 1024),
    "width": (4, 512),
    "embedding_width": (2, 8192),
    "place_width": (2, 8192),
    "num_frequencies": (1, 20),
    "word_dropout": (0, 0.9),
    "max_train_steps": (1, 10**8),
    "batch_size": (2, 10**5),
    "temperature": (1e-3, 100),
    "learning_rate": (0, 1),
    "lr_warmup_steps": (1, 10**8),
    "weight_decay": (0, 10),
    "apart_m": (0, 10**6),
    "closest": (0.1, 1),
    "dropout": (0, 0.9),
    "most_photos": (2, 10**8),
    "checkpoint_every_steps": (1, 10**8),
    "validation_every_steps": (0, 10**8),
    "seed": (0, 2**63 - 1),
}
"""Lowest and highest value of every number."""
