"""The Arc de Triomphe: the great vault along the Champs-Élysées, the small one across it, four groups of figures."""

import numpy as np

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason
from engine.world.scene.trees import plant

_STONE = Look(Material.STONE, "#d8c7a6", (1.0, 0, 0, 0))
_TRIM = Look(Material.PLAIN, "#dfd0b2")
_FIGURES = Look(Material.PLAIN, "#cdbb99")


def arc_de_triomphe(m: Mason, rng: np.random.Generator) -> None:
    """50 m high, 45 wide, 22 deep; the front looks down the Champs-Élysées."""
    for side in (-1, 1):
        low, high = sorted((side * 7.3, side * 22.4))
        for back in (-1, 1):
            near, far = sorted((back * 4.2, back * 11.1))
            m.block((low, high), (near, far), (0, 30), _STONE)
            near, far = sorted((back * 10.4, back * 11.7))
            m.block((low - 0.4, high + 0.4), (near, far), (0, 4.2), _TRIM)
            m.block((low - 0.3, high + 0.3), (near, far), (21.6, 23.2), _TRIM)
            m.block(
                (side * 14.85 - 4.8, side * 14.85 + 4.8),
                (back * 11.1 - 0.35, back * 11.1 + 0.35),
                (24.4, 29.2),
                _TRIM,
            )
            _group(m.at(side * 14.85, back * 12.2, 4.2, 0 if back < 0 else 180), 1 + side + (back > 0), rng)
        gate = m.at(side * 14.85, 0, 0, 90)
        gate.arch(0, 4.2, (-7.55, 7.55), 14.5, 30, _STONE)
        m.block((low - 0.35, high + 0.35), (-4.2, 4.2), (19.6, 20.6), _TRIM)
    m.arch(0, 7.3, (-11.1, 11.1), 21.9, 30, _STONE)
    m.block((-22.4, 22.4), (-11.1, 11.1), (30, 32.5), _STONE)
    m.block((-23.6, 23.6), (-12.3, 12.3), (32.5, 34.2), _TRIM)
    m.block(
        (-22.8, 22.8), (-11.5, 11.5), (34.2, 36.6), Look(Material.ARCADE, "#d2c09e", (2.4, 1.1, 0.6, 0.3))
    )
    m.block((-24.2, 24.2), (-12.9, 12.9), (36.6, 38.2), _TRIM)
    m.block((-22.0, 22.0), (-10.8, 10.8), (38.2, 47.0), _STONE)
    for x in np.linspace(-20, 20, 12):
        for y in (-10.9, 10.9):
            m.frustum((x, y - 0.25, 42.5), (x, y + 0.25, 42.5), 1.15, 1.15, _TRIM)
    m.block((-23.0, 23.0), (-11.6, 11.6), (47.0, 48.4), _TRIM)
    m.block(
        (-21.4, 21.4), (-10.2, 10.2), (48.4, 50.0), Look(Material.ARCADE, "#d8c7a6", (1.6, 1.6, 0.6, 0.4))
    )
    # The tricolour hangs in the great vault, towards the front.
    for number, colour in enumerate(("#2d4b8e", "#eae6dc", "#b83338")):
        m.box((-2.2 + 2.2 * number, -3.0, 17), (1.1, 0.05, 5.0), Look(Material.PLAIN, colour))
    m.drum((0, 0.25), 2.6, 2.6, Look(Material.PLAIN, "#5d5348"), y=-4)
    m.ball((0, -4, 0.45), (0.35, 0.35, 0.5), Look(Material.LAMP, "#ff9a3c", (0.5, 2.5, 0, 0)))
    _star(m, rng)


