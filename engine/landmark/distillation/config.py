"""Every number of a distillation, as one frozen value, and the presets that fill it in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.errors import BadRequest
from engine.landmark.camera import CameraRange
from engine.landmark.distillation.annealing import FIRST, LAST
from engine.presets import check_settings, preset_names, read_preset

_PRESETS = Path(__file__).parent / "presets"

Method = Literal["sds", "x0", "bridge", "sdi", "csd", "vsd", "dataset-update"]
Span = tuple[float, float]


@dataclass(frozen=True)
class DistilConfig:
    """Settings of a distillation; the defaults are the paper's where it states them. Raises BadRequest."""

    preset: str = "custom"
    """Name of the preset that the settings began from."""
    method: Method = "sds"
    """Whose gradient moves the field; dataset-update has none but fits the field to denoised views of itself."""
    direction: Literal["azimuth", "words"] = "azimuth"
    """How the model is told the side: by its azimuth token (paper), or by view words (DreamFusion)."""
    front_azimuth_deg: float = 0.0
    """Where the front is, for view words: the azimuth of a camera that sees it."""
    hour: float = 13.0
    """Hour of the day, where the model knows hours: one light from all sides, and later skies are as pale as stone."""
    month: float = 6.0
    """Month, where the model knows months."""
    distance_shares: tuple[float, ...] = (0.8,)
    """Where the model knows distances, it is told the one that such a share of its photos are within: one size from all
    sides. Dataset-update tries these, nearest first, until the landmark is whole in the pictures; all others are told
    the last."""
    seed: int = 0

    max_train_steps: int = 10_000
    """Steps of the field (paper); dataset-update has as many as its rounds and passes need."""
    learning_rate: float = 0.01
    """Adam's rate (paper)."""
    guidance_weight: float = 100.0
    """w of (1 + w) e(p, g') - w e(0, 0), one less than guidance_scale; the paper gives none, 100 is DreamFusion's."""
    first_timesteps: Span = FIRST
    """Timesteps are drawn from this range at first (paper), as parts of all."""
    last_timesteps: Span = LAST
    """The range in the end (paper)."""
    anneal_steps: int = 8_000
    """Steps on the way from the one to the other."""

    rescale: float = 0.5
    """Share of the contrast that x0 brings back (MVDream)."""
    source_prompt: str = "oversaturated, smooth, pixelated, foggy, blurry, badly shaped"
    """What bridge adds to the prompt to describe its own artefacts."""
    inversion_steps: int = 10
    """DDIM steps from the picture up to its noise (SDI)."""
    inversion_guidance_weight: float = -7.5
    """Guidance on that way (SDI)."""
    inversion_fresh_share: float = 0.3
    """Share of fresh noise in it: eta (SDI)."""
    lora_rank: int = 4
    """Rank of the layers that learn the renders (VSD)."""
    lora_learning_rate: float = 1e-4
    """Their AdamW's rate."""

    field: Literal["hash-grid", "voxels"] = "hash-grid"
    """Instant-NGP (paper), or what is quicker on a CPU."""
    field_cells: int = 256
    """Cells along the cube's edge, at the finest."""
    render_px: int = 64
    """Side of a rendered view; it is enlarged to the model's size."""
    num_samples: int = 64
    """Along each ray."""
    through: Literal["vae", "colours"] = "vae"
    """A picture's way to its latents: the encoder, or the model's preview matrix backwards, which costs nothing."""
    background: Literal["random", "learned"] = "random"
    """Around the landmark: a random colour for each view, or sky and ground learned by height alone."""
    shading_from_step: int = 1_000
    """From this step on views are lit by a lamp (paper)."""
    orientation_weight: float = 0.01
    """Of surfaces that are seen from behind; the paper has it, the number is DreamFusion's."""
    opacity_weight: float = 0.001
    """Of everything that is seen at all; the paper has it, the number is ours."""

    elevation_deg: Span = (-30.0, 0.0)
    """Cameras look up, as tourists do (paper; the angles are ours)."""
    distance: Span = (3.0, 3.0)
    """In half edges of the cube."""
    fovy_deg: Span = (40.0, 40.0)
    target_up: float = 0.0
    """Height of the point that cameras look at, in half edges above the cube's centre."""

    ring_views: int = 24
    """Views that a dataset update keeps, evenly all around."""
    noises: int = 1
    """What its first pictures come out of, one after the other around the ring."""
    noise_scale: float = 1.0
    """Part of its usual size that this noise has. With less, pictures are nearer to what is usual from their side:
    aimed alike and without passers-by."""
    standpoint: Literal["stated", "pictured"] = "stated"
    """Cameras stand where it says above, or dataset-update learns from the pictures how far they look up and how large
    the landmark is in them."""
    rounds: int = 8
    """How many times each of them is made anew."""
    views_per_step: int = 4
    """Made at once; the field is fitted in between, so that the next ones see it better."""
    inference_steps: int = 16
    """DDIM steps of the first round; later ones take their strength's share."""
    strengths: Span = (0.9, 0.4)
    """Part of the noise put back in the second round and in the last; the first begins with noise alone."""
    passes: int = 2
    """How many times a new field is fitted to all views in the end, aligned and cut out by what the last one showed."""
    fit_steps: int = 25
    """Steps of the field after each making of views, and as often in a pass."""
    rays_per_step: int = 4_096
    empty: Literal["border", "learned"] = "border"
    """What is not the landmark: what looks like its row's ends, or what a learned sky and ground explain."""

    state_every_steps: int = 250
    """Between two states to go on from; dataset-update keeps one after every round."""
    preview_every_s: float = 5.0
    preview_px: int = 96

    def __post_init__(self) -> None:
        check_settings(self, _RANGES)
        if self.ring_views % self.views_per_step:
            raise BadRequest(
                f"{self.ring_views} ring_views do not come in lots of {self.views_per_step}; "
                "choose views_per_step that divides them"
            )
        if not self.distance_shares:
            raise BadRequest("there are no distance_shares; give at least one, such as 0.8")
        _ = self.cameras  # its own checks look at the ranges

    @property
    def cameras(self) -> CameraRange:
        """Cameras to draw."""
        return CameraRange(self.elevation_deg, self.distance, self.fovy_deg, target_up=self.target_up)

    @property
    def steps(self) -> int:
        """Steps in all, whatever the method."""
        if self.method != "dataset-update":
            return self.max_train_steps
        return (self.rounds + self.passes) * self.ring_views // self.views_per_step


