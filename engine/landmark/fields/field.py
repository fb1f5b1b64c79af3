"""A radiance field, as everything that renders one or makes a mesh of it sees it."""

from typing import Protocol

from jaxtyping import Float
from torch import Tensor


class Field(Protocol):
    """Density and colour at points of the cube [-1, 1]^3, whose axes are east, north and up.

    One unit is the landmark's `scale_m` metres; nothing stands outside the cube.
    """

    def density(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        """Density per unit of length, at least 0."""
        ...

    def __call__(self, points: Float[Tensor, "N 3"]) -> tuple[Float[Tensor, " N"], Float[Tensor, "N 3"]]:
        """Density, and the albedo in [0, 1] (sRGB, as photos have it)."""
        ...
