"""Manhattan as a scene: streets, houses, parks and shores in one local frame."""

from functools import lru_cache

import numpy as np
import shapely

from engine.world.plan.city import manhattan
from engine.world.plan.elements import Plan
from engine.world.raycast.index import indexed
from engine.world.raycast.scene import Scene
from engine.world.raycast.solids import Quarry
from engine.world.scene.blocks import Block, blocks, lots
from engine.world.scene.bridges import span
from engine.world.scene.forecourts import lay_out
from engine.world.scene.furnishing import furnish
from engine.world.scene.houses import distant, settle
from engine.world.scene.lamps import hang_lanterns, light_parks, light_streets
from engine.world.scene.landmarks.table import CITY_BUILDERS
from engine.world.scene.maps import drawn
from engine.world.scene.mason import Mason
from engine.world.scene.shapes import covered, outline_m
from engine.world.scene.skyline import raise_shores
from engine.world.scene.stage import Stage
from engine.world.scene.streets import Stretch, kerb_points, pave, stretches
from engine.world.scene.trees import plant

_SEED = 1811
_CELL_M = 5.0


@lru_cache(maxsize=1)
def city_stage() -> Stage:
    """The whole city; the same at every call."""
    plan = manhattan()
    rng = np.random.default_rng(_SEED)
    quarry = Quarry()
    ground_blocks = blocks(plan)
    found = [(block, lot) for block in ground_blocks for lot in lots(block, rng)]
    houses, fronts = settle(found, quarry, rng)
    furnish(houses, quarry)
    furnish(fronts, quarry)
    lay_out(houses, quarry)
    distant(found, houses, quarry)
    span(plan, quarry)
    raise_shores(plan, quarry, rng)
    for mark in plan.landmarks:
        if (build := CITY_BUILDERS.get(mark.key)) is not None:
            east, north = plan.frame.to_metres(mark.place.latitude, mark.place.longitude)
            build(Mason(quarry, east, north, mark.heading_deg))
    pieces = stretches(plan, ground_blocks)
    pave(plan, ground_blocks, pieces, quarry)
    light_streets(pieces, quarry, rng)
    light_parks(plan, quarry, rng)
    festive = {part.name for part in plan.neighbourhoods if "lanterns" in part.style.extras}
    hang_lanterns(pieces, festive, quarry)
    _street_trees(ground_blocks, pieces, quarry, rng)
    _park_trees(plan, quarry, rng)
    solids = quarry.solids()
    box = plan.frame.box
    west, south = plan.frame.to_metres(box.south, box.west)
    right, top = plan.frame.to_metres(box.north, box.east)
    park = covered(plan, "park", "lawn")
    covers = {
        "land": covered(plan, "land", "pier"),
        "park": park,
        "lawn": covered(plan, "lawn"),
        "plaza": covered(plan, "plaza").union(park.buffer(6)),
        "lake": covered(plan, "lake"),
    }
    ground = drawn((west, south, right, top), _CELL_M, covers, solids)
    return Stage(Scene("manhattan", plan.frame, indexed(solids), ground), tuple(pieces))


def _street_trees(
    found: list[Block], pieces: list[Stretch], quarry: Quarry, rng: np.random.Generator
) -> None:
    """Trees along the kerbs, as many as the neighbourhood has."""
    density = {block.neighbourhood.name: block.neighbourhood.style.trees_per_100m for block in found}
    each = np.array([density.get(piece.neighbourhood, 0.0) for piece in pieces])
    highway = np.array([piece.street.kind == "highway" for piece in pieces])
    spacing = np.where((each > 0.3) & ~highway, 200 / np.maximum(each, 0.3), 0.0)
    spots, owners, _ = kerb_points(pieces, spacing, 1.3, rng)
    names = [pieces[owner].neighbourhood for owner in owners]
    plant(spots, rng.uniform(6.5, 11.5, len(spots)), quarry, _SEED + 1, names)


def _park_trees(plan: Plan, quarry: Quarry, rng: np.random.Generator) -> None:
    """Groves: more where a slow noise is high, none on lawns, lakes, plazas and streets."""
    free = covered(plan, "park").difference(covered(plan, "lawn", "lake", "plaza").buffer(4)).buffer(-4)
    spots = []
    for part in shapely.get_parts(free):
        count = int(part.area / 120)
        west, south, east, north = part.bounds
        tries = rng.uniform((west, south), (east, north), (count * 3, 2))
        thick = (
            np.sin(tries[:, 0] / 43)
            + np.sin(tries[:, 1] / 57 + tries[:, 0] / 91)
            + rng.normal(0, 0.6, len(tries))
        )
        tries = tries[thick > -0.1]
        inside = shapely.contains_xy(part, tries[:, 0], tries[:, 1])
        spots.append(tries[inside][:count])
    where = np.concatenate(spots)
    names = np.full(len(where), "", dtype=object)
    for owner in plan.neighbourhoods:
        shape = outline_m(plan.frame, owner.polygon)
        names[shapely.contains_xy(shape, where[:, 0], where[:, 1])] = owner.name
    plant(where, rng.uniform(8, 16, len(where)), quarry, _SEED + 2, names.tolist())
