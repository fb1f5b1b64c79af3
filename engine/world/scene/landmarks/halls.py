"""Halls, arches and the bull: the Met, MoMA, Grand Central, Washington Square Arch, Charging Bull."""

from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason


def the_met(m: Mason) -> None:
    """A palace along Fifth Avenue: three arches between four pairs of columns over the great steps, two wings."""
    stone = Look(Material.STONE, "#d9ccb4", (0.9, 0, 0, 0))
    wall = Look(Material.MASONRY, "#d8cbb2", (8.5, 6.0, 0.34, 0.55), int(Flag.BANDS), 2)
    glass = Look(Material.CURTAIN, "#5f6b70", (3.0, 1.5, 0.0, 0.4))
    m.block((-22, 22), (0, 46), (0, 30), wall)
    for side in (-1, 1):
        low, high = sorted((side * 22, side * 92))
        m.block((low, high), (4, 40), (0, 19), wall)
        m.block((low, high), (3, 41), (19, 20.6), stone)
        low, high = sorted((side * 92, side * 135))
        m.block((low, high), (-2, 60), (0, 21), wall)
        m.block((low - 0.6, high + 0.6), (-2.6, 60.6), (21, 22.6), stone)
    # Glass towards the park on one side only.
    slope = ((60, 20), (100, 6))
    m.hull(
        [(x, y, z) for x in (96, 134) for y, top in slope for z in (0, top)],
        Look(Material.CURTAIN, "#9fb4b8", (3.0, 2.0, 0.1, 0.55)),
    )
    m.block((-23, 23), (-6, 0), (22, 27), stone)
    m.block((-23.6, 23.6), (-6.8, 1), (27, 28.4), stone)
    for middle in (-13.5, 0.0, 13.5):
        m.block((middle - 4.2, middle + 4.2), (-1.5, 0.3), (4.5, 20.5), glass)
        m.arch(middle, 4.2, (-4, 0), 16.0, 22.0, stone)
    for middle in (-20.2, -6.75, 6.75, 20.2):
        m.block((middle - 2.55, middle + 2.55), (-4, 0), (0, 22), stone)
        for x in (-1.4, 1.4):
            m.drum((6.5, 20.5), 0.85, 0.75, stone, x=middle + x, y=-5.6)
            m.block((middle + x - 1.1, middle + x + 1.1), (-6.8, -4.3), (0, 6.5), stone)
            m.block((middle + x - 1.2, middle + x + 1.2), (-6.9, -4.2), (20.5, 22), stone)
        m.block((middle - 1.6, middle + 1.6), (-6, -3.4), (28.4, 31.0), stone)
    for step in range(10):
        m.block(
            (-27 + step * 0.3, 27 - step * 0.3),
            (-17 + step * 1.05, -4),
            (step * 0.42, step * 0.42 + 0.42),
            stone,
        )
    for x, colour in ((-34, "#a8342d"), (34, "#a8342d"), (-52, "#2f4a78")):
        m.block((x - 1.7, x + 1.7), (3.6, 3.9), (6, 17), Look(Material.SIGN, colour, (1.6, 0, 0, 0)))
    for x in (-60, 60):
        m.drum((0, 0.9), 8, 8, stone, x=x, y=-9)
        m.drum((0.9, 1.0), 7.3, 7.3, Look(Material.PLAIN, "#5f8a92", (0.5, 0, 0, 0)), x=x, y=-9)


def moma(m: Mason) -> None:
    """Sheets of clear and dark glass on 53rd Street, white marble, the letters on the wall, a garden behind."""
    m.block((-34, -8), (-16, 18), (0, 28), Look(Material.CURTAIN, "#dfe3e0", (4.2, 2.4, 0.12, 0.42), seed=3))
    m.block((-8, 16), (-16, 18), (0, 36), Look(Material.PLAIN, "#e9e6df", (0.06, 0, 0, 0)))
    m.block(
        (-6, 14), (-16.4, -15.8), (5.5, 33), Look(Material.CURTAIN, "#8b99a0", (4.6, 2.5, 0.1, 0.5), seed=4)
    )
    m.block((16, 36), (-16, 20), (0, 60), Look(Material.CURTAIN, "#2f363b", (4.4, 3.0, 0.16, 0.5), seed=5))
    m.block((36, 52), (-12, 18), (0, 44), Look(Material.CURTAIN, "#4a555c", (4.0, 1.5, 0.2, 0.5), seed=6))
    m.block((-7.5, 15), (-19.5, -16), (4.6, 5.0), Look(Material.PLAIN, "#d9d8d3", (0.2, 0, 0, 0)))
    m.block((-9.2, -8.4), (-18.4, -16), (7, 26), Look(Material.SIGN, "#c9302a", (2.4, 0, 0, 0)))
    m.block((18, 33), (-16.3, -16), (2, 5), Look(Material.LAMP, "#f2f0ea", (0.4, 0.9, 0, 0)))
    m.block((-30, 14), (24, 46), (0, 0.3), Look(Material.PAVEMENT, "#b9b5ad", (1.2, 0, 0, 0)))
    m.block((-34, 20), (47, 48), (0, 5), Look(Material.PLAIN, "#8d8a85"))


