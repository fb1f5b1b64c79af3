"""Every number of an angle model's run, and the presets that fill it in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import BadRequest
from engine.presets import preset_names, read_preset
from engine.training.config import RunConfig

_PRESETS = Path(__file__).parent / "presets" / "angle"
_KNOWN = {"azimuth", "distance", "hour", "month"}


@dataclass(frozen=True)
class AngleConfig(RunConfig):
    """Settings of a run of the angle model; the defaults are the paper's where it states them.

    Raises BadRequest out of range.
    """

    resolution_px: int = 256
    """Side of the square that each photo is resized to and cropped from, at its centre."""
    conditions: tuple[str, ...] = ("azimuth",)
    """What the model is told beside the text; distance, hour and month may stand beside the azimuth."""
    max_train_steps: int = 800
    """Updates of the weights."""
    total_batch_size: int = 256
    """Photos in one update, over all devices and all accumulated passes."""
    learning_rate: float = 5e-6
    """AdamW's rate after the warm-up."""
    ema_decay: float = 0.0
    """Decay of the averaged weights, which become the model; 0 keeps the last weights instead."""

    azimuth_bin_deg: float = 10.0
    """Azimuths are rounded to multiples of this, which divides 360; 0 takes them as they are."""
    own_captions: bool = False
    """Whether a photo with a caption keeps it, so that words bear snow, night and passers-by; else all have the one
    prompt (paper)."""
    bin_weight_cap: float = 0.0
    """How many times as much as others a photo may count that is from a direction with few; 0 weighs all alike."""
    prior_loss_weight: float = 1.0
    """Weight of the loss on pictures of the untouched base, which keep the model from forgetting; 0 does without."""
    prior_count: int = 1000
    """Pictures of the untouched base."""
    prior_batch_size: int = 16
    """Of these in one pass of one device, beside its photos."""
    heading_tolerance_deg: float = 45.0
    """Photos that look past the centre by more than this in the median mean that it is wrong; 180 believes any."""
    judge_epochs: int = 0
    """Times that a small judge of the landmark's sides looks at each photo afterwards; it lies beside the model and
    tells of a growing landmark in 3D whether its views show their sides. 0 makes none."""
    validation_share: float = 0.0
    """Share of the photos that are not learned from but measure the loss, from all sides alike."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.azimuth_bin_deg and 360 % self.azimuth_bin_deg:
            raise BadRequest(
                f"azimuth_bin_deg {self.azimuth_bin_deg:g} does not divide 360; choose 10, or 0 for none"
            )
        if self.own_unet_channels and self.prior_loss_weight:
            raise BadRequest("a new UNet has nothing to forget; set prior_loss_weight to 0")
        if self.prediction_type != "base":
            raise BadRequest("an angle model predicts what its base does; leave prediction_type at 'base'")
        if "azimuth" not in self.conditions or set(self.conditions) - _KNOWN:
            raise BadRequest(
                f"an angle model cannot be told {', '.join(self.conditions) or 'nothing'}; give azimuth and, where "
                "wanted, distance, hour and month (place and heading would tell it the azimuth once more)"
            )


def angle_preset_names() -> list[str]:
    """Names of the presets of angle models, sorted."""
    return preset_names(_PRESETS)


def load_angle_preset(name: str, **overrides: Any) -> AngleConfig:
    """The settings of a preset with `overrides` by field name. Raises BadRequest naming the choices."""
    return read_preset(AngleConfig, _PRESETS, name, overrides)
