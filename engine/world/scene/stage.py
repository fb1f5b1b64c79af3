"""A stage: a scene together with the roadways that fill with cars and people, differently in every picture."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from engine.world.raycast.scene import Scene
from engine.world.scene.streets import Stretch


@dataclass(frozen=True, eq=False)
class Stage:
    """What a shot is taken on."""

    scene: Scene
    stretches: tuple[Stretch, ...] = ()
    middles: Float[np.ndarray, "S 2"] = field(init=False)
    """Middle of each stretch."""

    def __post_init__(self) -> None:
        middles = np.array([(piece.east, piece.north) for piece in self.stretches]).reshape(-1, 2)
        object.__setattr__(self, "middles", middles)

    def near(self, east_m: float, north_m: float, reach_m: float) -> list[Stretch]:
        """Stretches whose middle is within reach."""
        away = np.hypot(self.middles[:, 0] - east_m, self.middles[:, 1] - north_m)
        return [self.stretches[number] for number in np.flatnonzero(away < reach_m)]
