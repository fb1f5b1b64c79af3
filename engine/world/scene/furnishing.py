"""What makes houses alive: cornices, stoops, doors, fire escapes, awnings, signs, screens, and tanks on the roofs."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.palette import linear, linear_table
from engine.world.raycast.solids import NEAR, Look, Quarry
from engine.world.scene.houses import TALL_M, Houses, manner_of, picked, trims
from engine.world.scene.liveries import Livery, livery_of
from engine.world.scene.shapes import above

_IRON = Look(Material.PLAIN, "#2c2a29")
_WOOD = Look(Material.PLAIN, "#7a5a40")


def furnish(houses: Houses, quarry: Quarry) -> None:
    """Adds all details to houses on rectangular lots, by facade and by the neighbourhood's extras."""
    low = houses.take(houses.height <= TALL_M)
    _cornices(low, quarry)
    stoops = np.isin(low.facade, ["brick", "brownstone"]) & low.has("stoops") & (low.half[:, 0] > 2.4)
    shops = low.has("storefronts") & ((low.seed % 100 < 30) | low.corner)
    _stoops(low.take(stoops & ~shops), quarry)
    iron = low.has("fire_escapes") & (low.seed % 10 < 7) & (low.facade != "glass")
    _fire_escapes(low.take(iron | (low.facade == "tenement")), quarry)
    _awnings(low.take((low.has("awnings") | low.has("storefronts")) & (low.seed % 3 != 0)), quarry)
    _signs(low.take(low.has("signs") & (low.facade != "screens")), quarry)
    _screens(houses.take(houses.facade == "screens"), quarry)
    _roofs(houses, quarry)
    _flags_out(houses.take(houses.has("flags") & (houses.seed % 4 == 0)), quarry)
    _bays(low.take(low.facade == "brownstone"), quarry)


def _add(houses: Houses, quarry: Quarry, middle, half, look: Look, **columns) -> None:
    """Boxes that turn with their houses."""
    if len(houses):
        quarry.box(middle, half, look, houses.turn_deg, level=NEAR, anchor=houses.anchor, **columns)


def _from_livery(
    houses: Houses, part: Callable[[Livery], tuple[str, ...]], seeds: np.ndarray
) -> Float[np.ndarray, "N 3"]:
    """One of the colours that each house's neighbourhood has for a part."""
    found = np.zeros((len(houses), 3))
    for name in np.unique(houses.neighbourhood):
        mine = houses.neighbourhood == name
        found[mine] = picked(part(livery_of(name)), seeds[mine])
    return found


def _trim(houses: Houses, own: Float[np.ndarray, "*N 3"]) -> Float[np.ndarray, "N 3"]:
    """Colour of each house's trim, or its `own` where the neighbourhood has none."""
    found = trims(houses.neighbourhood, houses.seed)
    return np.where(np.isnan(found), own, found)


def _cornices(houses: Houses, quarry: Quarry) -> None:
    """A projecting cap along the top of the front."""
    plain = np.isin(houses.facade, ["glass", "concrete", "white_brick", "screens"])
    dressed = houses.take(~plain)
    if not len(dressed):
        return
    tints = np.array(
        [linear(manner_of(f, h).colours[0]) for f, h in zip(dressed.facade, dressed.height, strict=True)]
    )
    seeds = dressed.seed % 5
    pale = linear_table(("#e8dfcf", "#6f4a3a", "#8f9a8c", "#d2c3a8", "#4a4340"))[seeds]
    colour = np.where(np.isin(dressed.facade, ["brick", "tenement", "brownstone"])[:, None], pale, tints)
    colour = _trim(dressed, colour)
    half = np.column_stack([dressed.half[:, 0], np.full(len(dressed), 0.42), np.full(len(dressed), 0.38)])
    _add(
        dressed, quarry, dressed.at(0, 0.32, dressed.height + 0.1), half, Look(Material.PLAIN), colour=colour
    )
    half = half * [1, 0.55, 0.6]
    _add(
        dressed,
        quarry,
        dressed.at(0, 0.12, dressed.height - 0.45),
        half,
        Look(Material.PLAIN),
        colour=colour * 0.85,
    )