def distil_preset_names() -> list[str]:
    """Names of the presets, sorted."""
    return preset_names(_PRESETS)


def load_distil_preset(name: str, **overrides: Any) -> DistilConfig:
    """The settings of a preset with `overrides` by field name. Raises BadRequest naming the choices."""
    return read_preset(DistilConfig, _PRESETS, name, overrides)


_RANGES = {
    "front_azimuth_deg": (-360, 360),
    "hour": (0, 24),
    "month": (1, 12),
    "distance_shares": (0, 1),
    "seed": (0, 2**63 - 1),
    "max_train_steps": (1, 10**7),
    "learning_rate": (1e-9, 10),
    "guidance_weight": (-1000, 1000),
    "first_timesteps": (0, 1),
    "last_timesteps": (0, 1),
    "rescale": (0, 1),
    "inversion_steps": (1, 1000),
    "inversion_guidance_weight": (-1000, 1000),
    "inversion_fresh_share": (0, 1),
    "lora_rank": (1, 1024),
    "field_cells": (4, 1024),
    "render_px": (8, 1024),
    "num_samples": (4, 1024),
    "elevation_deg": (-90, 90),
    "target_up": (-10, 10),
    "ring_views": (1, 1000),
    "noises": (1, 1000),
    "noise_scale": (0.01, 10),
    "rounds": (1, 1000),
    "views_per_step": (1, 1000),
    "inference_steps": (1, 1000),
    "strengths": (0.01, 1),
    "fit_steps": (1, 10**5),
    "rays_per_step": (1, 10**6),
    "state_every_steps": (1, 10**7),
    "preview_px": (8, 1024),
}
"""Lowest and highest value of a number; every other one is at least 0."""
