"""What a training run tells at every step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Stage = Literal["pictures", "autoencoder", "latents", "texts", "training"]


@dataclass(frozen=True)
class TrainingStep:
    """How far a run is; `step` and `max_train_steps` count within the stage."""

    step: int
    """Steps done."""
    max_train_steps: int
    """Steps in all."""
    loss: float
    """Loss of this step; NaN in the stages that only prepare."""
    learning_rate: float
    """Rate of this step; 0 in the stages that only prepare."""
    steps_per_s: float
    """Steps in a second, over the last few."""
    eta_s: float
    """Seconds until the stage ends."""
    samples: list[Path] = field(default_factory=list)
    """Sample pictures that this step made."""
    stage: Stage = "training"
    """What is being done: reading pictures, fitting the autoencoder, encoding, or training itself."""


OnStep = Callable[[TrainingStep], None]
"""Called after every step; raises Cancelled to stop the run, which then keeps a checkpoint."""