def _stoops(houses: Houses, quarry: Quarry) -> None:
    """Steps up to a door beside the middle, with cheeks and a hood."""
    if not len(houses):
        return
    side = np.where(houses.seed % 2 == 0, 1.0, -1.0) * (houses.half[:, 0] - 1.5)
    brown = houses.facade == "brownstone"
    walls = _from_livery(houses, lambda livery: livery.walls.get("brownstone", ("#8d6450",)), houses.seed)
    colour = np.where(brown[:, None], walls * 0.95, linear("#b9a998"))
    for step in range(4):
        rise = 0.35 * (4 - step)
        middle = houses.at(side, 0.3 + 0.45 * step, rise / 2)
        _add(
            houses,
            quarry,
            middle,
            [0.85, 0.3, rise / 2],
            Look(Material.PLAIN),
            colour=colour * (0.94 + 0.04 * (step % 2)),
        )
    for cheek in (-1.0, 1.0):
        _add(
            houses,
            quarry,
            houses.at(side + cheek * 0.95, 0.75, 0.8),
            [0.1, 0.8, 0.8],
            Look(Material.PLAIN),
            colour=colour * 0.9,
        )
    doors = _from_livery(houses, lambda livery: livery.doors, houses.seed)
    _add(
        houses,
        quarry,
        houses.at(side, 0.02, 2.55),
        [0.55, 0.06, 1.15],
        Look(Material.PLAIN, numbers=(0.1, 0, 0, 0)),
        colour=doors,
    )
    _add(houses, quarry, houses.at(side, 0.15, 3.85), [0.95, 0.22, 0.12], Look(Material.PLAIN, "#d9cdb8"))


def _fire_escapes(houses: Houses, quarry: Quarry) -> None:
    """Iron platforms with rails on each floor above the first, painted like the trim."""
    paint = _trim(houses, linear(_IRON.colour))
    for floor in range(2, 8):
        high = houses.height > floor * 3.3 + 2.0
        mine, colour = houses.take(high), paint[high]
        if not len(mine):
            return
        reach = np.minimum(mine.half[:, 0] * 0.62, 2.6)
        slab = np.column_stack([reach, np.full(len(mine), 0.5), np.full(len(mine), 0.05)])
        up = 1.0 + floor * 3.3
        _add(mine, quarry, mine.at(0, 0.5, up), slab, _IRON, colour=colour)
        rail = np.column_stack([reach, np.full(len(mine), 0.03), np.full(len(mine), 0.045)])
        _add(mine, quarry, mine.at(0, 0.97, up + 0.95), rail, _IRON, colour=colour)
        _add(mine, quarry, mine.at(0, 0.97, up + 0.5), rail, _IRON, colour=colour)
        stair = np.column_stack([np.full(len(mine), 0.06), np.full(len(mine), 0.22), np.full(len(mine), 1.6)])
        lean = np.where(floor % 2 == 0, 0.5, -0.5) * reach
        _add(mine, quarry, mine.at(lean, 0.6, up + 1.6), stair, _IRON, colour=colour)