def _group(m: Mason, number: int, rng: np.random.Generator) -> None:
    """A group of figures on a plinth; each pier has its own."""
    m.block((-3.2, 3.2), (-1.4, 1.2), (-1.4, 0.2), _TRIM)
    lean = (-0.9, 0.6, 1.1, -0.4)[number % 4]
    for _ in range(7):
        x = rng.uniform(-2.3, 2.3)
        tall = rng.uniform(3.2, 5.2)
        m.rod((x, -0.6, 0.4), (x + lean * 0.5, -0.7, tall), rng.uniform(0.5, 0.75), _FIGURES)
        m.ball((x + lean * 0.6, -0.8, tall + 0.9), (0.45, 0.45, 0.55), _FIGURES)
    m.rod((lean, -0.5, 5.2), (lean * 1.6, -0.9, 9.0), 0.75, _FIGURES)
    m.ball((lean * 1.7, -1.0, 10.0), (0.6, 0.6, 0.7), _FIGURES)
    if number % 4 == 1:
        # The genius of war spreads her wings over the volunteers.
        m.hull(
            [
                (lean, -0.4, 8),
                (lean + 3.2, -0.4, 10.8),
                (lean + 0.4, -0.4, 9.6),
                (lean, 0.0, 8),
                (lean + 3.0, 0.0, 10.6),
            ],
            _FIGURES,
        )
        m.hull(
            [
                (lean, -0.4, 8),
                (lean - 2.4, -0.4, 11.0),
                (lean - 0.2, -0.4, 9.6),
                (lean, 0.0, 8),
                (lean - 2.3, 0.0, 10.8),
            ],
            _FIGURES,
        )
    else:
        m.rod((lean * 1.5, -0.8, 8.2), (lean * 1.5 + 1.4, -0.8, 10.6), 0.3, _FIGURES)


def _star(m: Mason, rng: np.random.Generator) -> None:
    """Twelve avenues between houses of pale stone under roofs of zinc; towers far down the avenue at the back."""
    zinc = Look(Material.PLAIN, "#7d8894", (0.08, 0, 0, 0))
    for sector in range(12):
        middle = 15 + sector * 30
        for row, (radius, step) in enumerate(((158, 5.6), (196, 5.6), (238, 5.4))):
            for place in (-1, 0, 1):
                spot = m.at(0, 0, 0, middle + place * step * 158 / radius * 1.22)
                wide = 9.6 + row * 1.2
                look = Look(
                    Material.MASONRY, ("#ddcfb4", "#d6c7a9", "#e2d6be")[(sector + place) % 3], (3.6, 2.4, 0.42, 0.62),
                    int(Flag.BANDS | Flag.SHOP), sector * 31 + place + row * 7,
                )  # fmt: skip
                spot.block((-wide, wide), (-radius - 12, -radius), (0, 19.5), look)
                spot.taper((19.5, 24), (wide, 6), (wide - 1.2, 3.8), zinc, y=-radius - 6)
                for chimney in (-0.7, 0.1, 0.8):
                    spot.block(
                        (chimney * wide - 0.5, chimney * wide + 0.5),
                        (-radius - 8, -radius - 6.5),
                        (24, 26),
                        Look(Material.PLAIN, "#b9785a"),
                    )
    rows = [(side * 17.0, -along) for side in (-1, 1) for along in range(170, 620, 13)]
    plant(m.world([(x, y, 0) for x, y in rows])[:, :2], rng.uniform(8, 10, len(rows)), m.quarry, 7)
    for x, y, wide, high in (
        (-60, 880, 20, 150),
        (10, 930, 26, 190),
        (70, 900, 18, 130),
        (-130, 960, 22, 170),
        (130, 980, 20, 160),
    ):
        m.box(
            (x, y, high / 2),
            (wide, wide * 0.7, high / 2),
            Look(Material.CURTAIN, "#8aa3b3", (4, 1.8, 0.25, 0.5), seed=high),
        )
    m.block((-26, 26), (1040, 1060), (0, 24), Look(Material.PLAIN, "#e6e4de"))
    road = Look(Material.ROAD, numbers=(8, 0, 0, 0))
    m.quarry.box(m.world((0, -380, 0)), [230, 14, 0.02], road, m.turn_deg + 90)
    m.quarry.box(m.world((0, 400, 0)), [250, 14, 0.02], road, m.turn_deg + 90)
