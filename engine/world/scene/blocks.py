"""The land between the streets: blocks, and the lots that they are divided into."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from engine.world.plan.elements import Neighbourhood, Plan
from engine.world.scene.shapes import convex_pieces, covered, outline_m, points_m, polygons

_SMALLEST_BLOCK_M2 = 180.0
_SMALLEST_LOT_M2 = 28.0


@dataclass(frozen=True, eq=False)
class Block:
    """Ground for houses, up to the house fronts."""

    outline: shapely.Polygon
    neighbourhood: Neighbourhood


@dataclass(frozen=True)
class Lot:
    """One house's ground: a rectangle whose front looks to the street, or `outline` where streets cut it aslant."""

    east: float
    north: float
    half_width: float
    half_depth: float
    turn_deg: float
    """Of the width's direction, anticlockwise from east; the front looks 90 degrees clockwise from it."""
    corner: bool
    tower: bool
    outline: shapely.Polygon | None = None


def blocks(plan: Plan) -> list[Block]:
    """What streets, parks, water and the landmarks' grounds leave of each neighbourhood, from south to north."""
    frame = plan.frame
    taken = [
        shapely.LineString(points_m(frame, street.path.places)).buffer(
            street.width_m / 2, cap_style="square", join_style="mitre"
        )
        for street in plan.streets
        if street.kind != "path"
    ]
    for mark in plan.landmarks:
        if mark.grounds_m:
            taken.append(shapely.Point(points_m(frame, (mark.place,))[0]).buffer(mark.grounds_m, quad_segs=3))
    for bridge in plan.bridges:
        line = shapely.LineString(points_m(frame, bridge.path.places))
        taken.append(line.buffer(bridge.width_m / 2 + 4, cap_style="flat"))
    taken.append(covered(plan, "park", "lawn", "plaza", "lake").buffer(5, join_style="mitre"))
    free = covered(plan, "land").buffer(-14).difference(shapely.union_all(taken))
    found = [
        Block(part, neighbourhood)
        for neighbourhood in plan.neighbourhoods
        for part in polygons(free.intersection(outline_m(frame, neighbourhood.polygon)))
        if part.area > _SMALLEST_BLOCK_M2 and part.buffer(-4).area > 20
    ]
    return sorted(found, key=lambda block: (round(block.outline.centroid.y), round(block.outline.centroid.x)))


def lots(block: Block, rng: np.random.Generator) -> list[Lot]:
    """The block's lots: rows along its longer side, back to back, cut to its outline."""
    outline = block.outline.simplify(1.5)
    turn_deg = _direction_deg(outline)
    level = affinity.rotate(outline, -turn_deg, origin=(0, 0))
    candidates = list(_rows(level, block, rng))
    rectangles = shapely.box(
        [x - w for x, y, w, d, *_ in candidates], [y - d for x, y, w, d, *_ in candidates],
        [x + w for x, y, w, d, *_ in candidates], [y + d for x, y, w, d, *_ in candidates],
    )  # fmt: skip
    shapely.prepare(level)
    cut = shapely.intersection(rectangles, level)
    shares = shapely.area(cut) / shapely.area(rectangles)
    found: list[Lot] = []
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    for (x, y, width, depth, flipped, corner, tower), shape, share in zip(
        candidates, cut, shares, strict=True
    ):
        if share * width * depth * 4 < _SMALLEST_LOT_M2:
            continue
        turn = turn_deg + (180 if flipped else 0)
        if share > 0.985:
            east, north = x * cos - y * sin, x * sin + y * cos
            found.append(Lot(east, north, width, depth, turn, corner, tower))
            continue
        for part in polygons(shape):
            for piece in convex_pieces(part.simplify(0.4)):
                if piece.area > _SMALLEST_LOT_M2:
                    piece = affinity.rotate(piece, turn_deg, origin=(0, 0))
                    at = piece.centroid
                    found.append(Lot(at.x, at.y, width, depth, turn, True, tower, piece))
    return found


def _direction_deg(outline: BaseGeometry) -> float:
    """Direction of the outline's longest edge."""
    ring = shapely.get_coordinates(shapely.get_exterior_ring(outline))
    edges = np.diff(ring, axis=0)
    east, north = edges[np.argmax(np.linalg.norm(edges, axis=1))]
    return float(np.degrees(np.arctan2(north, east)) % 180)


def _rows(
    level: BaseGeometry, block: Block, rng: np.random.Generator
) -> Iterator[tuple[float, float, float, float, bool, bool, bool]]:
    """Rectangles (x, y, half width, half depth, front to the north, at a corner, tower) over the block's bounds."""
    style = block.neighbourhood.style
    west, south, east, north = level.bounds
    deep = north - south
    most = style.lot_depth_m[1]
    pairs = max(1, round(deep / (2 * most + 10)))
    if deep < style.lot_depth_m[0] * 1.7:
        rows = [(south, north, False)]
    else:
        rows = []
        for number in range(pairs):
            low, high = south + deep * number / pairs, south + deep * (number + 1) / pairs
            rows += [(low, (low + high) / 2, False), ((low + high) / 2, high, True)]
    for low, high, flipped in rows:
        x = west
        while x < east - 2:
            tower = bool(rng.random() < style.tower_share)
            width = rng.uniform(*style.lot_width_m) * (rng.uniform(1.5, 2.4) if tower else 1.0)
            if tower:
                width = max(width, 20.0)
            first, last = x < west + 1, x + width > east - style.lot_width_m[0]
            if last:
                width = east - x
            whole = first or last or tower
            depth = high - low if whole else min(high - low, rng.uniform(*style.lot_depth_m))
            if width > 3.5 and not (rng.random() < style.gap_share and not whole):
                middle = high - depth / 2 if flipped else low + depth / 2
                yield x + width / 2, middle, width / 2, depth / 2, flipped, first or last, tower
            x += width
