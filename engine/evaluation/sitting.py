"""A sitting: one model, the judge of its pictures, the visitors whose places it is asked for, and how it is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from engine.diffusion.pipeline import PlacePipeline
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.renders import Renders
from engine.evaluation.pictures import Ask, Settings, paint
from engine.evaluation.visitors import Visitors


@dataclass(frozen=True, eq=False)
class Sitting:
    """What every measurement of a model has in common."""

    pipe: PlacePipeline
    judge: Judge
    people: Visitors
    settings: Settings
    folder: Path
    """Of the pictures of this model with these settings."""
    count: int
    """Pictures of a figure, or a few more where they are to be even."""
    seed: int = 0
    """Of the first picture of each part; the others count on."""
    batch_size: int = 8
    real: Renders | None = None
    """Real photos of held-out tourists, the visitors' own among them, where some were rendered."""
    on_progress: Callable[[str, int, int], None] | None = None
    """Is told the part or what is rendered, how many pictures of it are there, and how many it needs."""

    def paint(self, part: str, asks: Sequence[Ask]) -> UInt8[np.ndarray, "N H W 3"]:
        """The pictures of one part, those made before among them."""
        folder = self.folder / part
        return paint(self.pipe, asks, self.settings, folder, self.batch_size, self.telling(part))

    def telling(self, what: str) -> Callable[[int, int], None]:
        """`on_progress` of one thing."""

        def tell(done: int, count: int) -> None:
            if self.on_progress:
                self.on_progress(what, done, count)

        return tell
