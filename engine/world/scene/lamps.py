"""Lamps along streets and in parks, with the banners of their neighbourhood, and lanterns hung across streets."""

from collections.abc import Iterator

import numpy as np
import shapely

from engine.world.plan.elements import Plan
from engine.world.raycast.materials.finish import Material
from engine.world.raycast.palette import linear
from engine.world.raycast.solids import NEAR, Look, Quarry
from engine.world.scene.liveries import Livery, livery_of
from engine.world.scene.shapes import above, covered, outline_m
from engine.world.scene.streets import Stretch, kerb_points

_SPACING_M = 27.0
_PARK_STEP_M = 18.0
_LANTERN_STEP_M = 17.0
_MAST = Look(Material.PLAIN, "#4a4f4c")
_IRON = Look(Material.PLAIN, "#20242a")
_GLOW = Look(Material.LAMP, "#ffd79a", (0, 3.2, 0, 0))
_GLOBE = Look(Material.LAMP, "#fff0cf", (0.18, 2.2, 0, 0))
_WIRE = Look(Material.PLAIN, "#2a2a2a")


def light_streets(pieces: list[Stretch], quarry: Quarry, rng: np.random.Generator) -> None:
    """A lamp every 27 m behind the kerbs, in the neighbourhood's shape, with its banner."""
    spots, owners, angles = kerb_points(pieces, np.full(len(pieces), _SPACING_M), 0.7, rng)
    names = np.array([pieces[owner].neighbourhood for owner in owners])
    highway = np.array([pieces[owner].street.kind == "highway" for owner in owners])
    for name in np.unique(names):
        mine, livery = names == name, livery_of(name)
        _lamps(spots[mine], angles[mine], livery, quarry)
        if livery.banner:
            banners = mine & ~highway
            _banners(spots[banners], angles[banners], livery.banner, quarry)


def light_parks(plan: Plan, quarry: Quarry, rng: np.random.Generator) -> None:
    """Lamps over parks and squares; within a neighbourhood that has a banner they carry it."""
    free = covered(plan, "park", "plaza").difference(covered(plan, "lake").buffer(4)).buffer(-3)
    west, south, east, north = free.bounds
    x, y = np.meshgrid(np.arange(west, east, _PARK_STEP_M), np.arange(south, north, _PARK_STEP_M))
    spots = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(-5, 5, (x.size, 2))
    spots = spots[shapely.contains_xy(free, spots[:, 0], spots[:, 1])]
    angles = rng.uniform(0, 360, len(spots))
    for part in plan.neighbourhoods:
        shape, livery = outline_m(plan.frame, part.polygon), livery_of(part.name)
        mine = shapely.contains_xy(shape, spots[:, 0], spots[:, 1])
        _globes(spots[mine], 3.9, quarry)
        if livery.banner:
            _banners(spots[mine], angles[mine], livery.banner, quarry, low_m=1.9)


def hang_lanterns(pieces: list[Stretch], names: set[str], quarry: Quarry) -> None:
    """Strings of lanterns in the two colours of the banner, across the narrow streets of these neighbourhoods."""
    for name in sorted(names):
        rows = [
            row
            for piece in pieces
            if piece.neighbourhood == name and piece.street.width_m < 26 and piece.length_m > 20
            for row in _string(piece)
        ]
        banner = livery_of(name).banner
        if not rows or not banner:
            continue
        starts, ends, balls = (np.concatenate(column) for column in zip(*rows, strict=True))
        quarry.capsule(starts, ends, 0.03, _WIRE, level=NEAR)
        for number, colour in enumerate(banner):
            look = Look(Material.LAMP, colour, (0.28, 1.9, 0, 0))
            quarry.ellipsoid(balls[number::2], [0.34, 0.34, 0.42], look, level=NEAR)


def _string(piece: Stretch) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Wires (from, to) and lanterns of one stretch."""
    turn = np.radians(piece.turn_deg)
    forward, left = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    half = piece.street.width_m / 2
    count = max(1, int(piece.length_m / _LANTERN_STEP_M))
    for along in (np.arange(count) + 0.5) / count - 0.5:
        middle = np.array([piece.east, piece.north]) + forward * along * piece.length_m
        share = np.linspace(-1, 1, max(5, int(half * 2 / 1.7)))
        line = np.column_stack([middle + np.outer(share * half, left), 6.3 + 0.9 * share**2])
        yield line[:-1], line[1:], line[1:-1] - [0, 0, 0.45]


def _lamps(spots: np.ndarray, angles: np.ndarray, livery: Livery, quarry: Quarry) -> None:
    """A mast with an arm over the roadway, a globe, or a lantern on a fluted post."""
    if not len(spots):
        return
    foot = np.column_stack([spots, np.zeros(len(spots))])
    if livery.lamp == "globe":
        _globes(spots, 4.6, quarry)
        return
    if livery.lamp == "lantern":
        quarry.frustum(foot, foot + above(4.4), 0.12, 0.07, _IRON, level=NEAR)
        quarry.frustum(foot + above(4.4), foot + above(5.1), 0.14, 0.30, _GLOBE, level=NEAR)
        quarry.frustum(foot + above(5.1), foot + above(5.5), 0.36, 0.04, _IRON, level=NEAR)
        return
    turn = np.radians(angles)
    arm = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(len(turn))])
    quarry.frustum(foot, foot + above(7.2), 0.11, 0.07, _MAST, level=NEAR)
    quarry.capsule(foot + above(7.1), foot + above(7.6) + arm * 1.9, 0.06, _MAST, level=NEAR)
    quarry.ellipsoid(foot + above(7.5) + arm * 2.0, [0.34, 0.34, 0.14], _GLOW, level=NEAR)


def _globes(spots: np.ndarray, up_m: float, quarry: Quarry) -> None:
    if len(spots):
        foot = np.column_stack([spots, np.zeros(len(spots))])
        quarry.frustum(foot, foot + above(up_m), 0.11, 0.06, _IRON, level=NEAR)
        quarry.ellipsoid(foot + above(up_m + 0.3), [0.30, 0.30, 0.34], _GLOBE, level=NEAR)


def _banners(
    spots: np.ndarray, angles: np.ndarray, colours: tuple[str, str], quarry: Quarry, low_m: float = 3.0
) -> None:
    """Cloth across the pavement's line of sight: a field with a bar of the second colour at its foot."""
    if not len(spots):
        return
    turn = np.radians(angles)
    side = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(len(turn))])
    middle = np.column_stack([spots, np.zeros(len(spots))]) - side * 0.55
    for colour, low, high in ((colours[1], 0.0, 0.5), (colours[0], 0.5, 2.2)):
        look = Look(Material.STRIPES, numbers=(0, 0.30, 0, 0))
        half = [0.46, 0.03, (high - low) / 2]
        quarry.box(
            middle + above(low_m + (low + high) / 2),
            half,
            look,
            angles,
            level=NEAR,
            colour=np.tile(linear(colour), (len(spots), 1)),
        )
