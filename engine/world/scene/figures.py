"""People, cars and umbrellas as small groups of solids."""

import numpy as np

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.palette import linear_table
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.shapes import above

PERSON_COLOURS = (
    "#34455c", "#5b5f66", "#8c8577", "#7a4a3c", "#c9bfae", "#3f5a4c", "#2c2e33", "#9aa5b1", "#b98f5a", "#6b4f66",
)  # fmt: skip
_SKIN = ("#e0b896", "#c68f68", "#8d5a3c", "#f0cdb0", "#6b4530")
_HAIR = ("#2a211c", "#4a3425", "#8c6a42", "#1c1a1a", "#b8a078")


_TROUSERS = ("#2b3442", "#3a3633", "#555049", "#1f2226")
_DARK = Look(Material.PLAIN, "#3a3a3a")
_RUBBER = Look(Material.PLAIN, "#1c1b1b")
_TAXI = "#f0b81f"


def turned(turn_deg: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors over the ground: along `turn_deg` anticlockwise from east, and to the left of it; rows for rows."""
    angle = np.radians(turn_deg)
    nought = np.zeros_like(angle)
    forward = np.stack([np.cos(angle), np.sin(angle), nought], axis=-1)
    return forward, np.stack([-np.sin(angle), np.cos(angle), nought], axis=-1)


def people(
    quarry: Quarry, spots: np.ndarray, turn_deg: np.ndarray, coats: list[str], rng: np.random.Generator
) -> None:
    """People who walk towards `turn_deg`, one for each spot."""
    count = len(spots)
    if not count:
        return
    forward, left = turned(np.asarray(turn_deg, dtype=float))
    size = rng.uniform(0.94, 1.05, (count, 1))
    foot = np.column_stack([spots, np.full(count, 0.1)])
    stride = rng.uniform(0.08, 0.24, (count, 1))
    up = np.array([0, 0, 1.0]) * size
    cloth = linear_table(tuple(coats))
    skin, hair, legs = (
        linear_table(table)[rng.integers(len(table), size=count)] for table in (_SKIN, _HAIR, _TROUSERS)
    )
    plain, tall = Look(Material.PLAIN), size[:, 0]
    for side in (-1, 1):
        hip = foot + up * 0.82 + left * 0.09 * side
        quarry.capsule(
            hip,
            foot + left * 0.10 * side + forward * stride * side + up * 0.06,
            0.075 * tall,
            plain,
            colour=legs,
        )
        shoulder = foot + up * 1.36 + left * 0.21 * side
        hand = foot + up * 0.86 + left * 0.27 * side - forward * stride * side
        quarry.capsule(shoulder, hand, 0.058 * tall, plain, colour=cloth)
    quarry.frustum(foot + up * 0.74, foot + up * 1.44, 0.20 * tall, 0.17 * tall, plain, colour=cloth)
    quarry.ellipsoid(foot + up * 1.43, size * [0.21, 0.21, 0.09], plain, colour=cloth)
    quarry.ellipsoid(foot + up * 1.61, size * [0.105, 0.105, 0.135], plain, colour=skin)
    quarry.ellipsoid(foot + up * 1.66 - forward * 0.025, size * [0.112, 0.112, 0.11], plain, colour=hair)


def umbrellas(
    quarry: Quarry, spots: np.ndarray, colours: list[str], top_m: float, radius_m: float = 0.62
) -> None:
    """Open umbrellas over spots."""
    if not len(spots):
        return
    foot = np.column_stack([spots, np.zeros(len(spots))])
    colour = linear_table(tuple(colours))
    quarry.frustum(
        foot + above(top_m - 0.26), foot + above(top_m), radius_m, 0.05, Look(Material.PLAIN), colour=colour
    )
    quarry.capsule(foot + above(top_m - 0.9), foot + above(top_m + 0.08), 0.015, _DARK)


def cars(
    quarry: Quarry, spots: np.ndarray, turn_deg: np.ndarray, colours: list[str], rng: np.random.Generator
) -> None:
    """Cars that look towards `turn_deg`: body, cabin of glass, wheels. The yellow ones are taxis with their sign."""
    count = len(spots)
    if not count:
        return
    turn_deg = np.asarray(turn_deg, dtype=float)
    forward, left = turned(turn_deg)
    middle = np.column_stack([spots, np.zeros(count)])
    tall = rng.uniform(0.0, 0.25, count)
    paint = linear_table(tuple(colours))
    quarry.box(
        middle + above(0.60),
        [2.25, 0.90, 0.30],
        Look(Material.VEHICLE, numbers=(0, 0.34, 0, 0)),
        turn_deg,
        colour=paint,
    )
    quarry.box(middle + above(0.47), [2.31, 0.86, 0.12], _DARK, turn_deg)
    cabins = [_cabin(*row) for row in zip(middle, forward, left, 1.44 + tall, strict=True)]
    planes, lows, highs = zip(*cabins, strict=True)
    quarry.convex(list(planes), 0.88, lows, highs, Look(Material.PLAIN, "#1d242b", (0.5, 0, 0, 0)))
    roof = middle - forward * 0.22 + np.column_stack([np.zeros((count, 2)), 1.45 + tall])
    quarry.box(
        roof, [0.95, 0.70, 0.045], Look(Material.PLAIN, numbers=(0.15, 0, 0, 0)), turn_deg, colour=paint
    )
    for end in (-1.42, 1.42):
        for side in (-0.80, 0.80):
            axle = middle + forward * end + left * side + above(0.33)
            quarry.frustum(axle - left * 0.12, axle + left * 0.12, 0.33, 0.33, _RUBBER)
    taxi = np.array([colour == _TAXI for colour in colours])
    if taxi.any():
        sign = Look(Material.LAMP, "#fff2c8", (0.35, 1.6, 0, 0))
        quarry.box(roof[taxi] + above(0.15), [0.18, 0.42, 0.11], sign, turn_deg[taxi])


def _cabin(middle: np.ndarray, forward: np.ndarray, left: np.ndarray, high_m: float):
    """Planes of a cabin that narrows upwards, and the corners of the box that bounds it."""
    low_m = 0.88
    planes = []
    for normal, reach, lean in (
        (forward, 1.15, 0.62),
        (-forward, 1.75, 0.45),
        (left, 0.84, 0.16),
        (-left, 0.84, 0.16),
    ):
        slope = np.array([normal[0], normal[1], lean / (high_m - low_m)])
        slope /= np.sqrt(slope @ slope)
        planes.append([*slope, slope @ (middle + normal * reach) + slope[2] * low_m])
    planes += [[0, 0, 1, high_m], [0, 0, -1, -low_m]]
    reach = np.abs(forward) * 1.75 + np.abs(left) * 0.84
    return np.array(planes), [*(middle - reach)[:2], low_m], [*(middle + reach)[:2], high_m]
