"""Houses on their lots: bodies with setbacks, cornices, stoops, fire escapes, awnings, signs, tanks on the roof."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from jaxtyping import Bool, Float, Int

from engine.world.plan.elements import Facade
from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.palette import linear_table
from engine.world.raycast.solids import ALWAYS, FAR, NEAR, Look, Quarry
from engine.world.scene.blocks import Block, Lot
from engine.world.scene.liveries import livery_of
from engine.world.scene.manners import MANNERS, TOWER, Manner
from engine.world.scene.shapes import convex_pieces, prism_planes

TALL_M = 55.0
"""From here on a house is drawn at every distance and has setbacks."""


@dataclass(frozen=True, eq=False)
class Houses:
    """Houses on rectangular lots, one a row."""

    centre: Float[np.ndarray, "N 2"]
    half: Float[np.ndarray, "N 2"]
    turn_deg: Float[np.ndarray, "N"]
    height: Float[np.ndarray, "N"]
    facade: np.ndarray
    """Names of facades."""
    neighbourhood: np.ndarray
    """Names of neighbourhoods."""
    extras: np.ndarray
    """Sets of the neighbourhood's extras."""
    corner: Bool[np.ndarray, "N"]
    anchor: Float[np.ndarray, "N 2"]
    """Middle of the block."""
    seed: Int[np.ndarray, "N"]

    def __len__(self) -> int:
        return len(self.height)

    def take(self, mask: np.ndarray) -> "Houses":
        """The houses that `mask` chooses."""
        return Houses(**{name: getattr(self, name)[mask] for name in self.__dataclass_fields__})

    def has(self, extra: str) -> Bool[np.ndarray, "N"]:
        """Where the neighbourhood has that extra."""
        return np.array([extra in extras for extras in self.extras], dtype=bool)

    def at(self, along: np.ndarray | float, out: np.ndarray | float, up: np.ndarray | float) -> np.ndarray:
        """Points along the front (from its middle), `out` metres before it, and up."""
        turn = np.radians(self.turn_deg)
        x, y = np.broadcast_to(along, self.height.shape), -self.half[:, 1] - out
        east = self.centre[:, 0] + x * np.cos(turn) - y * np.sin(turn)
        north = self.centre[:, 1] + x * np.sin(turn) + y * np.cos(turn)
        return np.column_stack([east, north, np.broadcast_to(up, self.height.shape)])


def settle(found: list[tuple[Block, Lot]], quarry: Quarry, rng: np.random.Generator) -> tuple[Houses, Houses]:
    """Puts a body on every lot; gives the houses on rectangular lots back, and the fronts of the others."""
    rows, fronts, aslant_rows = [], [], []
    for block, lot in found:
        style = block.neighbourhood.style
        kinds, shares = zip(*style.facades, strict=True)
        facade: Facade = kinds[rng.choice(len(kinds), p=np.array(shares) / sum(shares))]
        low, high = style.tower_height_m if lot.tower else style.height_m
        height = low + (high - low) * rng.beta(1.3, 1.8)
        if lot.tower and facade not in ("glass", "concrete", "white_brick", "screens"):
            facade = "limestone" if rng.random() < 0.6 else "glass"
        if lot.corner and not lot.tower:
            height *= rng.uniform(1.0, 1.25)
        if not lot.tower and height < 40:
            # Floors are whole.
            floor_m = MANNERS[facade].numbers[0]
            height = max(2, round(height / floor_m)) * floor_m + 1.6
        centroid = block.outline.centroid
        rows.append((lot, facade, height, style.extras, (centroid.x, centroid.y), int(rng.integers(1 << 16))))
    for (block, _), (lot, facade, height, extras, anchor, seed) in zip(found, rows, strict=True):
        name = block.neighbourhood.name
        if lot.outline is None:
            sides = [((lot.east, lot.north), (lot.half_width, lot.half_depth), lot.turn_deg)]
        else:
            aslant_rows.append(_Aslant(lot.outline, facade, height, name, frozenset(extras), anchor, seed))
            sides = list(_fronts(lot.outline, block.outline.exterior))
        for centre, half, turn_deg in sides:
            columns = (
                *(centre, half, turn_deg, height, facade, name),
                *(frozenset(extras), lot.corner, anchor, seed),
            )
            fronts.append((lot.outline is None, columns))
    straight, aslant = (_houses([row for whole, row in fronts if whole == kind]) for kind in (True, False))
    _bodies(quarry, straight)
    _prisms(quarry, aslant_rows)
    return straight, aslant


