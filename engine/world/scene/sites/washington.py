"""The Washington Monument: an obelisk of two tints of marble, fifty flags, and what lies on the Mall's four sides."""

import numpy as np

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason

_POLE = Look(Material.PLAIN, "#d9dadb", (0.1, 0, 0, 0))
_WHITE = Look(Material.PLAIN, "#ece7db")
_STONE = Look(Material.MASONRY, "#dfd6c3", (6.0, 5.0, 0.34, 0.6), int(Flag.BANDS), 3)


def washington_monument(m: Mason, rng: np.random.Generator) -> None:
    """169 m; the stone is darker above 46 m, where building stopped for 23 years."""
    lower, upper = (
        Look(Material.STONE, "#e9e0cf", (1.2, 0, 0, 0)),
        Look(Material.STONE, "#dccdb5", (1.2, 0, 0, 0)),
    )
    half = np.interp([0, 46, 152], [0, 152], [8.4, 5.25])
    m.taper((0, 46), (half[0], half[0]), (half[1], half[1]), lower)
    m.taper((46, 152), (half[1], half[1]), (half[2], half[2]), upper)
    m.taper((152, 169.2), (half[2], half[2]), (0.15, 0.15), upper)
    dark = Look(Material.PLAIN, "#4d463c")
    for side in range(4):
        face = m.at(0, 0, 0, 90 * side)
        for x in (-2.0, 2.0):
            face.block((x - 0.45, x + 0.45), (-5.1, -4.0), (153.2, 154.4), dark)
    # The door is on the east side, towards the Capitol.
    m.block((-1.6, 1.6), (-9.0, -7.5), (0, 4.6), dark)
    m.block((-3.2, 3.2), (-11.5, -8.0), (0, 3.4), Look(Material.CURTAIN, "#9fb0b4", (3.4, 1.6, 0.05, 0.4)))
    colours = ("#b0343a", "#c2bdb4", "#2f477c")
    for number in range(50):
        angle = 2 * np.pi * number / 50
        x, y = 38.5 * np.cos(angle), 38.5 * np.sin(angle)
        m.drum((0, 7.8), 0.09, 0.06, _POLE, x=x, y=y)
        for stripe in range(3):
            m.box(
                (x + 0.85, y, 6.6 + 0.36 * stripe),
                (0.8, 0.03, 0.18),
                Look(Material.PLAIN, colours[stripe]),
                20,
            )
    for number in range(26):
        angle = 2 * np.pi * number / 26
        m.box(
            (30 * np.cos(angle), 30 * np.sin(angle), 0.25), (1.2, 0.35, 0.25), _WHITE, np.degrees(angle) + 90
        )
    _mall(Mason(m.quarry, 0, 0, 180))


def _mall(m: Mason) -> None:
    """Capitol in the east, Lincoln in the west, the White House in the north, Jefferson in the south."""
    m.block((2140, 2200), (-115, 115), (18, 46), _STONE)
    m.block((2120, 2210), (-35, 35), (18, 52), _STONE)
    m.drum((46, 70), 21, 20, Look(Material.ARCADE, "#ece7db", (12, 4, 0.5, 0.5)), x=2170)
    m.ball((2170, 0, 70), (19, 19, 26), _WHITE)
    m.drum((92, 106), 4, 0.6, _WHITE, x=2170)
    m.block((-1310, -1250), (-28, 28), (0, 30), Look(Material.ARCADE, "#ece7db", (30, 5, 0.5, 0.7)))
    m.block((-1300, -1260), (-22, 22), (30, 36), _WHITE)
    m.block((-30, 30), (880, 915), (0, 19), _STONE)
    m.drum((0, 18), 8, 8, Look(Material.ARCADE, "#ece7db", (18, 3, 0.5, 0.6)), y=878)
    m.drum((0, 22), 27, 27, Look(Material.ARCADE, "#ece7db", (22, 4.5, 0.5, 0.6)), x=60, y=-1350)
    m.ball((60, -1350, 24), (22, 22, 17), _WHITE)
    for x, y, wide, deep, high in (
        (330, 195, 90, 35, 28), (560, 205, 85, 40, 32), (800, 210, 95, 42, 30), (350, -205, 75, 38, 24),
        (620, -205, 110, 42, 30), (900, -210, 90, 40, 27), (-60, 420, 60, 30, 26), (210, 470, 80, 40, 34),
        (160, -420, 70, 34, 28),
    ):  # fmt: skip
        m.box((x, y, high / 2), (wide, deep, high / 2), _STONE)
        m.box((x, y, high + 1), (wide * 0.7, deep * 0.7, 1), _WHITE)
    red = Look(Material.MASONRY, "#9c5f4c", (5.0, 3.0, 0.4, 0.55), int(Flag.BRICK), 5)
    m.block((470, 540), (-150, -125), (0, 16), red)
    for x, high in ((478, 30), (505, 43), (530, 26)):
        m.drum((0, high), 4.2, 4.0, red, x=x, y=-138)
        m.drum((high, high + 8), 4.4, 0.2, Look(Material.PLAIN, "#6f6a66"), x=x, y=-138)
