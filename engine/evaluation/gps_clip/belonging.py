"""Belonging by the judge: how plausible every cell of a box is as the place of a picture, after one look at it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Float
from PIL import Image

from engine.diffusion.belonging import half_radius_m, tiles
from engine.errors import BadRequest
from engine.evaluation.gps_clip.density import photo_density
from engine.evaluation.gps_clip.judge import GpsClip
from engine.geo.place import Place
from engine.geo.region import Box

CELLS: Final = 4096
"""Into so many cells a box is divided at most."""


@dataclass(frozen=True)
class JudgedBelonging:
    """What a judge finds of the cells of a box."""

    cells: tuple[Box, ...]
    """They fill the box without overlap; each was judged at its centre."""
    plausibility: Float[np.ndarray, " N"]
    """Probability of each cell by the judge and by the density of the photos that it learned from; 1 in all."""

    @cached_property
    def likeness(self) -> Float[np.ndarray, " N"]:
        """Probability of a square metre of each cell, where one of the best cell has 1."""
        by_area = self.plausibility / [cell.area_m2 for cell in self.cells]
        return by_area / by_area.max()

    @property
    def best(self) -> int:
        """Number of the likeliest cell, by area."""
        return int(np.argmax(self.likeness))

    @property
    def place(self) -> Place:
        """The centre of the best cell."""
        return self.cells[self.best].centre

    @cached_property
    def uncertainty_m(self) -> float:
        """Radius in metres around the best place that holds half of the probability."""
        return half_radius_m(self.place, self.cells, self.plausibility)


def judged_belonging(judge: GpsClip, picture: Image.Image, box: Box, count: int = CELLS) -> JudgedBelonging:
    """Where in a box a picture belongs, by a judge; cells outside of the judge's own box are impossible.

    Raises BadRequest where none of them is in it, and for a picture that cannot be looked at.
    """
    cells = tiles(box, count)
    centres = [cell.centre for cell in cells]
    latitudes, longitudes = np.array([(each.latitude, each.longitude) for each in centres]).T
    inside = judge.card.box.contains(latitudes, longitudes)
    if not inside.any():
        raise BadRequest(
            f"the judge is of {judge.card.name}, and the model is at home elsewhere; put a judge of the same place "
            "beside it"
        )
    before = photo_density(judge.photo_places, latitudes, longitudes) * inside
    return JudgedBelonging(cells, judge.heat(picture, latitudes, longitudes, before))