def _houses(rows: list[tuple]) -> Houses:
    """The rows as columns."""
    columns = list(zip(*rows, strict=True))
    sets = np.empty(len(rows), dtype=object)
    sets[:] = columns[6]
    names = list(Houses.__dataclass_fields__)
    arrays = {name: np.array(column) for name, column in zip(names, columns, strict=True) if name != "extras"}
    return Houses(**arrays, extras=sets)


def _fronts(
    outline: shapely.Polygon, street: shapely.LinearRing
) -> Iterator[tuple[tuple[float, float], tuple[float, float], float]]:
    """Middle, half sizes and turn of a shallow house behind each edge that lies on the street."""
    ring = shapely.get_coordinates(shapely.orient_polygons(outline))
    for start, end in itertools.pairwise(ring):
        along = end - start
        length = float(np.hypot(*along))
        if length < 4 or street.distance(shapely.Point((start + end) / 2)) > 1.0:
            continue
        depth = min(outline.area / length, 12.0)
        inward = np.array([-along[1], along[0]]) / length * depth / 2
        middle = (start + end) / 2 + inward
        turn_deg = float(np.degrees(np.arctan2(along[1], along[0])))
        yield (float(middle[0]), float(middle[1])), (length / 2, depth / 2), turn_deg


def manner_of(facade: Facade, height_m: float) -> Manner:
    """How a house of that facade and height is drawn."""
    masonry = MANNERS[facade].material == Material.MASONRY and facade not in ("white_brick", "concrete")
    return TOWER if masonry and height_m > 60 else MANNERS[facade]


def look_columns(
    manner: Manner, seeds: np.ndarray, flags: np.ndarray | int, neighbourhoods: np.ndarray
) -> dict[str, Any]:
    """Columns of looks for houses in one manner, each in the livery of its neighbourhood."""
    colours, numbers = np.zeros((len(seeds), 3)), np.zeros((len(seeds), 4))
    flags = np.array(np.broadcast_to(flags, seeds.shape))
    for name in np.unique(neighbourhoods):
        mine, livery = neighbourhoods == name, livery_of(name)
        colours[mine] = picked(livery.walls.get(manner.key, manner.colours), seeds[mine])
        numbers[mine] = livery.windows.get(manner.key, manner.numbers)
        if manner.material == Material.MASONRY:
            flags[mine] |= int(livery.habits)
    numbers[:, 1] *= 0.88 + 0.26 * ((seeds * 104729 % 89) / 89)
    return {
        "colour": colours * (0.92 + 0.16 * ((seeds * 7919 % 97) / 97))[:, None],
        "numbers": numbers,
        "flags": flags,
        "seed": seeds,
        "accent": trims(neighbourhoods, seeds),
    }


def picked(colours: tuple[str, ...], seeds: np.ndarray) -> Float[np.ndarray, "N 3"]:
    """One of the colours for each house."""
    return linear_table(colours)[seeds % len(colours)]


