"""The towers that everyone knows: Empire State, Chrysler, Flatiron, One World Trade Center, United Nations."""

import numpy as np

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason

_STEEL = Look(Material.METAL, "#cdd2d4", (0.5, 1.4, 0, 0))
_MAST = Look(Material.PLAIN, "#b9bdc0", (0.1, 0, 0, 0))


def empire_state(m: Mason) -> None:
    """443 m of limestone: a broad base on Fifth Avenue, the shaft, the mooring mast, the antenna."""
    wall = Look(Material.PIERS, "#d8cbb3", (3.7, 3.0, 0.44, 0.62), seed=31)
    m.block((-29, 29), (-34, 95), (0, 24), Look(Material.PIERS, "#d2c4aa", (4.2, 3.6, 0.5, 0.6), seed=30))
    m.block((-26, 26), (-20, 72), (24, 78), wall)
    m.block((-23, 23), (-12, 60), (78, 112), wall)
    m.block((-20, 20), (-8, 52), (112, 282), wall)
    m.block((-16, 16), (-11, 55), (112, 262), wall)
    m.block((-17, 17), (-3, 47), (282, 306), wall)
    m.block((-14, 14), (2, 42), (306, 320), wall)
    crown = Look(Material.METAL, "#c9cdc9", (0.35, 1.6, 0, 0))
    m.block((-8, 8), (12, 32), (320, 336), crown)
    for side in range(4):
        wing = m.at(0, 22, 0, 90 * side)
        wing.hull(
            [
                (-2, -11, 320),
                (2, -11, 320),
                (-2, -4, 320),
                (2, -4, 320),
                (-1, -5, 365),
                (1, -5, 365),
                (0, -4, 366),
            ],
            crown,
        )
    m.drum((336, 368), 5.4, 4.6, crown, y=22)
    m.drum((338, 366), 4.9, 4.9, Look(Material.LAMP, "#ffe7c0", (0.12, 1.6, 0, 0)), y=22)
    m.drum((368, 374), 4.8, 3.4, crown, y=22)
    m.drum((374, 383), 3.4, 1.4, crown, y=22)
    m.drum((383, 425), 1.4, 0.8, _MAST, y=22)
    m.drum((425, 443), 0.6, 0.2, _MAST, y=22)


def chrysler(m: Mason) -> None:
    """319 m: white brick with dark corners, a crown of seven steel arches on every side, the needle."""
    wall = Look(Material.PIERS, "#d9d5cb", (3.6, 2.5, 0.46, 0.6), seed=44)
    m.block((-28, 28), (-28, 28), (0, 62), Look(Material.PIERS, "#cfc9bd", (3.6, 2.7, 0.5, 0.6), seed=43))
    m.block((-24, 24), (-22, 22), (62, 90), wall)
    m.block((-16.5, 16.5), (-16.5, 16.5), (90, 205), wall)
    m.block((-13, 13), (-17.2, 17.2), (90, 205), wall)
    m.block((-17.2, 17.2), (-13, 13), (90, 205), wall)
    m.block((-14.5, 14.5), (-14.5, 14.5), (205, 226), wall)
    for number in range(7):
        height, radius = 226 + number * 7.4, 12.2 - number * 1.45
        reach = 13.4 - number * 1.7
        for a, b in (((-reach, 0, height), (reach, 0, height)), ((0, -reach, height), (0, reach, height))):
            m.frustum(a, b, radius, radius, _STEEL)
        glow = Look(Material.LAMP, "#fff0cf", (0.06, 1.9, 0, 0))
        for angle in np.linspace(0.45, np.pi - 0.45, 5):
            out, up = np.cos(angle) * radius * 0.80, height + np.sin(angle) * radius * 0.80
            for side in range(4):
                face = m.at(0, 0, 0, 90 * side)
                sill = [(out + x, -reach - 0.06, up - 0.8) for x in (-0.7, 0.7)]
                face.hull([*sill, (out, -reach - 0.06, up + 1.1), (out, -reach + 0.5, up)], glow)
    m.drum((270, 286), 3.0, 1.5, _STEEL)
    m.drum((286, 319), 1.5, 0.1, _STEEL)
    for x in (-1, 1):
        for y in (-1, 1):
            m.rod((x * 16, y * 16, 206), (x * 20, y * 20, 208), 0.9, _STEEL)
            m.rod((x * 20, y * 20, 208), (x * 21.5, y * 21.5, 206.6), 0.6, _STEEL)


