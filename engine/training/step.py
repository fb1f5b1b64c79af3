"""What a training run tells at every step."""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Stage = Literal[
    "pictures", "autoencoder", "text encoder", "prior", "latents", "texts", "training", "polish", "sides"
]


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
    """What is being done: reading pictures, fitting what the UNet needs first, encoding, or training itself."""


OnStep = Callable[[TrainingStep], None]
"""Called after every step; raises Cancelled to stop the run, which then keeps a checkpoint."""


class Pace:
    """One stage of a run on its way: counts its steps and tells how fast they go."""

    def __init__(self, stage: Stage, total: int, on_step: OnStep | None, done: int = 0) -> None:
        self._stage: Stage = stage
        self._total = total
        self._on_step = on_step
        self._seen = deque([(time.perf_counter(), done)], maxlen=21)

    def tell(
        self,
        step: int,
        loss: float = math.nan,
        learning_rate: float = 0.0,
        samples: Sequence[Path] = (),
    ) -> TrainingStep:
        """The event of a step that has just been done, after `on_step` has heard it; passes on what that raises."""
        now = time.perf_counter()
        (then, before), steps = self._seen[0], step
        self._seen.append((now, step))
        steps_per_s = (steps - before) / max(now - then, 1e-9)
        eta_s = (self._total - step) / steps_per_s if steps_per_s else math.inf
        event = TrainingStep(
            step, self._total, loss, learning_rate, steps_per_s, eta_s, list(samples), self._stage
        )
        if self._on_step is not None:
            self._on_step(event)
        return event
