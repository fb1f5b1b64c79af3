"""Stonehenge: what is left of the ring of sarsens with its lintels, the trilithons inside, the heel stone outside."""

import numpy as np

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason

_TINTS = ("#a39a8b", "#978e80", "#aba293", "#8d867b", "#9f9787")
_RING_M = 15.4
_STANDING = (0, 1, 2, 3, 4, 5, 6, 9, 10, 13, 20, 21, 22, 26, 27, 28, 29)
"""Places of the ring that still hold a stone; 0 is to the left of the axis, then against the clock."""
_LINTELS = (0, 1, 2, 3, 21, 28, 29)


def stonehenge(m: Mason, rng: np.random.Generator) -> None:
    """7 m at most; the ring opens to the mason's front, towards the midsummer sunrise."""
    for place in range(30):
        angle = np.pi / 2 + 2 * np.pi * (place + 0.5) / 30
        spot = m.at(_RING_M * np.cos(angle), -_RING_M * np.sin(angle), 0, np.degrees(np.pi / 2 - angle) + 180)
        if place in _STANDING:
            _stone(spot, (1.05, 0.52), 4.1, rng)
        elif rng.random() < 0.5:
            fallen = spot.at(rng.uniform(-0.5, 0.5), rng.uniform(-1.5, 1.5), 0, rng.uniform(0, 180))
            _slab(fallen, (1.0, 1.8), 0.75, rng)
    for place in _LINTELS:
        angle = np.pi / 2 + 2 * np.pi * (place + 1.0) / 30
        spot = m.at(
            _RING_M * np.cos(angle), -_RING_M * np.sin(angle), 4.08, np.degrees(np.pi / 2 - angle) + 180
        )
        _slab(spot, (1.62, 0.52), 0.85, rng)
    for x, y, turn, high, whole in (
        (-6.4, -1.6, -78, 5.2, True), (-5.4, 4.4, -48, 5.8, True), (0.0, 7.2, 0, 6.7, False),
        (5.6, 4.2, 48, 5.8, False), (6.4, -1.8, 78, 5.3, True),
    ):  # fmt: skip
        spot = m.at(x, y, 0, turn)
        _stone(spot.at(-1.35, 0), (1.0, 0.62), high, rng)
        if whole:
            _stone(spot.at(1.35, 0), (1.0, 0.62), high, rng)
            _slab(spot.at(0, 0, high - 0.03), (2.45, 0.64), 1.05, rng)
        else:
            _slab(spot.at(1.8, -2.4, 0, 40), (1.0, 2.7), 1.0, rng)
    for angle in np.radians(np.arange(20, 350, 22)):
        spot = m.at(11.6 * np.sin(angle), -11.6 * np.cos(angle), 0, float(np.degrees(angle)))
        if rng.random() < 0.7:
            _stone(spot, (0.42, 0.34), rng.uniform(1.0, 2.1), rng)
    _slab(m.at(0.6, 3.0), (2.4, 0.55), 0.4, rng)
    _stone(m.at(2.2, -77), (1.25, 1.1), 4.7, rng, lean=0.55)
    _slab(m.at(-3.2, -33), (3.2, 1.0), 0.35, rng)
    for x, y in ((-38, 22), (40, -18)):
        _stone(m.at(x, y), (0.7, 0.5), 1.9, rng)
    low = Look(Material.FOLIAGE, "#8b9a58", (0, 0, 0, 1))
    for angle in np.radians(np.arange(0, 360, 5)):
        if 12 < np.degrees(angle) < 348:
            m.ball((54 * np.sin(angle), -54 * np.cos(angle), -0.6), (3.2, 3.2, 1.25), low)


def _tint(rng: np.random.Generator) -> Look:
    return Look(Material.STONE, _TINTS[rng.integers(5)], (9.0, 0, 0, 0), seed=int(rng.integers(999)))


def _stone(
    m: Mason, half: tuple[float, float], high_m: float, rng: np.random.Generator, lean: float = 0.0
) -> None:
    """An upright, slimmer at the top, no two alike."""
    rows = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        foot, top = rng.uniform(0.9, 1.1, 2), rng.uniform(0.72, 0.94, 2)
        rows.append((sx * half[0] * foot[0], sy * half[1] * foot[1], -0.2))
        rows.append((sx * half[0] * top[0], sy * half[1] * top[1] - lean, high_m))
    _rough(m, rows, _tint(rng))


def _slab(m: Mason, half: tuple[float, float], thick_m: float, rng: np.random.Generator) -> None:
    """A lintel or a fallen stone."""
    rows = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        scale = rng.uniform(0.92, 1.05, 2)
        rows.append((sx * half[0] * scale[0], sy * half[1] * scale[1], 0.0))
        rows.append((sx * half[0] * scale[0] * 0.97, sy * half[1] * scale[1] * 0.97, thick_m))
    _rough(m, rows, _tint(rng))


def _rough(m: Mason, rows: list[tuple[float, float, float]], look: Look) -> None:
    """The body between four edges; its uneven sides break into triangles, at most 12 with the ends, so it is cut
    into a lower and an upper wedge of 8 faces each."""
    corners = np.array(rows)
    foot, top = corners[::2], corners[1::2]
    m.hull([*foot[[0, 1, 2]], *top[[0, 1, 2]]], look)
    m.hull([*foot[[0, 2, 3]], *top[[0, 2, 3]]], look)
