"""People, cars and umbrellas as small groups of solids."""

import numpy as np

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.shapes import above

PERSON_COLOURS = (
    "#34455c", "#5b5f66", "#8c8577", "#7a4a3c", "#c9bfae", "#3f5a4c", "#2c2e33", "#9aa5b1", "#b98f5a", "#6b4f66",
)  # fmt: skip
_SKIN = ("#e0b896", "#c68f68", "#8d5a3c", "#f0cdb0", "#6b4530")
_HAIR = ("#2a211c", "#4a3425", "#8c6a42", "#1c1a1a", "#b8a078")


def turned(turn_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors over the ground: along `turn_deg` anticlockwise from east, and to the left of it."""
    angle = np.radians(turn_deg)
    return np.array([np.cos(angle), np.sin(angle), 0.0]), np.array([-np.sin(angle), np.cos(angle), 0.0])


def person(
    quarry: Quarry,
    spot: np.ndarray,
    turn_deg: float,
    coat: str,
    rng: np.random.Generator,
    height_m: float = 1.72,
) -> None:
    """Someone who walks towards `turn_deg`."""
    forward, left = turned(turn_deg)
    size = height_m / 1.72 * rng.uniform(0.94, 1.05)
    foot = np.array([spot[0], spot[1], 0.1])
    stride = rng.uniform(0.08, 0.24)
    trousers = Look(Material.PLAIN, ("#2b3442", "#3a3633", "#555049", "#1f2226")[rng.integers(4)])
    cloth = Look(Material.PLAIN, coat)
    up = np.array([0, 0, size])
    for side in (-1, 1):
        hip = foot + up * 0.82 + left * 0.09 * side
        quarry.capsule(
            hip, foot + left * 0.10 * side + forward * stride * side + up * 0.06, 0.075 * size, trousers
        )
        shoulder = foot + up * 1.36 + left * 0.21 * side
        hand = foot + up * 0.86 + left * 0.27 * side - forward * stride * side
        quarry.capsule(shoulder, hand, 0.058 * size, cloth)
    quarry.frustum(foot + up * 0.74, foot + up * 1.44, 0.20 * size, 0.17 * size, cloth)
    quarry.ellipsoid(foot + up * 1.43, [0.21 * size, 0.21 * size, 0.09 * size], cloth)
    quarry.ellipsoid(
        foot + up * 1.61,
        [0.105 * size, 0.105 * size, 0.135 * size],
        Look(Material.PLAIN, _SKIN[rng.integers(5)]),
    )
    hair = Look(Material.PLAIN, _HAIR[rng.integers(5)])
    quarry.ellipsoid(foot + up * 1.66 - forward * 0.025, [0.112 * size, 0.112 * size, 0.11 * size], hair)


def umbrella(quarry: Quarry, spot: np.ndarray, colour: str, top_m: float, radius_m: float = 0.62) -> None:
    """An open umbrella over a spot."""
    foot = np.array([spot[0], spot[1], 0.0])
    quarry.frustum(
        foot + above(top_m - 0.26), foot + above(top_m), radius_m, 0.05, Look(Material.PLAIN, colour)
    )
    quarry.capsule(
        foot + above(top_m - 0.9), foot + above(top_m + 0.08), 0.015, Look(Material.PLAIN, "#3a3632")
    )


def car(quarry: Quarry, spot: np.ndarray, turn_deg: float, colour: str, rng: np.random.Generator) -> None:
    """A car that looks towards `turn_deg`: body, cabin of glass, wheels. A yellow one is a taxi with its sign."""
    forward, left = turned(turn_deg)
    middle = np.array([spot[0], spot[1], 0.0])
    taxi = colour == "#f0b81f"
    tall = rng.uniform(0.0, 0.25)
    paint = Look(Material.VEHICLE, colour, (0.0, 0.34, 0, 0))
    quarry.box(middle + above(0.60), [2.25, 0.90, 0.30], paint, turn_deg)
    quarry.box(middle + above(0.47), [2.31, 0.86, 0.12], Look(Material.PLAIN, "#3a3a3a"), turn_deg)
    low, high = _cabin(middle, forward, left, 0.88, 1.44 + tall)
    quarry.convex(low, 0.88, *high, Look(Material.PLAIN, "#1d242b", (0.5, 0, 0, 0)))
    roof = middle - forward * 0.22 + above(1.45 + tall)
    quarry.box(roof, [0.95, 0.70, 0.045], Look(Material.PLAIN, colour, (0.15, 0, 0, 0)), turn_deg)
    for end in (-1.42, 1.42):
        for side in (-0.80, 0.80):
            axle = middle + forward * end + left * side + above(0.33)
            quarry.frustum(
                axle - left * 0.12, axle + left * 0.12, 0.33, 0.33, Look(Material.PLAIN, "#1c1b1b")
            )
    if taxi:
        quarry.box(
            roof + above(0.15),
            [0.18, 0.42, 0.11],
            Look(Material.LAMP, "#fff2c8", (0.35, 1.6, 0, 0)),
            turn_deg,
        )


def _cabin(middle: np.ndarray, forward: np.ndarray, left: np.ndarray, low_m: float, high_m: float):
    """Planes of a cabin that narrows upwards, and the box that bounds it."""
    tall = high_m - low_m
    planes = []
    for normal, reach, lean in (
        (forward, 1.15, 0.62),
        (-forward, 1.75, 0.45),
        (left, 0.84, 0.16),
        (-left, 0.84, 0.16),
    ):
        slope = np.array([*normal[:2], lean / tall])
        length = np.linalg.norm(slope)
        at = middle + normal * reach + above(low_m)
        planes.append([*(slope / length), slope @ at / length])
    planes += [[0, 0, 1, high_m], [0, 0, -1, -low_m]]
    reach = np.abs(forward) * 1.75 + np.abs(left) * 0.84
    return np.array(planes), ([*(middle - reach)[:2], low_m], [*(middle + reach)[:2], high_m])