def grand_central(m: Mason) -> None:
    """The south front with its three arched windows, columns in pairs, the clock under Mercury; a tower behind."""
    stone = Look(Material.STONE, "#d3c6ad", (1.0, 0, 0, 0))
    wall = Look(Material.MASONRY, "#cfc1a6", (6.5, 5.2, 0.4, 0.6), int(Flag.BANDS), 6)
    glass = Look(Material.CURTAIN, "#56646a", (3.4, 1.2, 0.0, 0.35))
    m.block((-45, 45), (2, 62), (0, 31), wall)
    m.block(
        (-46, 46),
        (-5, 63),
        (0, 6.5),
        Look(Material.MASONRY, "#c6b799", (6.0, 4.5, 0.55, 0.6), int(Flag.SHOP), 4),
    )
    eaves = [(x, y, 31) for x in (-40, 40) for y in (14, 54)]
    m.hull([*eaves, *((x, y, 38) for x in (-34, 34) for y in (30, 38))], Look(Material.PLAIN, "#7f9a86"))
    for middle in (-21.0, 0.0, 21.0):
        m.block((middle - 5.2, middle + 5.2), (0.5, 2.3), (6.5, 25.5), glass)
        m.arch(middle, 5.2, (-3, 2), 19.5, 27.5, stone)
    for middle in (-35.5, -10.5, 10.5, 35.5):
        half = 9.2 if abs(middle) > 30 else 5.3
        m.block((middle - half, middle + half), (-3, 2), (6.5, 27.5), stone)
        for x in (-1.9, 1.9):
            m.drum((7.5, 24.5), 1.0, 0.9, stone, x=middle + x, y=-4.0)
    m.block((-46, 46), (-5.2, 3), (27.5, 29.4), stone)
    m.block((-45.4, 45.4), (-4.4, 3), (29.4, 31.8), stone)
    m.block((-8, 8), (-4.2, 0), (31.8, 33.4), stone)
    m.frustum((0, -4.6, 35.4), (0, -4.0, 35.4), 2.1, 2.1, Look(Material.LAMP, "#efe2b4", (0.25, 1.2, 0, 0)))
    m.ring((0, -4.5, 35.4), 2.2, 0.35, stone, axis=(0, 1, 0))
    bronze = Look(Material.PLAIN, "#cbbd9f")
    m.rod((0, -2.6, 36.5), (0, -2.6, 40.5), 0.9, bronze)
    m.ball((0, -2.6, 42), (0.7, 0.7, 0.9), bronze)
    m.rod((0.6, -2.6, 40.2), (2.0, -3.0, 42.2), 0.35, bronze)
    for side in (-1, 1):
        m.rod((side * 5.6, -2.6, 34), (side * 2.6, -2.6, 36.5), 1.0, bronze)
        m.ball((side * 2.9, -2.8, 37.6), (0.6, 0.6, 0.7), bronze)
    # The slab of the former Pan Am building stands behind, eight-sided.
    rows = [(-48, 96), (-30, 86), (30, 86), (48, 96), (48, 104), (30, 114), (-30, 114), (-48, 104)]
    look = Look(Material.CURTAIN, "#b7b3a8", (3.8, 1.5, 0.42, 0.2), seed=12)
    m.hull([(x, y, z) for x, y in rows for z in (0, 236)], look)
    m.hull(
        [(x * 0.98, 100 + (y - 100) * 0.98, z) for x, y in rows for z in (236, 246)],
        Look(Material.PLAIN, "#8e8b84"),
    )


