"""The Statue of Liberty: fort, pedestal, robe, the tablet in her left arm, the torch in her raised right."""

import numpy as np

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.solids import Look
from engine.world.scene.mason import Mason

_COPPER = Look(Material.METAL, "#7fae98", (0.03, 0, 0, 0))
_FOLD = Look(Material.METAL, "#6f9f8b", (0.03, 0, 0, 0))
_STONE = Look(Material.STONE, "#cdbfa6", (1.0, 0, 0, 0))


def statue_of_liberty(m: Mason) -> None:
    """93 m from the ground to the flame; her front looks to the mason's front."""
    for turn in range(0, 360, 60):
        wing = m.at(0, 0, 0, turn)
        plan = ((-14, -20), (14, -20), (0, -42), (0, 10))
        wing.hull(
            [(x, y, z) for x, y in plan for z in (0, 9)], Look(Material.STONE, "#b9aa92", (1.2, 0, 0, 0))
        )
    m.taper((9, 15), (20, 20), (17, 17), _STONE)
    m.taper((15, 20), (13.5, 13.5), (12, 12), _STONE)
    m.taper((20, 42), (10.5, 10.5), (8.8, 8.8), _STONE)
    for side in range(4):
        face = m.at(0, 0, 0, 90 * side)
        for x in (-4.5, -1.5, 1.5, 4.5):
            face.block((x - 0.55, x + 0.55), (-10.4, -8.6), (29, 39), _STONE)
        face.block((-5.5, 5.5), (-9.0, -8.4), (29, 39), Look(Material.PLAIN, "#4b463e"))
    m.block((-10, 10), (-10, 10), (39.5, 41), _STONE)
    m.block((-9.2, 9.2), (-9.2, 9.2), (41, 47), Look(Material.ARCADE, "#cdbfa6", (6.0, 2.6, 0.5, 0.6)))
    _figure(m.at(0, 0, 47))


def _figure(m: Mason) -> None:
    """46 m of copper."""
    m.frustum((0, 0, 0), (0, 0.3, 17), 5.2, 4.1, _COPPER)
    m.frustum((0, 0.3, 17), (0, 0.2, 27), 4.2, 3.4, _COPPER)
    for number, angle in enumerate(np.radians(np.arange(0, 360, 24))):
        foot = (5.0 * np.sin(angle), -5.0 * np.cos(angle), 0.5)
        top = (3.9 * np.sin(angle + 0.25), -3.9 * np.cos(angle + 0.25), 19)
        m.rod(foot, top, 0.62 if number % 2 else 0.8, _FOLD)
    # The right leg steps back, so the robe falls aslant from the left shoulder to the right knee.
    m.rod((-2.6, 3.0, 1.0), (-1.6, 2.4, 10.0), 2.0, _COPPER)
    m.rod((1.9, -2.6, 9.0), (1.4, -1.9, 17.0), 2.0, _COPPER)
    for shift in (0.0, 1.6, 3.2):
        m.rod((3.4 - shift * 0.3, -2.6, 25.5 - shift), (-3.6, -3.2, 14.5 - shift), 0.55, _FOLD)
    m.ball((0, 0.2, 26.5), (4.4, 3.2, 3.6), _COPPER)
    m.ball((0, -0.9, 25.0), (3.6, 2.7, 3.4), _COPPER)
    m.frustum((0, 0, 28.5), (0, -0.2, 31.5), 1.5, 1.25, _COPPER)
    m.ball((0, -0.4, 33.2), (1.75, 2.0, 2.5), _COPPER)
    m.ball((0, 0.6, 33.6), (1.95, 1.8, 2.2), _FOLD)
    m.rod((0, -2.35, 33.3), (0, -2.2, 32.7), 0.3, _COPPER)
    m.frustum((0, -0.2, 34.6), (0, -0.2, 35.7), 2.15, 2.35, _FOLD)
    for angle in np.radians(np.linspace(-78, 78, 7)):
        base = (2.0 * np.sin(angle), -0.4 - 0.5 * np.cos(angle), 34.9 + 1.7 * np.cos(angle))
        tip = (5.0 * np.sin(angle), -0.9 - 1.1 * np.cos(angle), 35.2 + 4.4 * np.cos(angle))
        m.quarry.frustum(m.world(base), m.world(tip), 0.36, 0.05, _COPPER)
    # Her right is to the left of who looks at her.
    m.rod((-3.3, 0.0, 27.6), (-4.5, -0.6, 34.0), 1.25, _COPPER)
    m.rod((-4.5, -0.6, 34.0), (-4.9, -0.9, 39.4), 0.95, _COPPER)
    m.ball((-3.7, 0.0, 28.3), (1.7, 1.6, 2.2), _FOLD)
    m.ball((-4.9, -0.9, 40.0), (0.8, 0.8, 0.8), _COPPER)
    m.frustum((-4.9, -0.9, 38.6), (-4.9, -0.9, 42.2), 0.35, 0.75, _COPPER)
    m.frustum((-4.9, -0.9, 42.2), (-4.9, -0.9, 43.0), 1.35, 1.45, _FOLD)
    m.ring((-4.9, -0.9, 43.4), 1.4, 0.14, _COPPER)
    gold = Look(Material.LAMP, "#e8b13c", (0.25, 1.8, 0, 0))
    m.ball((-4.9, -0.9, 44.6), (0.85, 0.85, 1.5), gold)
    m.frustum((-4.9, -0.9, 44.8), (-4.7, -0.9, 46.6), 0.6, 0.02, gold)
    # The left arm holds the tablet against her side.
    m.rod((3.5, 0.0, 27.4), (4.5, -0.8, 22.6), 1.15, _COPPER)
    m.rod((4.5, -0.8, 22.6), (3.6, -3.4, 21.8), 0.85, _COPPER)
    tablet = m.at(3.8, -3.1, 0, -28)
    tablet.hull(
        [
            (x, y, z)
            for x, lean in ((-1.5, 0.0), (1.5, 0.0))
            for y in (-0.35 + lean, 0.35 + lean)
            for z in (20.6, 26.4)
        ],
        _FOLD,
    )
    m.rod((4.2, -0.5, 25.0), (4.8, 0.9, 12.0), 1.1, _FOLD)
