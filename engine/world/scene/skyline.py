"""The shores across the rivers: low houses, and towers where the real ones stand."""

import numpy as np
import shapely

from engine.geo.place import Place
from engine.world.plan.elements import Plan
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.houses import look_columns
from engine.world.scene.manners import MANNERS, TOWER
from engine.world.scene.shapes import covered, outline_m, points_m

# Downtown Brooklyn, Jersey City, Williamsburg, Long Island City, Hoboken, Weehawken: place, spread, number, height
_CENTRES = (
    (Place(40.6935, -73.9865), 420.0, 60, 150.0),
    (Place(40.7175, -74.0370), 420.0, 70, 170.0),
    (Place(40.7180, -73.9640), 300.0, 26, 90.0),
    (Place(40.7470, -73.9520), 380.0, 55, 150.0),
    (Place(40.7440, -74.0290), 420.0, 30, 60.0),
    (Place(40.7660, -74.0190), 380.0, 22, 80.0),
    (Place(40.7010, -73.9890), 220.0, 26, 70.0),
)
_DEPTH_M = 1500.0
_SPACING_M = 52.0


def raise_shores(plan: Plan, quarry: Quarry, rng: np.random.Generator) -> None:
    """Houses on every shore but Manhattan's, as far inland as they can be seen."""
    island = outline_m(plan.frame, plan.land[0].polygon)
    shore = covered(plan, "land").difference(island.buffer(5)).buffer(-18)
    free = shore.intersection(island.buffer(_DEPTH_M + 1400)).difference(
        covered(plan, "park", "lawn", "plaza")
    )
    west, south, east, north = free.bounds
    x, y = np.meshgrid(np.arange(west, east, _SPACING_M), np.arange(south, north, _SPACING_M))
    spots = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(-14, 14, (x.size, 2))
    spots = spots[shapely.contains_xy(free, spots[:, 0], spots[:, 1])]
    height = rng.uniform(8, 22, len(spots))
    half = rng.uniform(11, 24, (len(spots), 2))
    _add(spots, half, height, "tenement", quarry, rng)
    for place, spread, count, tall in _CENTRES:
        middle = points_m(plan.frame, (place,))[0]
        found = middle + rng.normal(0, spread, (count * 2, 2))
        found = found[shapely.contains_xy(free, found[:, 0], found[:, 1])][:count]
        height = tall * rng.uniform(0.35, 1.25, len(found))
        half = rng.uniform(11, 19, (len(found), 2))
        glass = rng.random(len(found)) < 0.6
        _add(found[glass], half[glass], height[glass], "glass", quarry, rng)
        _add(found[~glass], half[~glass], height[~glass], "limestone", quarry, rng)


def _add(spots, half, height, facade, quarry: Quarry, rng: np.random.Generator) -> None:
    """Plain boxes; nobody walks there."""
    if len(spots):
        manner = TOWER if facade == "limestone" else MANNERS[facade]
        seeds = rng.integers(0, 1 << 15, len(spots))
        centre = np.column_stack([spots, height / 2])
        rows = np.column_stack([half, height / 2])
        quarry.box(
            centre,
            rows,
            Look(manner.material),
            20.0,
            **look_columns(manner, seeds, 0, np.full(len(seeds), "")),
        )
