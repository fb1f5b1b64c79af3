"""Every number of a training run, as one frozen value, and the presets that fill it in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.errors import BadRequest
from engine.presets import check_settings, preset_names, read_preset

_PRESETS = Path(__file__).parent / "presets"


@dataclass(frozen=True)
class RunConfig:
    """Settings of any run; the defaults are those of the paper's GPS model. Raises BadRequest out of range."""

    preset: str = "custom"
    """Name of the preset that the settings began from."""
    resolution_px: int = 512
    """Side of the square that each photo is resized to and cropped from, at its centre."""
    conditions: tuple[str, ...] = ("longitude", "latitude")
    """What the model is told beside the text; heading, hour and month are taken where a photo has them."""

    max_train_steps: int = 15_000
    """Updates of the weights."""
    total_batch_size: int = 512
    """Photos in one update, over all devices and all accumulated passes."""
    train_batch_size: int = 16
    """Photos in one pass of one device; the passes that make up `total_batch_size` follow from it."""
    learning_rate: float = 1e-4
    """AdamW's rate after the warm-up."""
    lr_scheduler: Literal["constant", "cosine"] = "constant"
    """Whether the rate stays or falls to zero along half a cosine."""
    lr_warmup_steps: int = 0
    """Steps over which the rate rises from zero."""
    adam_beta1: float = 0.9
    """AdamW's memory of the gradient."""
    adam_beta2: float = 0.999
    """AdamW's memory of the squared gradient."""
    adam_weight_decay: float = 0.01
    """AdamW's decay of the weights."""
    adam_epsilon: float = 1e-8
    """AdamW's guard against a division by zero."""
    max_grad_norm: float = 1.0
    """Longest gradient that is not shortened."""

    mixed_precision: Literal["no", "bf16", "fp16"] = "no"
    """Precision of the passes; the weights and the optimiser stay in float32."""
    gradient_checkpointing: bool = False
    """Whether activations are computed twice in order to save memory."""
    torch_compile: bool = False
    """Whether UNet and autoencoder are compiled at first use, which pays on a GPU."""
    lora_rank: int = 0
    """Rank of LoRA layers beside a frozen UNet; 0 trains the whole UNet."""
    lora_layers: Literal["attention", "all"] = "attention"
    """Where they are: in the attention, or in every linear layer and convolution, which learns shapes too."""
    own_unet_channels: tuple[int, ...] = ()
    """Channels of a new, small UNet that learns in the place of the base's, one level each, and becomes a companion
    beside it; none trains the base's own."""
    ema_decay: float = 0.9999
    """Decay of the averaged weights, which become the model; 0 keeps the last weights instead."""

    text_only_probability: float = 0.05
    """Share of photos shown without their place."""
    gps_only_probability: float = 0.05
    """Share of photos shown without their text."""
    neither_probability: float = 0.05
    """Share of photos shown without place and text."""
    optional_dropout: float = 0.0
    """Share of photos from which heading is left out, and as often, by draws of their own, hour and month."""
    position_only_probability: float = 0.0
    """Share of photos of which heading, hour and month are all left out, as where one only clicks on a map."""
    prediction_type: Literal["base", "epsilon", "v_prediction"] = "base"
    """What the UNet predicts; `base` leaves it as the base has it."""
    min_snr_gamma: float = 0.0
    """Cap on the signal-to-noise ratio in the loss weights (min-SNR); 0 weighs all timesteps alike."""
    timestep_shift: float = 1.0
    """Draws more noise than less: half of all timesteps lie above shift / (1 + shift) of them; 1 draws all alike."""

    weights_on_disk: Literal["float32", "float16"] = "float32"
    """Precision in which the finished model is saved; a model in half precision is half as large."""

    checkpoint_every_steps: int = 500
    """Steps between checkpoints."""
    checkpoints_kept: int = 2
    """How many checkpoints stay on disk, the newest ones."""
    sample_every_steps: int = 500
    """Steps between sample pictures; 0 makes none."""
    sample_count: int = 4
    """Sample pictures each time, at places of validation photos that stay the same."""
    sample_inference_steps: int = 30
    """Steps from noise to a sample picture."""
    guidance_scale: float = 3.5
    """How closely sample pictures, and later all pictures, follow their text where nobody says otherwise."""
    gps_guidance_scale: float = 7.5
    """How closely they follow their place."""
    validation_every_steps: int = 500
    """Steps between measurements of the loss on validation photos; 0 makes none."""
    seed: int = 0
    """Every draw of the run follows from it and from the number of the step."""
    tensorboard: bool = False
    """Whether the figures are written for TensorBoard too."""

    def __post_init__(self) -> None:
        check_settings(self, _RANGES)
        if self.total_batch_size % self.train_batch_size:
            raise BadRequest(
                f"total_batch_size {self.total_batch_size} is not a multiple of train_batch_size "
                f"{self.train_batch_size}; change one of them"
            )
        if self.own_unet_channels and self.lora_rank:
            raise BadRequest(
                "a new UNet has no use for LoRA; set lora_rank to 0, or leave own_unet_channels out"
            )
        dropped = self.text_only_probability + self.gps_only_probability + self.neither_probability
        if dropped > 1:
            raise BadRequest(
                f"text_only, gps_only and neither add up to {dropped:g}; lower them to 1 or less in all"
            )

    def passes(self, devices: int) -> int:
        """Passes of each device in one update (gradient accumulation). Raises BadRequest where they are not whole."""
        passes, rest = divmod(self.total_batch_size, self.train_batch_size * devices)
        if rest or not passes:
            raise BadRequest(
                f"total_batch_size {self.total_batch_size} cannot be shared by {devices} devices in passes of "
                f"{self.train_batch_size}; choose a multiple of {self.train_batch_size * devices}"
            )
        return passes