def flatiron(m: Mason) -> None:
    """87 m: a wedge of limestone whose prow, two metres wide, parts Broadway from Fifth Avenue."""
    plan = [(-1.4, -31), (1.4, -31), (2.6, -29.5), (13.5, 30), (-13.5, 26), (-2.6, -29.5)]

    def layer(low: float, high: float, scale: float, look: Look) -> None:
        m.hull(
            [(x * scale + np.sign(x) * (scale - 1) * 6, y * scale, z) for x, y in plan for z in (low, high)],
            look,
        )

    stone = "#d3c3a6"
    flags = int(Flag.BANDS)
    layer(0, 17, 1.0, Look(Material.MASONRY, "#cbb998", (4.2, 3.1, 0.58, 0.66), flags | int(Flag.SHOP), 3))
    layer(17, 18, 1.03, Look(Material.PLAIN, stone))
    layer(18, 68, 0.985, Look(Material.MASONRY, stone, (3.7, 2.5, 0.46, 0.56), flags, 8))
    layer(68, 69, 1.03, Look(Material.PLAIN, stone))
    layer(
        69, 81, 0.985, Look(Material.MASONRY, "#cdbb9b", (4.0, 2.5, 0.52, 0.68), flags | int(Flag.ARCHED), 9)
    )
    layer(81, 82.5, 1.03, Look(Material.PLAIN, stone))
    layer(82.5, 84.2, 1.07, Look(Material.PLAIN, "#c3b08f"))
    layer(84.2, 87, 0.99, Look(Material.PLAIN, "#cdbd9f"))
    m.block((-4, 3), (4, 16), (87, 91), Look(Material.PLAIN, "#b7a68a"))
    m.block((-2.2, 2.2), (-36, -31.5), (0, 4.2), Look(Material.CURTAIN, "#8fa6a8", (4.0, 1.2, 0.1, 0.5)))


def one_world_trade(m: Mason) -> None:
    """541 m: a cube of a base, eight tall triangles of glass that turn the square by 45 degrees, the spire."""
    half, top = 30.5, 21.5
    m.block((-half, half), (-half, half), (0, 57), Look(Material.METAL, "#a9bac2", (0.45, 2.0, 0, 0)))
    m.block(
        (-12, 12), (-half - 0.8, half + 0.8), (0, 20), Look(Material.CURTAIN, "#b9c9cf", (4.5, 1.6, 0.1, 0.5))
    )
    square = [(-half, -half, 57), (half, -half, 57), (half, half, 57), (-half, half, 57)]
    reach = top * np.sqrt(2)
    turned = [(0, -reach, 406), (reach, 0, 406), (0, reach, 406), (-reach, 0, 406)]
    m.hull(square + turned, Look(Material.CURTAIN, "#8fb2c4", (4.0, 1.5, 0.16, 0.66), seed=9))
    m.hull(
        [(x * s, y * s, z) for x, y, _ in turned for s, z in ((1.0, 406), (1.0, 417))],
        Look(Material.METAL, "#b4c6cf", (0.4, 2.0, 0, 0)),
    )
    m.ring((0, 0, 424), 11, 1.3, _MAST)
    m.drum((417, 445), 2.6, 1.9, _MAST)
    m.drum((445, 520), 1.6, 0.7, _MAST)
    m.drum((520, 541), 0.7, 0.2, Look(Material.LAMP, "#ffffff", (0.3, 2.0, 0, 0)))
    for angle in np.radians(np.arange(0, 360, 90)):
        m.rod((10 * np.cos(angle), 10 * np.sin(angle), 424), (0, 0, 470), 0.22, _MAST)


def united_nations(m: Mason) -> None:
    """The slab of green glass between walls of marble, the hall with its swung roof and dome, a row of flags."""
    glass = Look(Material.CURTAIN, "#6f9a94", (3.7, 1.35, 0.24, 0.58), seed=5)
    marble = Look(Material.PLAIN, "#e9e5db")
    m.block((-44, 44), (-10.5, 10.5), (0, 154), glass)
    for side in (-44.6, 44.6):
        m.block((side - 0.8, side + 0.8), (-11, 11), (0, 156), marble)
    m.block((-44, 44), (-10.8, 10.8), (154, 158), Look(Material.PLAIN, "#c9c6bd"))
    # The assembly hall stands to the north of the slab, which is to the right of who comes from the river.
    m.hull(
        [
            (62, -18, 0),
            (175, -26, 0),
            (62, 22, 0),
            (175, 30, 0),
            (62, -18, 17),
            (62, 22, 17),
            (175, -26, 27),
            (175, 30, 27),
        ],
        Look(Material.ARCADE, "#e3ddd0", (27.0, 3.0, 0.5, 0.5)),
    )
    m.ball((118, 2, 22), (15, 13, 10), Look(Material.PLAIN, "#b8b4a8", (0.05, 0, 0, 0)))
    m.block((40, 66), (-14, 10), (0, 12), Look(Material.CURTAIN, "#9ab0ae", (4.0, 2.0, 0.2, 0.4)))
    m.block((-40, 120), (-52, -34), (0, 14), Look(Material.CURTAIN, "#c7c3b6", (4.5, 2.0, 0.3, 0.35)))
    colours = ("#b23a34", "#2f5a94", "#3d7a4d", "#e2b93b", "#e7e3da", "#24303f")
    for number in range(28):
        x = -60 + number * 8.2
        m.drum((0, 11), 0.09, 0.06, _MAST, x=x, y=46)
        m.box((x + 0.95, 46, 10.2), (0.9, 0.03, 0.55), Look(Material.PLAIN, colours[number % 6]))