def washington_arch(m: Mason) -> None:
    """23.5 m of marble; on the north side stand Washington at war and Washington at peace."""
    marble = Look(Material.STONE, "#e6dfd0", (0.75, 0, 0, 0))
    trim = Look(Material.PLAIN, "#efe9db")
    for side in (-1, 1):
        low, high = sorted((side * 4.7, side * 9.4))
        m.block((low, high), (-3.1, 3.1), (0, 14.6), marble)
        m.block((low - 0.35, high + 0.35), (-3.5, 3.5), (0, 2.6), marble)
        m.block((low - 0.2, high + 0.2), (-3.4, 3.4), (9.6, 10.3), trim)
        m.rod((side * 7.05, -3.7, 3.2), (side * 7.05, -3.7, 6.6), 0.62, trim)
        m.ball((side * 7.05, -3.7, 7.6), (0.42, 0.42, 0.52), trim)
        m.block((side * 7.05 - 0.9, side * 7.05 + 0.9), (-4.4, -3.1), (1.6, 2.7), trim)
        if side == 1:
            m.rod((6.6, -4.0, 6.2), (6.4, -4.6, 4.4), 0.2, trim)
        else:
            m.rod((-7.6, -4.0, 6.0), (-8.1, -4.1, 3.2), 0.16, trim)
    m.arch(0, 4.7, (-3.1, 3.1), 9.9, 16.2, marble)
    for side in (-1, 1):
        low, high = sorted((side * 4.7, side * 9.4))
        m.block((low, high), (-3.1, 3.1), (14.6, 16.2), marble)
    m.hull([(-0.5, -3.5, 14.3), (0.5, -3.5, 14.3), (-0.9, -3.5, 16.6), (0.9, -3.5, 16.6),
            (-0.5, 3.4, 14.3), (0.5, 3.4, 14.3), (-0.9, 3.4, 16.6), (0.9, 3.4, 16.6)], trim)  # fmt: skip
    m.block((-9.8, 9.8), (-3.6, 3.6), (16.2, 17.2), trim)
    m.block((-9.4, 9.4), (-3.2, 3.2), (17.2, 21.6), marble)
    for x in range(-8, 9, 2):
        m.block((x - 0.5, x + 0.5), (-3.45, -3.2), (17.6, 19.0), trim)
    m.block((-10.2, 10.2), (-4.0, 4.0), (21.6, 22.4), trim)
    m.block((-9.6, 9.6), (-3.4, 3.4), (22.4, 23.5), trim)


def charging_bull(m: Mason) -> None:
    """Bronze, 4.9 m long: head lowered and turned to its right, haunches high, the tail like a whip."""
    bronze = Look(Material.METAL, "#5c4526", (0.10, 0, 0, 0))
    bright = Look(Material.METAL, "#b5863a", (0.20, 0, 0, 0))
    m.block((-2.4, 2.4), (-3.4, 3.4), (0, 0.18), Look(Material.PAVEMENT, "#8f877b", (0.25, 0, 0, 0)))
    m.rod((0, -0.7, 1.75), (0, 1.3, 1.95), 0.78, bronze)
    m.ball((0, 1.35, 1.95), (0.80, 0.85, 0.85), bronze)
    m.ball((0, -0.95, 1.95), (0.88, 0.85, 0.95), bronze)
    m.rod((0, -1.2, 1.9), (0.35, -2.1, 1.35), 0.52, bronze)
    m.rod((0.35, -2.1, 1.35), (0.62, -2.55, 0.95), 0.34, bronze)
    m.ball((0.66, -2.65, 0.85), (0.24, 0.20, 0.20), bright)
    for side in (-1, 1):
        root = (0.30 + 0.32 * side, -2.05, 1.68)
        tip = (0.34 + 0.78 * side, -2.3, 1.95)
        m.rod(root, tip, 0.10, bright)
        m.rod(tip, (0.38 + 0.80 * side, -2.45, 2.35), 0.07, bright)
        m.rod((0.28 + 0.4 * side, -1.95, 1.5), (0.26 + 0.68 * side, -1.9, 1.4), 0.09, bronze)
    legs = ((-0.45, -1.0, -1.9, 0.25), (0.45, -0.9, -0.8, 0.2), (-0.45, 1.4, 1.1, 0.2), (0.45, 1.5, 2.2, 0.2))
    for x, hip, hoof, foot in legs:
        m.rod((x, hip, 1.5), (x, (hip + hoof) / 2 + 0.12, 0.85), 0.27, bronze)
        m.rod((x, (hip + hoof) / 2 + 0.12, 0.85), (x, hoof, foot), 0.17, bronze)
    m.rod((0, 2.05, 2.3), (-0.2, 2.5, 2.8), 0.09, bronze)
    m.rod((-0.2, 2.5, 2.8), (-0.6, 2.3, 3.25), 0.07, bronze)
    m.rod((-0.6, 2.3, 3.25), (-0.9, 1.9, 3.1), 0.10, bronze)