def _awnings(houses: Houses, quarry: Quarry) -> None:
    """Cloth over the shop window."""
    if not len(houses):
        return
    colour = _from_livery(houses, lambda livery: livery.awnings, houses.seed // 2)
    wide = np.minimum(houses.half[:, 0] * 0.85, 3.4)
    numbers = np.zeros((len(houses), 4))
    numbers[:, 0] = np.where(houses.seed % 2 == 0, 0.35, 0.0)
    half = np.column_stack([wide, np.full(len(houses), 0.65), np.full(len(houses), 0.10)])
    look = Look(Material.STRIPES)
    _add(houses, quarry, houses.at(0, 0.65, 3.15), half, look, colour=colour, numbers=numbers)
    half = np.column_stack([wide, np.full(len(houses), 0.04), np.full(len(houses), 0.24)])
    _add(houses, quarry, houses.at(0, 1.28, 2.95), half, look, colour=colour * 0.92, numbers=numbers)


def _signs(houses: Houses, quarry: Quarry) -> None:
    """Signs that stand out from the wall above one another, and boards along it."""
    for number in range(3):
        mine = houses.take((houses.seed // 7 + number) % 4 != 0)
        if not len(mine):
            continue
        salt = mine.seed + number * 131
        along = (mine.half[:, 0] - 0.6) * np.where(salt % 2 == 0, 1, -1) * (0.95 - 0.3 * number)
        tall = 1.0 + (salt % 7) * 0.28
        half = np.column_stack([np.full(len(mine), 0.09), np.full(len(mine), 0.42), tall])
        look = Look(Material.SIGN, numbers=(0.75, 0, 0, 0))
        colour = _from_livery(mine, lambda livery: livery.signs, salt)
        _add(
            mine,
            quarry,
            mine.at(along, 0.62, 4.4 + tall + number * 2.2),
            half,
            look,
            colour=colour,
            seed=salt,
        )
    board = np.column_stack(
        [houses.half[:, 0] * 0.92, np.full(len(houses), 0.10), np.full(len(houses), 0.48)]
    )
    colour = _from_livery(houses, lambda livery: livery.signs, houses.seed // 3)
    _add(
        houses,
        quarry,
        houses.at(0, 0.12, 3.75),
        board,
        Look(Material.SIGN, numbers=(0.8, 0, 0, 0)),
        colour=colour,
        seed=houses.seed,
    )


def _screens(houses: Houses, quarry: Quarry) -> None:
    """Advertisement screens over the front, some around the corner."""
    if not len(houses):
        return
    up = np.full(len(houses), 6.0)
    for number in range(4):
        salt = houses.seed * 5 + number * 977
        tall = np.minimum(3.0 + (salt % 11) * 1.0, houses.height * 0.2 + 2)
        wide = houses.half[:, 0] * (0.62 + (salt % 5) * 0.08)
        along = (houses.half[:, 0] - wide) * np.where(salt % 2 == 0, 0.9, -0.9)
        half = np.column_stack([wide, np.full(len(houses), 0.25), tall])
        fits = up + 2 * tall < np.minimum(houses.height, 55)
        mine = houses.take(fits)
        if len(mine):
            spot = houses.at(along, 0.5, up + tall)[fits]
            quarry.box(spot, half[fits], Look(Material.SCREEN), mine.turn_deg, seed=salt[fits])
        up = up + 2 * tall + 0.8
    corner = houses.take(houses.corner)
    for side in (-1.0, 1.0):
        turn = np.radians(corner.turn_deg)
        reach = side * (corner.half[:, 0] + 0.3)
        spot = np.column_stack(
            [
                corner.centre[:, 0] + np.cos(turn) * reach,
                corner.centre[:, 1] + np.sin(turn) * reach,
                np.full(len(corner), 17.0),
            ]
        )
        half = np.column_stack(
            [np.full(len(corner), 0.25), corner.half[:, 1] * 0.8, np.full(len(corner), 9.0)]
        )
        quarry.box(spot, half, Look(Material.SCREEN), corner.turn_deg, seed=corner.seed + 71)


def _roofs(houses: Houses, quarry: Quarry) -> None:
    """Stair heads, machine rooms, and the wooden water tanks of the city."""
    low = houses.take((houses.height < 90) & (houses.half.min(1) > 2.6))
    shed = np.column_stack([low.half[:, 0] * 0.3, low.half[:, 1] * 0.22, np.full(len(low), 1.3)])
    shift = ((low.seed % 9) / 9 - 0.5) * low.half[:, 0]
    _add(
        low,
        quarry,
        low.at(shift, -low.half[:, 1] * 1.2, low.height + 1.3),
        shed,
        Look(Material.PLAIN, "#a89a8a"),
    )
    share = np.where(low.has("water_tanks"), 55, 16)
    tanks = low.take((low.seed // 11 % 100 < share) & (low.height > 14))
    foot = tanks.at(((tanks.seed % 13) / 13 - 0.5) * tanks.half[:, 0], -tanks.half[:, 1] * 0.75, 0.0)
    roof = tanks.height[:, None] * [0, 0, 1]
    if len(tanks):
        for east, north in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            leg = foot + roof + [east * 1.1, north * 1.1, 0]
            quarry.frustum(leg, leg + above(2.6), 0.12, 0.12, _IRON, level=NEAR, anchor=tanks.anchor)
        quarry.frustum(
            foot + roof + above(2.5),
            foot + roof + above(6.3),
            1.9,
            1.85,
            _WOOD,
            level=NEAR,
            anchor=tanks.anchor,
        )
        quarry.frustum(
            foot + roof + above(6.3), foot + roof + above(7.6), 2.1, 0.1,
            Look(Material.PLAIN, "#5f5148"), level=NEAR, anchor=tanks.anchor,
        )  # fmt: skip


def _flags_out(houses: Houses, quarry: Quarry) -> None:
    """A flag on a pole over the door."""
    if not len(houses):
        return
    wall, tip = houses.at(0, 0, 6.0), houses.at(0, 2.6, 7.4)
    quarry.capsule(wall, tip, 0.05, Look(Material.PLAIN, "#cfcac0"), level=NEAR, anchor=houses.anchor)
    colour = linear_table(("#b23a34", "#2f4f86", "#e6e0d2"))[houses.seed // 4 % 3]
    _add(houses, quarry, houses.at(0, 1.9, 6.3), [0.03, 0.75, 0.7], Look(Material.PLAIN), colour=colour)


def _bays(houses: Houses, quarry: Quarry) -> None:
    """Bay windows over all floors of every third brownstone."""
    mine = houses.take((houses.seed % 3 == 0) & (houses.half[:, 0] > 2.8))
    if not len(mine):
        return
    manner = manner_of("brownstone", 12)
    colour = _from_livery(mine, lambda livery: livery.walls.get("brownstone", manner.colours), mine.seed)
    side = np.where(mine.seed % 2 == 0, -1.0, 1.0) * (mine.half[:, 0] - 1.75)
    tall = (mine.height - 2.2) / 2
    half = np.column_stack([np.full(len(mine), 1.45), np.full(len(mine), 0.5), tall])
    numbers = np.tile((3.6, 1.45, 0.56, 0.6), (len(mine), 1))
    look = Look(Material.MASONRY, flags=int(Flag.BANDS))
    _add(
        mine,
        quarry,
        mine.at(side, 0.45, tall + 0.2),
        half,
        look,
        colour=colour,
        numbers=numbers,
        seed=mine.seed,
        accent=trims(mine.neighbourhood, mine.seed),
    )
