"""What a material answers, and which materials there are."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from jaxtyping import Float
from torch import Tensor


class Material(IntEnum):
    """Number of each material, as solids carry it."""

    GROUND = 0
    PLAIN = 1
    ROAD = 2
    PAVEMENT = 3
    MASONRY = 4
    IRON = 5
    CURTAIN = 6
    SCREEN = 7
    FOLIAGE = 8
    LAMP = 9
    STONE = 10
    SIGN = 11
    STRIPES = 12
    VEHICLE = 13
    ARCADE = 14
    PIERS = 15
    METAL = 16
    LATTICE = 17
    BRANCH = 18
    """Plain, but left out while leaves hide it."""


class Flag(IntFlag):
    """Features of a facade."""

    PARTY_WALLS = 1
    """The sides are blank, as against a neighbour."""
    SHOP = 2
    ESCAPES = 4
    BRICK = 8
    ARCHED = 16
    STOOP = 32
    BALCONIES = 64
    BANDS = 128
    SHUTTERS = 256
    IVY = 512
    MURAL = 1024
    """Blank side walls are painted."""
    PANES = 2048
    """Windows of many small panes in frames of the accent's colour, as in factories."""


@dataclass(frozen=True)
class Finish:
    """Look of points before the light falls on them."""

    albedo: Float[Tensor, "3 N"]
    glow: Float[Tensor, "3 N"] | None = None
    """Own light."""
    gloss: Float[Tensor, "N"] | None = None
    """Share of the sky that is mirrored."""
    ruffle: Float[Tensor, "2 N"] | None = None
    """Change of the normal's horizontal part."""
