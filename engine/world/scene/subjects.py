"""Subjects: the things that a tourist photographs on purpose, set on the ground before the camera."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.figures import cars, people, turned, umbrellas
from engine.world.scene.shapes import above
from engine.world.scene.trees import plant
from engine.world.shot import SubjectKind

_WOOD = Look(Material.PLAIN, "#8a6748")
_IRON = Look(Material.PLAIN, "#2f3331")
_BRONZE = Look(Material.METAL, "#6f7a5a", (0.12, 0, 0, 0))
_FUR = Look(Material.PLAIN, "#9a6a3c")


def place_subject(
    kind: SubjectKind, spot: np.ndarray, bearing_deg: float, quarry: Quarry, rng: np.random.Generator
) -> None:
    """Adds the subject at a spot (east, north), its front towards a compass bearing."""
    _MAKERS[kind](quarry, np.asarray(spot, dtype=float), 90.0 - bearing_deg, rng)


def _taxi(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    cars(quarry, spot[None], np.array([turn_deg]), ["#f0b81f"], rng)
    _, left = turned(turn_deg)
    band = Look(Material.STRIPES, "#1d1d1d", (0.12, 0, 0, 0))
    for side in (-1, 1):
        quarry.box(np.array([*spot, 0.62]) + left * 0.9 * side, [1.5, 0.012, 0.06], band, turn_deg)


def _bus(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    forward, left = turned(turn_deg)
    middle = np.array([*spot, 0.0])
    body = Look(Material.VEHICLE, "#e9edf0", (1.05, 0.3, 0, 0))
    quarry.box(middle + above(1.55), [6.0, 1.27, 1.2], body, turn_deg)
    quarry.box(middle + above(2.84), [5.9, 1.2, 0.12], Look(Material.PLAIN, "#e9edf0"), turn_deg)
    quarry.box(middle + above(1.05), [6.02, 1.29, 0.14], Look(Material.PLAIN, "#2a5ea8"), turn_deg)
    sign = middle + forward * 6.0 + above(2.55)
    quarry.box(sign, [0.05, 0.8, 0.16], Look(Material.LAMP, "#ffb84a", (0.5, 1.8, 0, 0)), turn_deg)
    for end in (-3.6, 3.4):
        for side in (-1.12, 1.12):
            axle = middle + forward * end + left * side + above(0.48)
            quarry.frustum(
                axle - left * 0.17, axle + left * 0.17, 0.48, 0.48, Look(Material.PLAIN, "#1c1b1b")
            )


def _bench(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    forward, left = turned(turn_deg)
    middle = np.array([*spot, 0.1])
    across = turn_deg + 90
    for slat in range(3):
        quarry.box(middle + forward * (0.2 - 0.16 * slat) + above(0.46), [0.95, 0.065, 0.025], _WOOD, across)
    for slat in range(3):
        quarry.box(
            middle - forward * (0.25 + 0.03 * slat) + above(0.58 + 0.14 * slat),
            [0.95, 0.02, 0.055],
            _WOOD,
            across,
        )
    for side in (-0.85, 0.0, 0.85):
        quarry.box(middle + left * side + above(0.22), [0.26, 0.035, 0.22], _IRON, turn_deg)
        quarry.box(middle + left * side - forward * 0.3 + above(0.6), [0.03, 0.035, 0.34], _IRON, turn_deg)


def _food_cart(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    forward, left = turned(turn_deg)
    middle = np.array([*spot, 0.0])
    across = turn_deg + 90
    quarry.box(
        middle + above(0.85), [0.95, 0.45, 0.45], Look(Material.METAL, "#c9ccd0", (0.35, 0.5, 0, 0)), across
    )
    quarry.box(
        middle + forward * 0.46 + above(0.95),
        [0.7, 0.02, 0.22],
        Look(Material.SIGN, "#c7372b", (0.4, 0, 0, 0)),
        across,
    )
    for side in (-0.6, 0.6):
        axle = middle + left * side + above(0.3)
        quarry.frustum(axle - forward * 0.4, axle + forward * 0.4, 0.3, 0.3, Look(Material.PLAIN, "#1f1f1f"))
    quarry.capsule(middle + above(1.3), middle + above(2.5), 0.03, Look(Material.PLAIN, "#d9d5cc"))
    for part in range(8):
        colour = "#f0c02c" if part % 2 else "#2f62b5"
        angle = np.radians(turn_deg + part * 45)
        rim = middle + np.array([1.05 * np.cos(angle), 1.05 * np.sin(angle), 2.22])
        quarry.capsule(middle + above(2.56), rim, 0.06, Look(Material.PLAIN, colour))
    quarry.frustum(
        middle + above(2.2),
        middle + above(2.62),
        1.15,
        0.06,
        Look(Material.STRIPES, "#2f62b5", (0.42, 0, 0, 0)),
    )
    people(quarry, (spot - forward[:2] * 0.9)[None], np.array([turn_deg]), ["#e9e2d2"], rng)


def _tree(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    plant(spot[None], np.array([rng.uniform(7.5, 10.0)]), quarry, int(rng.integers(1 << 30)))


def _statue(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    forward, left = turned(turn_deg)
    middle = np.array([*spot, 0.0])
    granite = Look(Material.STONE, "#b9b0a4", (0.5, 0, 0, 0))
    quarry.box(middle + above(0.2), [0.95, 0.95, 0.2], granite, turn_deg)
    quarry.box(middle + above(1.1), [0.62, 0.62, 0.75], granite, turn_deg)
    quarry.box(middle + above(1.9), [0.75, 0.75, 0.08], granite, turn_deg)
    foot = middle + above(1.98)
    quarry.frustum(foot, foot + above(1.35), 0.42, 0.26, _BRONZE)
    quarry.ellipsoid(foot + above(1.42), [0.36, 0.30, 0.28], _BRONZE, turn_deg + 90)
    quarry.ellipsoid(foot + above(1.95), [0.17, 0.17, 0.22], _BRONZE)
    quarry.capsule(
        foot + left * 0.34 + above(1.5), foot + left * 0.55 + forward * 0.5 + above(1.95), 0.09, _BRONZE
    )
    quarry.capsule(
        foot - left * 0.34 + above(1.5), foot - left * 0.42 + forward * 0.15 + above(0.85), 0.09, _BRONZE
    )


def _balloon(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    middle = np.array([*spot, 0.0])
    red = Look(Material.PLAIN, "#d8352f", (0.16, 0, 0, 0))
    up = rng.uniform(2.3, 2.9)
    quarry.ellipsoid(middle + above(up), [0.42, 0.42, 0.50], red)
    quarry.frustum(middle + above(up - 0.58), middle + above(up - 0.44), 0.07, 0.02, red)
    quarry.capsule(
        middle + np.array([0.05, 0, 0.9]), middle + above(up - 0.55), 0.010, Look(Material.PLAIN, "#e9e5dc")
    )


def _dog(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    forward, left = turned(turn_deg)
    middle = np.array([*spot, 0.1])
    quarry.capsule(middle - forward * 0.30 + above(0.46), middle + forward * 0.30 + above(0.50), 0.17, _FUR)
    for end in (-0.32, 0.32):
        for side in (-0.10, 0.10):
            hip = middle + forward * end + left * side
            quarry.capsule(hip + above(0.42), hip + above(0.05), 0.055, _FUR)
    head = middle + forward * 0.55 + above(0.74)
    quarry.capsule(middle + forward * 0.36 + above(0.56), head, 0.11, _FUR)
    quarry.ellipsoid(head, [0.16, 0.13, 0.13], _FUR, turn_deg)
    quarry.capsule(head + forward * 0.08 - above(0.03), head + forward * 0.24 - above(0.05), 0.06, _FUR)
    quarry.ellipsoid(head + forward * 0.30 - above(0.03), 0.035, Look(Material.PLAIN, "#1d1a19"))
    ears = Look(Material.PLAIN, "#5f3f26")
    for side in (-0.11, 0.11):
        quarry.capsule(head + left * side + above(0.10), head + left * side * 1.3 - above(0.04), 0.04, ears)
    quarry.capsule(middle - forward * 0.42 + above(0.52), middle - forward * 0.62 + above(0.82), 0.035, _FUR)


def _person_in_red(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    people(quarry, spot[None], np.array([turn_deg]), ["#d22f2a"], rng)
    foot = np.array([*spot, 0.1])
    quarry.frustum(foot + above(0.52), foot + above(1.0), 0.29, 0.20, Look(Material.PLAIN, "#d22f2a"))


def _umbrella(quarry: Quarry, spot: np.ndarray, turn_deg: float, rng: np.random.Generator) -> None:
    people(quarry, spot[None], np.array([turn_deg]), ["#3c4652"], rng)
    umbrellas(quarry, spot[None], ["#e6b422"], 2.2, 0.78)


_MAKERS: Mapping[SubjectKind, Callable[[Quarry, np.ndarray, float, np.random.Generator], None]] = (
    MappingProxyType(
        {
            "taxi": _taxi,
            "bus": _bus,
            "bench": _bench,
            "food cart": _food_cart,
            "tree": _tree,
            "statue": _statue,
            "balloon": _balloon,
            "dog": _dog,
            "person in red": _person_in_red,
            "umbrella": _umbrella,
        }
    )
)
