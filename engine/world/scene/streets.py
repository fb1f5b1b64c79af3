"""Streets: roadways between corners, and pavements around the blocks."""

import itertools
from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float

from engine.world.plan.elements import Plan, Street
from engine.world.raycast.materials.finish import Material
from engine.world.raycast.palette import linear
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.blocks import Block
from engine.world.scene.liveries import Livery, livery_of
from engine.world.scene.shapes import convex_pieces, points_m, polygons, prism_planes


@dataclass(frozen=True)
class Stretch:
    """A straight piece of roadway between two corners."""

    east: float
    north: float
    turn_deg: float
    length_m: float
    road_m: float
    """Width between the kerbs."""
    street: Street
    neighbourhood: str


def pavement_m(street_m: float) -> float:
    """Width of one pavement of a street that is `street_m` from front to front."""
    return 3.8 if street_m < 22 else 5.2


def stretches(plan: Plan, blocks: list[Block]) -> list[Stretch]:
    """Every street cut at its corners, each piece ending where the other roadway begins."""
    streets = [street for street in plan.streets if street.kind != "path"]
    lines = [shapely.LineString(points_m(plan.frame, street.path.places)) for street in streets]
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="intersects")
    cuts: list[list[tuple[float, float]]] = [[] for _ in lines]
    for a, b in zip(first, second, strict=True):
        if a != b:
            for point in shapely.get_parts(shapely.intersection(lines[a], lines[b])):
                if isinstance(point, shapely.Point):
                    half = streets[b].width_m / 2 - pavement_m(streets[b].width_m) + 0.5
                    cuts[a].append((lines[a].project(point), half))
    owner = shapely.STRtree([block.outline for block in blocks])
    found = []
    for street, line, marks in zip(streets, lines, cuts, strict=True):
        corners = np.asarray(line.coords)
        bends = [(line.project(shapely.Point(corner)), 0.0) for corner in corners]
        nodes = sorted({round(at): (at, half) for at, half in [*bends, *marks]}.values())
        for (start, before), (end, after) in itertools.pairwise(nodes):
            low, high = start + before, end - after
            if high - low < 4:
                continue
            a, b = (np.array(line.interpolate(at).coords[0]) for at in (low, high))
            middle, along = (a + b) / 2, b - a
            nearest = owner.nearest(shapely.Point(middle))
            name = "" if nearest is None else blocks[int(nearest)].neighbourhood.name
            road = street.width_m - 2 * pavement_m(street.width_m)
            turn = float(np.degrees(np.arctan2(along[1], along[0])))
            length = float(np.linalg.norm(along))
            found.append(Stretch(float(middle[0]), float(middle[1]), turn, length, road, street, name))
    return found


def pave(plan: Plan, blocks: list[Block], pieces: list[Stretch], quarry: Quarry) -> None:
    """Roadways with their markings, and pavements with kerbs around every block."""
    if pieces:
        cobbled = {b.neighbourhood.name for b in blocks if "cobbles" in b.neighbourhood.style.extras}
        lanes = [max(2, round(p.road_m / 3.6)) for p in pieces]
        crossed = [0.4 if p.length_m > 30 and p.street.kind != "highway" else 0.0 for p in pieces]
        stone = [float(p.neighbourhood in cobbled and p.street.width_m < 22) for p in pieces]
        two_ways = [
            float(p.street.width_m >= 38 or p.street.name.endswith(("42nd Street", "57th Street")))
            for p in pieces
        ]
        heights = [0.015 if p.street.kind == "street" else 0.022 for p in pieces]
        quarry.box(
            np.array([(p.east, p.north, 0.0) for p in pieces]),
            np.array([(p.length_m / 2, p.road_m / 2, h) for p, h in zip(pieces, heights, strict=True)]),
            Look(Material.ROAD),
            np.array([p.turn_deg for p in pieces]),
            numbers=np.column_stack([lanes, crossed, stone, two_ways]),
            colour=np.array([linear(livery_of(p.neighbourhood).setts) for p in pieces]),
            accent=np.array([_lane_paint(p) for p in pieces]),
        )
    roads = [
        shapely.LineString(points_m(plan.frame, street.path.places)).buffer(
            street.width_m / 2 - pavement_m(street.width_m), cap_style="square", join_style="mitre"
        )
        for street in plan.streets
        if street.kind != "path"
    ]
    tree = shapely.STRtree(roads)
    for block in blocks:
        around = block.outline.buffer(6.0, join_style="mitre", mitre_limit=2.0)
        for number in tree.query(around):
            around = around.difference(roads[number])
        for part in polygons(around.simplify(0.3)):
            if part.intersects(block.outline):
                _slab(part, livery_of(block.neighbourhood.name), quarry)


def _lane_paint(piece: Stretch) -> np.ndarray:
    """Colour of the painted lane; NaN where there is none."""
    lane = livery_of(piece.neighbourhood).lane
    return (
        linear(lane) if lane and piece.road_m > 8 and piece.street.kind != "highway" else np.full(3, np.nan)
    )


def _slab(part: shapely.Polygon, livery: Livery, quarry: Quarry) -> None:
    """One pavement, as high as a kerb."""
    look = Look(Material.PAVEMENT, livery.pavement[0], (*livery.flagstones, 0), accent=livery.pavement[1])
    box = part.minimum_rotated_rectangle
    if isinstance(box, shapely.Polygon) and part.area > 0.985 * box.area:
        ring = np.asarray(box.exterior.coords)
        first, second = ring[1] - ring[0], ring[2] - ring[1]
        half = [np.linalg.norm(first) / 2, np.linalg.norm(second) / 2, 0.15]
        turn = float(np.degrees(np.arctan2(first[1], first[0])))
        quarry.box([*ring[:4].mean(0), 0.0], half, look, turn)
        return
    for piece in convex_pieces(part):
        corners = np.asarray(piece.exterior.coords)[:-1]
        low, high = corners.min(0), corners.max(0)
        quarry.convex(prism_planes(corners, -0.15, 0.15), -0.15, [*low, -0.15], [*high, 0.15], look)


def kerb_points(
    pieces: list[Stretch], spacing_m: np.ndarray, inset_m: float, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "N 2"], np.ndarray, np.ndarray]:
    """Points `inset_m` behind the kerbs about every `spacing_m` (one for each piece; 0 for none), the number of
    the piece they belong to, and the compass-free angle that looks at the roadway."""
    spots, owners, angles = [], [], []
    for number, (piece, spacing) in enumerate(zip(pieces, spacing_m, strict=True)):
        if spacing <= 0 or piece.length_m < 16:
            continue
        turn = np.radians(piece.turn_deg)
        forward, left = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        for side in (-1, 1):
            count = int((piece.length_m - 12) / spacing)
            along = (np.arange(count) + 0.5 + rng.uniform(-0.15, 0.15, count)) / max(count, 1) - 0.5
            out = side * (piece.road_m / 2 + inset_m)
            spots.append(
                [piece.east, piece.north] + np.outer(along * (piece.length_m - 12), forward) + left * out
            )
            owners.append(np.full(count, number))
            angles.append(np.full(count, piece.turn_deg - 90.0 * side))
    if not spots:
        return np.zeros((0, 2)), np.zeros(0, dtype=int), np.zeros(0)
    return np.concatenate(spots), np.concatenate(owners), np.concatenate(angles)
