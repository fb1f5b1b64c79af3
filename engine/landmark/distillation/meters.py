"""Meters: what a distillation tells of itself while it runs."""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Float
from torch import Tensor

AngleReader = Callable[[Float[Tensor, "B 3 H W"], Sequence[float]], float]
"""(views in [0, 1], their true azimuths in degrees) -> share that a classifier reads within one bin (Janus meter)."""


@dataclass(frozen=True)
class DistilStep:
    """How far a distillation is. What is only measured with a preview is that of the last preview."""

    step: int
    """Steps done."""
    max_train_steps: int
    """Steps in all."""
    loss: float
    """Size of the gradient, or with dataset-update the error of the fit; NaN where nothing was changed."""
    opacity: float
    """Mean over views from all around."""
    saturation: float
    """Of the landmark in the same views."""
    photo_saturation: float | None
    """Of the landmark in photos, for comparison, where it is known."""
    angle_share: float | None
    """Share of the views whose azimuth the caller's classifier reads within one bin; None without one."""
    steps_per_s: float
    """Over the last few steps."""
    eta_s: float
    """Seconds until the end."""
    preview: Path | None
    """The last preview picture."""
    fresh_preview: bool = False
    """Whether it was made by this step."""


OnStep = Callable[[DistilStep], None]
"""Called after every step. It pauses the run by not returning, and stops it by raising Cancelled."""


def saturation(pictures: Float[Tensor, "B 3 H W"], weights: Float[Tensor, "B H W"] | None = None) -> float:
    """Mean saturation of pictures in [0, 1]: (max - min) / max of each pixel, 0 where it is black (HSV).

    With `weights`, of what they mark: a view's opacity, or of a photo what `border.matte` says.
    """
    most, least = pictures.amax(1), pictures.amin(1)
    each = (most - least) / most.clamp_min(1e-6)
    if weights is None:
        return each.mean().item()
    return ((each * weights).sum() / weights.sum().clamp_min(1e-6)).item()


class Pace:
    """How fast steps go, over the last twenty."""

    def __init__(self, done: int, total: int) -> None:
        self._total = total
        self._seen = deque([(time.monotonic(), done)], maxlen=21)

    def after(self, step: int) -> tuple[float, float]:
        """Steps a second, and the seconds that are left."""
        now = time.monotonic()
        (then, before) = self._seen[0]
        self._seen.append((now, step))
        steps_per_s = (step - before) / max(now - then, 1e-9)
        return steps_per_s, (self._total - step) / steps_per_s if steps_per_s else math.inf
