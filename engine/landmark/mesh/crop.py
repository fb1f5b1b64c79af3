"""The part of the cube that a mesh is made of, and a field that is empty outside it."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from engine.errors import BadRequest
from engine.landmark.fields.field import Field
from engine.landmark.occupancy import Occupancy

_ON_THE_FACE = 1e-5
"""Points so near a face belong to the inside, however their coordinates were rounded."""


@dataclass(frozen=True)
class Crop:
    """A box, (east, north, up) of its lowest and highest corner; the whole cube unless told otherwise.

    Raises BadRequest where nothing is left of the cube.
    """

    low: tuple[float, float, float] = (-1.0, -1.0, -1.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        for axis, low, high in zip(("east", "north", "up"), self.low, self.high, strict=True):
            if not -1 <= low < high <= 1:
                raise BadRequest(
                    f"the crop box goes from {low:g} to {high:g} {axis}; give two numbers between -1 and 1, "
                    "the smaller one first"
                )


@dataclass(frozen=True, eq=False)
class Cropped:
    """A field of which only the crop box is left; it may be asked outside the cube too, where nothing stands."""

    field: Field
    crop: Crop
    occupancy: Occupancy | None = None
    """What it calls empty is empty, as it is for the renderer."""

    def density(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        """The field's density, 0 outside the box."""
        near, inside = self._inside(points)
        return torch.where(inside, self.field.density(near), 0.0)

    def __call__(self, points: Float[Tensor, "N 3"]) -> tuple[Float[Tensor, " N"], Float[Tensor, "N 3"]]:
        """The same, and the albedo; outside the box that of the nearest point in it."""
        near, inside = self._inside(points)
        density, colour = self.field(near)
        return torch.where(inside, density, 0.0), colour

    def _inside(self, points: Float[Tensor, "N 3"]) -> tuple[Float[Tensor, "N 3"], Tensor]:
        """The points moved into the box, and whether they hardly had to be."""
        near = torch.minimum(
            torch.maximum(points, points.new_tensor(self.crop.low)), points.new_tensor(self.crop.high)
        )
        inside = (near - points).abs().amax(dim=-1) < _ON_THE_FACE
        return near, inside if self.occupancy is None else inside & self.occupancy.at(near)