@dataclass(frozen=True)
class TrainingConfig(RunConfig):
    """Settings of a run of the GPS model, which may begin from random weights. Raises BadRequest out of range."""

    autoencoder_steps: int = 0
    """Updates of the autoencoder before anything else; only a base of random weights needs them."""
    autoencoder_learning_rate: float = 2e-3
    """Rate at which the autoencoder is fitted."""
    autoencoder_batch_size: int = 16
    """Photos in one update of the autoencoder."""
    autoencoder_crop_px: int = 0
    """Side of the square that is cut from each of them anywhere; 0 takes the whole photo."""
    autoencoder_half_size_probability: float = 0.0
    """Share of the autoencoder's updates that are made at half the size."""
    text_encoder_steps: int = 0
    """Updates of the text encoder before anything else; 0 leaves a base's own as it is."""
    text_encoder_learning_rate: float = 1e-3
    """Rate at which the text encoder is fitted."""
    polish_steps: int = 0
    """Updates of the autoencoder's decoder at the end, which make pictures sharp; 0 leaves it as it is."""
    polish_learning_rate: float = 2e-4
    """Rate at which the decoder is polished."""


def gps_preset_names() -> list[str]:
    """Names of the presets, sorted."""
    return preset_names(_PRESETS)


def load_preset(name: str, **overrides: Any) -> TrainingConfig:
    """The settings of a preset with `overrides` by field name. Raises BadRequest naming the choices."""
    return read_preset(TrainingConfig, _PRESETS, name, overrides)


_RANGES = {
    "resolution_px": (8, 4096),
    "timestep_shift": (0.01, 100),
    "max_train_steps": (1, 10**8),
    "total_batch_size": (1, 10**6),
    "train_batch_size": (1, 10**4),
    "autoencoder_batch_size": (1, 10**4),
    "checkpoint_every_steps": (1, 10**8),
    "checkpoints_kept": (1, 10**4),
    "sample_count": (0, 64),
    "sample_inference_steps": (1, 1000),
    "learning_rate": (0, 1),
    "autoencoder_learning_rate": (0, 1),
    "text_encoder_learning_rate": (0, 1),
    "polish_learning_rate": (0, 1),
    "adam_beta1": (0, 0.9999),
    "adam_beta2": (0, 0.999999),
    "adam_epsilon": (1e-30, 1),
    "max_grad_norm": (1e-9, 1e9),
    "ema_decay": (0, 0.999999),
    "text_only_probability": (0, 1),
    "gps_only_probability": (0, 1),
    "neither_probability": (0, 1),
    "optional_dropout": (0, 1),
    "position_only_probability": (0, 1),
    "autoencoder_half_size_probability": (0, 1),
    "guidance_scale": (-100, 100),
    "gps_guidance_scale": (-100, 100),
    "azimuth_bin_deg": (0, 180),
    "heading_tolerance_deg": (0, 180),
    "validation_share": (0, 0.5),
    "prior_count": (1, 10**6),
    "prior_batch_size": (1, 10**4),
    "seed": (0, 2**63 - 1),
}
"""Lowest and highest value of a number; every other number is at least 0."""