def trims(neighbourhoods: np.ndarray, seeds: np.ndarray) -> Float[np.ndarray, "N 3"]:
    """Colour of each house's trim; NaN where its neighbourhood has none."""
    found = np.full((len(seeds), 3), np.nan)
    for name in np.unique(neighbourhoods):
        if trim := livery_of(name).trim:
            mine = neighbourhoods == name
            found[mine] = picked(trim, seeds[mine] // 8)
    return found


def _flags(houses: Houses, manner: Manner) -> np.ndarray:
    """Flags of each house: shops where the street has them, party walls where neighbours touch."""
    flags = np.full(len(houses), int(manner.flags))
    shops = houses.has("storefronts") & ((houses.seed % 100 < 72) | houses.corner)
    shops &= ~(houses.has("stoops") & (houses.seed % 100 >= 30) & ~houses.corner)
    flags = np.where(shops, (flags | int(Flag.SHOP)) & ~int(Flag.STOOP), flags)
    escapes = houses.has("fire_escapes") & (houses.height < 40)
    flags = np.where(
        escapes & (manner.material == Material.MASONRY) & (houses.seed % 10 < 7),
        flags | int(Flag.ESCAPES),
        flags,
    )
    return np.where(houses.corner | (houses.height > TALL_M), flags & ~int(Flag.PARTY_WALLS), flags)


def _bodies(quarry: Quarry, houses: Houses) -> None:
    """Walls: one box up to 55 m, a stack of ever slimmer ones above."""
    manners = np.array([id(manner_of(f, h)) for f, h in zip(houses.facade, houses.height, strict=True)])
    known = {id(manner): manner for manner in (*MANNERS.values(), TOWER)}
    for key in sorted(set(manners.tolist()), key=lambda k: list(known).index(k)):
        mine, manner = houses.take(manners == key), known[key]
        low = mine.height <= TALL_M
        for group, level in ((mine.take(low), NEAR), (mine.take(~low), ALWAYS)):
            if not len(group):
                continue
            stone = manner is TOWER
            steps = ((0.0, 1.0, 1.0),) if level == NEAR else _setbacks(stone)
            for bottom, top, share in steps:
                z0, z1 = group.height * bottom, group.height * top
                reach = np.maximum(group.half * share - 0.03, 2.0)
                quarry.box(
                    np.column_stack([group.centre, (z0 + z1) / 2]),
                    np.column_stack([reach, (z1 - z0) / 2]),
                    Look(manner.material),
                    group.turn_deg,
                    level=level,
                    anchor=group.anchor,
                    **look_columns(manner, group.seed, _flags(group, manner), group.neighbourhood),
                )


def _setbacks(stone: bool) -> tuple[tuple[float, float, float], ...]:
    """From, to (shares of the height), and share of the lot that each part of a tower takes."""
    if stone:
        return (0.0, 0.34, 1.0), (0.34, 0.60, 0.80), (0.60, 0.84, 0.62), (0.84, 0.95, 0.44), (0.95, 1.0, 0.26)
    return (0.0, 0.14, 1.0), (0.14, 0.965, 0.84), (0.965, 1.0, 0.55)


@dataclass(frozen=True)
class _Aslant:
    """A house on a lot that streets cut aslant."""

    outline: shapely.Polygon
    facade: Facade
    height_m: float
    neighbourhood: str
    extras: frozenset[str]
    anchor: tuple[float, float]
    seed: int


def _prisms(quarry: Quarry, rows: list[_Aslant]) -> None:
    """Houses on lots that streets cut aslant."""
    groups: dict[tuple[int, bool], list[_Aslant]] = {}
    known = [*MANNERS.values(), TOWER]
    for row in rows:
        key = known.index(manner_of(row.facade, row.height_m)), row.height_m <= TALL_M
        groups.setdefault(key, []).append(row)
    for (number, low_rise), group in sorted(groups.items()):
        manner = known[number]
        flags = int(manner.flags) & ~int(Flag.PARTY_WALLS)
        shop = (flags | int(Flag.SHOP)) & ~int(Flag.STOOP)
        outlines = [np.asarray(row.outline.exterior.coords)[:-1] for row in group]
        heights = np.array([row.height_m for row in group])
        columns = look_columns(
            manner,
            np.array([row.seed for row in group]),
            np.array([shop if "storefronts" in row.extras else flags for row in group]),
            np.array([row.neighbourhood for row in group]),
        )
        quarry.convex(
            [prism_planes(ring, 0, height) for ring, height in zip(outlines, heights, strict=True)],
            0.0,
            [[*ring.min(0), 0] for ring in outlines],
            [[*ring.max(0), height] for ring, height in zip(outlines, heights, strict=True)],
            Look(manner.material),
            level=NEAR if low_rise else ALWAYS,
            anchor=np.array([row.anchor for row in group]),
            **columns,
        )


def distant(found: list[tuple[Block, Lot]], houses: Houses, quarry: Quarry) -> None:
    """One body for all low houses of a block, seen from afar."""
    middles, inverse = np.unique(houses.anchor, axis=0, return_inverse=True)
    outlines = {}
    for block, _ in found:
        centroid = block.outline.centroid
        outlines[(centroid.x, centroid.y)] = block.outline
    for number, middle in enumerate(middles):
        mine = houses.take(inverse == number)
        low = mine.take(mine.height <= TALL_M)
        if not len(low):
            continue
        manner = MANNERS[low.facade[0]]
        outline = outlines[(middle[0], middle[1])]
        height = float(low.height.mean())
        flags = int(manner.flags) & ~int(Flag.PARTY_WALLS | Flag.ESCAPES)
        look = look_columns(manner, low.seed[:1], flags, low.neighbourhood[:1])
        for piece in convex_pieces(outline.simplify(4.0)):
            ring = np.asarray(piece.exterior.coords)[:-1]
            quarry.convex(
                prism_planes(ring, 0, height),
                0.0,
                [*ring.min(0), 0],
                [*ring.max(0), height],
                Look(manner.material),
                level=FAR,
                anchor=middle,
                **look,
            )
