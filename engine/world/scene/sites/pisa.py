"""The Leaning Tower of Pisa: eight storeys that lean by four degrees; cathedral and baptistery west of it."""

import numpy as np

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason

_MARBLE = Look(Material.PLAIN, "#efe6d6")
_SHADE = Look(Material.ARCADE, "#c9bda8", (6.2, 2.0, 0.5, 0.75))
_LEAN_DEG = 3.97


def leaning_tower(m: Mason, rng: np.random.Generator) -> None:
    """56 m; it leans to the mason's front, which is the south."""
    axis = np.array([0.0, -np.sin(np.radians(_LEAN_DEG)), np.cos(np.radians(_LEAN_DEG))])
    right = np.array([1.0, 0.0, 0.0])
    deep = np.cross(axis, right)

    def point(height: float, out: float = 0.0, angle: float = 0.0) -> np.ndarray:
        return axis * height + (right * np.cos(angle) + deep * np.sin(angle)) * out

    def ring(low: float, high: float, lower: float, upper: float, look: Look) -> None:
        m.frustum(point(low), point(high), lower, upper, look)

    ring(-1.0, 1.0, 8.6, 8.3, _MARBLE)
    ring(1.0, 11.0, 7.75, 7.7, Look(Material.ARCADE, "#ece2d0", (10.0, 3.25, 0.74, 0.28)))
    ring(11.0, 11.8, 8.2, 8.2, _MARBLE)
    for angle in np.linspace(0, 2 * np.pi, 15, endpoint=False):
        m.frustum(point(1.0, 7.95, angle), point(9.0, 7.95, angle), 0.34, 0.32, _MARBLE)
    for storey in range(6):
        low = 11.8 + storey * 5.95
        ring(low, low + 5.5, 6.2, 6.2, _SHADE)
        ring(low + 4.75, low + 5.5, 7.55, 7.6, Look(Material.ARCADE, "#e9dfcd", (1.5, 1.6, 0.6, 0.35)))
        ring(low + 5.5, low + 5.95, 7.95, 7.95, _MARBLE)
        for angle in np.linspace(0, 2 * np.pi, 30, endpoint=False):
            m.frustum(point(low, 7.35, angle), point(low + 4.8, 7.35, angle), 0.21, 0.19, _MARBLE)
    ring(47.5, 54.2, 5.6, 5.6, Look(Material.ARCADE, "#ece2d0", (6.6, 3.1, 0.56, 0.8)))
    ring(54.2, 55.2, 6.0, 6.0, _MARBLE)
    ring(55.2, 55.8, 5.2, 5.0, _MARBLE)
    # The door looks west, away from nothing: it tells the sides of the lowest storey apart.
    m.box((-7.6, 0, 2.9), (0.5, 1.2, 2.0), Look(Material.PLAIN, "#5a4634"))
    flag = point(56.0)
    m.rod(flag, flag + axis * 5, 0.08, _MARBLE)
    _field(Mason(m.quarry, 0, 0, 180))


def _field(m: Mason) -> None:
    """Cathedral with its dome and baptistery to the west, the town to the south and the east; x east, y north."""
    wall = Look(Material.ARCADE, "#e7ddcb", (9.0, 4.0, 0.5, 0.3))
    roof = Look(Material.PLAIN, "#a9785a")
    lead = Look(Material.PLAIN, "#9aa5a3")
    m.block((-150, -46), (-8, 14), (0, 17), wall)
    m.hull([(-150, -8, 17), (-46, -8, 17), (-150, 14, 17), (-46, 14, 17), (-150, 3, 23), (-46, 3, 23)], roof)
    m.block((-150, -46), (-4, 10), (17, 27), wall)
    m.hull([(-150, -4, 27), (-46, -4, 27), (-150, 10, 27), (-46, 10, 27), (-150, 3, 31), (-46, 3, 31)], roof)
    m.block((-92, -76), (-32, 38), (0, 22), wall)
    m.hull(
        [(-92, -32, 22), (-76, -32, 22), (-92, 38, 22), (-76, 38, 22), (-84, -32, 27), (-84, 38, 27)], roof
    )
    m.drum((0, 20), 8.5, 8.5, wall, x=-46, y=3)
    m.drum((20, 24), 8.8, 1.0, roof, x=-46, y=3)
    m.drum((27, 36), 9.5, 9.5, wall, x=-84, y=3)
    m.ball((-84, 3, 36), (9.2, 9.2, 12), lead)
    m.drum((0, 20), 17.5, 17.5, wall, x=-215, y=3)
    m.drum((20, 32), 14.5, 14.5, wall, x=-215, y=3)
    m.ball((-215, 3, 32), (13.8, 13.8, 19), Look(Material.PLAIN, "#c9bfae"))
    m.drum((46, 55), 5.5, 0.4, roof, x=-215, y=3)
    plaster = ("#dfb98a", "#e3c9a0", "#d49a72", "#e8d6b4", "#cf8f68", "#d9c29a")
    for row, (x, y, wide, deep, high) in enumerate(
        [(100, -95, 14, 9, 13), (132, -90, 16, 10, 16), (168, -94, 15, 9, 12), (120, 70, 10, 16, 14),
         (128, 110, 11, 18, 12), (150, 20, 9, 20, 15), (155, -30, 9, 18, 13), (60, -130, 16, 8, 13),
         (22, -136, 17, 9, 15), (-20, -140, 18, 8, 12), (-66, -138, 20, 9, 14),
         (-118, -142, 24, 9, 13), (196, -60, 10, 18, 15), (200, 90, 12, 16, 13)]
    ):  # fmt: skip
        look = Look(Material.MASONRY, plaster[row % 6], (3.6, 2.8, 0.36, 0.5), int(Flag.BANDS), row * 7)
        m.box((x, y, high / 2), (wide, deep, high / 2), look)
        m.hull(
            [(x + sx * (wide + 0.6), y + sy * (deep + 0.6), high) for sx in (-1, 1) for sy in (-1, 1)]
            + [
                (x + s * (wide if wide > deep else 0), y + s * (deep if deep >= wide else 0), high + 3.2)
                for s in (-1, 1)
            ],
            roof,
        )
    m.block((-300, 40), (64, 66), (0, 8), Look(Material.STONE, "#b59a78", (0.8, 0, 0, 0)))
