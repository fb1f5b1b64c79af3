"""The Space Needle: three pairs of legs that narrow to a waist, the saucer on top; the city to its south-east."""

import itertools

import numpy as np

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason

_WHITE = Look(Material.PLAIN, "#eceae4", (0.05, 0, 0, 0))
_GREY = Look(Material.METAL, "#c2c6c8", (0.2, 1.2, 0, 0))
_WAIST = (
    (0, 17.5),
    (18, 13.2),
    (40, 9.2),
    (65, 6.4),
    (92, 4.9),
    (114, 4.6),
    (132, 6.6),
    (146, 10.2),
    (150, 11.5),
)
"""Height and distance from the axis of a leg."""


def space_needle(m: Mason, rng: np.random.Generator) -> None:
    """184 m."""
    for leg in range(3):
        angle = np.radians(60 + leg * 120)
        out, across = (
            np.array([np.sin(angle), -np.cos(angle), 0]),
            np.array([np.cos(angle), np.sin(angle), 0]),
        )
        for side in (-1, 1):
            points = [
                out * reach + across * side * (1.9 - 0.9 * min(height, 114) / 114) + [0, 0, height]
                for height, reach in _WAIST
            ]
            for start, end in itertools.pairwise(points):
                m.rod(start, end, 0.85, _WHITE)
        for height, reach in _WAIST[1:7]:
            middle = out * reach + [0, 0, height]
            m.rod(middle - across * 1.6, middle + across * 1.6, 0.4, _WHITE)
    m.taper((0, 150), (3.4, 3.4), (2.4, 2.4), Look(Material.LATTICE, "#b9bcbc", (3.0, 0, 0, 0)))
    # Three lifts; only the one towards the front hangs low.
    for leg, height in enumerate((36, 96, 124)):
        angle = np.radians(leg * 120)
        m.box(
            (3.6 * np.sin(angle), -3.6 * np.cos(angle), height),
            (1.3, 1.3, 2.2),
            Look(Material.PLAIN, "#d8a93a"),
        )
    m.drum((28, 31), 13, 14.5, _GREY)
    m.drum((31, 34), 14.5, 13.5, Look(Material.CURTAIN, "#93a7af", (3.0, 1.4, 0.05, 0.5)))
    m.drum((145, 150), 6, 15.5, _WHITE)
    m.drum((150, 153.5), 17.5, 18.5, Look(Material.CURTAIN, "#7f97a3", (3.5, 1.2, 0.05, 0.55)))
    m.drum((153.5, 155.5), 20.5, 21.2, _WHITE)
    m.drum((155.5, 156.5), 21.2, 20.4, _WHITE)
    m.ring((0, 0, 154.8), 22.4, 0.45, _WHITE)
    for angle in np.radians(np.arange(0, 360, 15)):
        m.rod(
            (18 * np.sin(angle), 18 * np.cos(angle), 154.6),
            (22.4 * np.sin(angle), 22.4 * np.cos(angle), 154.8),
            0.22,
            _WHITE,
        )
    m.drum((156.5, 160), 15.5, 13.5, Look(Material.CURTAIN, "#9db1ba", (3.5, 1.2, 0.05, 0.5)))
    m.drum((160, 165), 13.8, 4.5, Look(Material.PLAIN, "#e3dccb"))
    m.drum((165, 168), 4.2, 3.2, _WHITE)
    m.drum((168, 184), 1.1, 0.15, _GREY)
    m.ball((0, 0, 176), (0.6, 0.6, 0.6), Look(Material.LAMP, "#ff5a3c", (0.4, 3.0, 0, 0)))
    _centre(Mason(m.quarry, 0, 0, 180), rng)


def _centre(m: Mason, rng: np.random.Generator) -> None:
    """Coloured shells of the museum to the east, glass house to the west, arches to the south, downtown beyond."""
    shells = (("#b03a4a", 120, 20, 26, 17, 14), ("#8f6fb0", 100, -18, 22, 18, 17), ("#c79a3f", 148, -6, 20, 22, 13),
              ("#4a86b8", 132, 48, 24, 16, 15), ("#c9ccd0", 92, 46, 18, 16, 12))  # fmt: skip
    for colour, x, y, rx, ry, rz in shells:
        m.ball((x, y, 1), (rx, ry, rz), Look(Material.METAL, colour, (0.3, 1.6, 0, 0)))
    m.ball((-48, -14, 0), (24, 11, 12), Look(Material.CURTAIN, "#b9cdc6", (2.0, 1.6, 0.0, 0.5)))
    white = Look(Material.PLAIN, "#efede6")
    for x in (-34, -18, -2, 14, 30):
        for side in (-1, 1):
            m.rod((x + side * 5, -95, 0), (x + side * 4, -95, 16), 0.7, white)
            m.rod((x + side * 4, -95, 16), (x, -95, 30), 0.6, white)
    m.block((-60, 60), (-150, -118), (0, 12), Look(Material.PLAIN, "#dedbd2"))
    # The monorail comes in from the south-east.
    for number in range(12):
        x, y = 40 + number * 22, 10 - number * 40
        m.drum((0, 8), 0.9, 0.9, Look(Material.PLAIN, "#c4beb2"), x=x, y=y)
        m.box(
            (x + 11, y - 20, 8.6),
            (0.9, 24, 0.8),
            Look(Material.PLAIN, "#cfc9bd"),
            np.degrees(np.arctan2(22, 40)),
        )
    m.taper((0, 20), (60, 60), (4, 4), Look(Material.PLAIN, "#d7d3c9"), x=-190, y=150)
    tints = ("#7f9fb4", "#93a9b0", "#6f8799", "#a3b4bd", "#5f7486")
    for number in range(70):
        angle = np.radians(rng.uniform(118, 182))
        away = rng.uniform(520, 1500)
        x, y = away * np.sin(angle), away * np.cos(angle)
        peak = np.exp(-(((np.degrees(angle) - 148) / 18) ** 2))
        high = rng.uniform(40, 90) + peak * rng.uniform(40, 190)
        wide = rng.uniform(14, 24)
        if number % 3:
            look = Look(Material.CURTAIN, tints[number % 5], (3.9, 1.7, 0.28, 0.5), seed=number)
        else:
            look = Look(Material.PIERS, "#cbbba0", (3.7, 2.8, 0.46, 0.6), seed=number)
        m.box((x, y, high / 2), (wide, wide, high / 2), look, 30)
    for number in range(130):
        angle = np.radians(rng.uniform(-160, 110))
        away = rng.uniform(330, 1100)
        x, y = away * np.sin(angle), away * np.cos(angle)
        high = rng.uniform(8, 24)
        tint = ("#b9785c", "#cbbda4", "#a9917a", "#d3cabb")[number % 4]
        look = Look(Material.MASONRY, tint, (3.2, 3.0, 0.5, 0.5), int(Flag.SHOP), number)
        m.box((x, y, high / 2), (rng.uniform(10, 22), rng.uniform(10, 18), high / 2), look, 0)
    snow = Look(Material.PLAIN, "#c9d3e0")
    m.taper((0, 420), (900, 700), (40, 40), snow, x=2600, y=-4200)
    m.taper((0, 160), (1300, 400), (500, 60), Look(Material.FOLIAGE, "#7f8f86", (0, 0, 0, 1)), x=-4300, y=500)
