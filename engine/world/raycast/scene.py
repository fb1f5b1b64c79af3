"""A scene: everything that stands in one local frame, ready to be looked at from anywhere in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.geo.frame import Frame
from engine.world.raycast.ground import Ground
from engine.world.raycast.index import Indexed
from engine.world.raycast.solids import Kind


@dataclass(frozen=True)
class Floods:
    """Floodlights around the frame's centre, which light a landmark from its foot by night."""

    radius_m: float
    """Around the centre; what stands farther off stays dark."""
    height_m: float
    """Over which their light fades to a third."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Solids over a mapped ground; metres east and north of the frame's centre, and above the ground."""

    name: str
    frame: Frame
    solids: Mapping[Kind, Indexed]
    ground: Ground
    reach_m: float = 5200.0
    """Nothing farther is drawn."""
    floods: Floods | None = None

    @property
    def latitude(self) -> float:
        """Degrees north, for the sun's path."""
        return self.frame.box.centre.latitude
