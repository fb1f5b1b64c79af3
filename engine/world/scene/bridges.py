"""Bridges: decks on their curve, towers of stone or steel, cables that hang between them."""

import numpy as np
import shapely
from jaxtyping import Float

from engine.world.plan.elements import Bridge, Plan
from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.mason import Mason
from engine.world.scene.shapes import points_m

_STEP_M = 45.0
_ROAD = Look(Material.PLAIN, "#5c5955")
_PLANKS = Look(Material.PLAIN, "#a98a68")
_CABLE = Look(Material.PLAIN, "#8b857c")


def span(plan: Plan, quarry: Quarry) -> None:
    """Every bridge of the plan."""
    for bridge in plan.bridges:
        line = shapely.LineString(points_m(plan.frame, bridge.path.places))
        towers = (
            sorted(line.project(shapely.Point(p)) for p in points_m(plan.frame, bridge.towers))
            if bridge.towers
            else []
        )
        _deck(bridge, line, towers, quarry)
        stone = bridge.name == "Brooklyn Bridge"
        for at in towers:
            _tower(bridge, line, at, stone, quarry)
        if len(towers) == 2:
            _cables(bridge, line, towers, stone, quarry)


def _height(
    bridge: Bridge, line: shapely.LineString, towers: list[float], at: Float[np.ndarray, "N"]
) -> np.ndarray:
    """Height of the roadway along the line."""
    if towers:
        return np.interp(
            at,
            [0, towers[0], line.length / 2, towers[-1], line.length],
            [5, bridge.deck_m * 0.88, bridge.deck_m, bridge.deck_m * 0.88, 5],
        )
    return np.interp(
        at, [0, line.length * 0.3, line.length * 0.7, line.length], np.array([0.6, 1, 1, 0.6]) * bridge.deck_m
    )


