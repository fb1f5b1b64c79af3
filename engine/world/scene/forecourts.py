"""What stands on the pavement before a house: canopies up to the kerb, and clipped hedges."""

import numpy as np

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.palette import linear
from engine.world.raycast.solids import NEAR, Look, Quarry
from engine.world.scene.houses import TALL_M, Houses
from engine.world.scene.liveries import livery_of

_BRASS = Look(Material.METAL, "#b8975a", (0.25, 0, 0, 0))
_HEDGE = Look(Material.FOLIAGE, "#3f6a34", (0, 0, 0, 1.0))
_BOX = Look(Material.PLAIN, "#6b665e")


def lay_out(houses: Houses, quarry: Quarry) -> None:
    """Canopies where doormen stand, hedges in boxes where houses have planters."""
    wide = houses.half[:, 0] > 3.2
    _canopies(houses.take(houses.has("canopies") & wide), quarry)
    low = (houses.height <= TALL_M) & (houses.half[:, 0] > 2.2)
    _hedges(houses.take(houses.has("planters") & low & (houses.seed % 4 != 0)), quarry)


def _canopies(houses: Houses, quarry: Quarry) -> None:
    """Cloth on brass posts from the door to the kerb."""
    if not len(houses):
        return
    colour = np.array([linear(livery_of(name).awnings[0]) for name in houses.neighbourhood])
    for up, half in ((2.85, [1.15, 1.7, 0.10]), (2.62, [1.17, 1.72, 0.16])):
        quarry.box(
            houses.at(0, 1.7, up),
            half,
            Look(Material.STRIPES, numbers=(0, 0.2, 0, 0)),
            houses.turn_deg,
            level=NEAR,
            anchor=houses.anchor,
            colour=colour,
        )
    for side in (-1.05, 1.05):
        foot, top = houses.at(side, 3.2, 0.1), houses.at(side, 3.2, 2.6)
        quarry.frustum(foot, top, 0.05, 0.05, _BRASS, level=NEAR, anchor=houses.anchor)


def _hedges(houses: Houses, quarry: Quarry) -> None:
    """Boxes with clipped green along the front, on both sides of the door."""
    if not len(houses):
        return
    reach = houses.half[:, 0] * 0.34
    for side in (-1.0, 1.0):
        along = side * houses.half[:, 0] * 0.58
        for up, deep, tall, look in ((0.33, 0.30, 0.22, _BOX), (0.85, 0.26, 0.36, _HEDGE)):
            half = np.column_stack([reach, np.full(len(houses), deep), np.full(len(houses), tall)])
            quarry.box(
                houses.at(along, 0.55, up),
                half,
                look,
                houses.turn_deg,
                level=NEAR,
                anchor=houses.anchor,
                seed=houses.seed,
            )