def _frame(line: shapely.LineString, at: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Point on the line, unit vector along it, and unit vector to its left."""
    a = np.array(line.interpolate(max(at - 4, 0)).coords[0])
    b = np.array(line.interpolate(min(at + 4, line.length)).coords[0])
    along = (b - a) / np.hypot(*(b - a))
    return np.array(line.interpolate(at).coords[0]), along, np.array([-along[1], along[0]])


def _strip(
    points, heights, left, half_m: tuple[float, float], thick_m: float, look: Look, quarry: Quarry
) -> None:
    """A strip along the bridge, as one body for each step."""
    mason = Mason(quarry, 0, 0, 180)
    for i in range(len(points) - 1):
        rows = [
            [*(points[j] + left[j] * side), heights[j] - depth]
            for j in (i, i + 1)
            for side in half_m
            for depth in (0.0, thick_m)
        ]
        mason.hull(rows, look)


def _deck(bridge: Bridge, line, towers, quarry: Quarry) -> None:
    marks = np.linspace(0, line.length, max(3, round(line.length / _STEP_M) + 1))
    frames = [_frame(line, at) for at in marks]
    points, left = [frame[0] for frame in frames], [frame[2] for frame in frames]
    heights = _height(bridge, line, towers, marks)
    half = bridge.width_m / 2
    _strip(points, heights, left, (-half, half), 1.6, _ROAD, quarry)
    if towers:
        truss = Look(
            Material.LATTICE, "#a99c86" if bridge.name == "Brooklyn Bridge" else "#8c97a0", (3.2, 0, 0, 0)
        )
        for side in (-half, half):
            _strip(points, heights + 1.3, left, (side - 0.25, side + 0.25), 4.2, truss, quarry)
        _strip(points, heights + 2.6, left, (-2.6, 2.6), 0.5, _PLANKS, quarry)
    piers = Look(Material.STONE, "#a89b88", (1.2, 0, 0, 0))
    for (point, along, _), height, at in zip(frames[1:-1], heights[1:-1], marks[1:-1], strict=True):
        between = len(towers) >= 2 and towers[0] - 60 < at < towers[-1] + 60
        if height > 5 and not between:
            turn = float(np.degrees(np.arctan2(along[1], along[0])))
            quarry.box([*point, height / 2 - 1], [2.2, half * 0.8, height / 2 - 1], piers, turn)


def _tower(bridge: Bridge, line, at: float, stone: bool, quarry: Quarry) -> None:
    point, along, _ = _frame(line, at)
    bearing = float(np.degrees(np.arctan2(along[0], along[1])))
    m = Mason(quarry, point[0], point[1], bearing)
    top, deck = bridge.tower_height_m, bridge.deck_m * 0.88
    if stone:
        granite = Look(Material.STONE, "#b7a58c", (1.1, 0, 0, 0))
        m.block((-22, 22), (-9, 9), (-1, 8), granite)
        m.block((-20.5, 20.5), (-7.5, 7.5), (8, deck - 2), granite)
        for low, high in ((-20.5, -13.4), (-3.4, 3.4), (13.4, 20.5)):
            m.block((low, high), (-6.6, 6.6), (deck - 2, top - 5), granite)
            m.block((low - 0.6, high + 0.6), (-7.2, 7.2), (deck - 2, deck + 1), granite)
        for middle in (-8.4, 8.4):
            m.arch(middle, 5.0, (-6.0, 6.0), top - 29, top - 9, granite, rise=2.4)
        m.block((-20.5, 20.5), (-6.2, 6.2), (top - 9, top - 4), granite)
        m.block((-21.4, 21.4), (-7.4, 7.4), (top - 4, top), granite)
        return
    steel = Look(Material.LATTICE, "#8793a0", (4.0, 0, 0, 0))
    half = bridge.width_m / 2 - 1.5
    for side in (-half, half):
        m.taper((0, top), (3.2, 4.5), (2.4, 2.8), steel, x=side)
        m.drum((top, top + 5), 1.4, 0.1, steel, x=side)
    for level in (0.0, 0.48, 0.94):
        height = deck + (top - deck) * level
        m.block((-half, half), (-2.0, 2.0), (height - 3.0, height + 3.0), steel)
    m.block((-half - 5, half + 5), (-8, 8), (-1, 6), Look(Material.STONE, "#a89b88", (1.2, 0, 0, 0)))


def _cables(bridge: Bridge, line, towers: list[float], stone: bool, quarry: Quarry) -> None:
    first, last = towers
    main = last - first
    side = min(main * 0.55, first, line.length - last)
    top = bridge.tower_height_m - (1.0 if stone else 0.0)
    marks = np.concatenate(
        [
            np.linspace(first - side, first, 9)[:-1],
            np.linspace(first, last, 29),
            np.linspace(last, last + side, 9)[1:],
        ]
    )
    deck = _height(bridge, line, towers, marks) + 3.0
    middle = (marks - (first + last) / 2) / (main / 2)
    out = np.clip((np.abs(middle) - 1) * main / 2 / max(side, 1), 0, 1)
    height = np.where(
        out > 0,
        top + (deck - top) * (1 - (1 - out) ** 1.5),
        (bridge.deck_m + 5) + (top - bridge.deck_m - 5) * middle**2,
    )
    spots = [_frame(line, at) for at in marks]
    for share in (-0.92, -0.18, 0.18, 0.92) if stone else (-0.9, 0.9):
        half = bridge.width_m / 2 * share
        rows = np.array([[*(p + left * half), z] for (p, _, left), z in zip(spots, height, strict=True)])
        quarry.capsule(rows[:-1], rows[1:], 0.32, _CABLE)
        low = rows.copy()
        low[:, 2] = np.minimum(deck - 3.0, rows[:, 2] - 0.1)
        quarry.capsule(rows, low, 0.09, _CABLE)
        if not stone:
            continue
        for tower in towers:
            point, along, left = _frame(line, tower)
            head = np.array([*(point + left * half), top - 4])
            for reach in np.arange(-110, 111, 14.0):
                if abs(reach) > 20:
                    foot = point + left * half + along * reach
                    at = np.array([tower + reach])
                    quarry.capsule(head, [*foot, float(_height(bridge, line, towers, at)[0])], 0.08, _CABLE)
