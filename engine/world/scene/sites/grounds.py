"""Grounds of a site: lawns, paths, plazas, water and trees around the landmark; x is east, y is north."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from engine.world.raycast.solids import Quarry
from engine.world.scene.trees import plant


@dataclass(frozen=True, eq=False)
class Grounds:
    """What covers the ground, and where trees stand."""

    covers: Mapping[str, BaseGeometry]
    groves: tuple[tuple[BaseGeometry, int, tuple[float, float]], ...] = ()
    """Area, number of trees, their least and greatest height."""

    def plant(self, quarry: Quarry, rng: np.random.Generator) -> None:
        """Adds the trees."""
        for area, count, heights in self.groves:
            west, south, east, north = area.bounds
            tries = rng.uniform((west, south), (east, north), (count * 8, 2))
            spots = tries[shapely.contains_xy(area, tries[:, 0], tries[:, 1])][:count]
            plant(spots, rng.uniform(*heights, len(spots)), quarry, int(rng.integers(1 << 30)))


def _ring(inner_m: float, outer_m: float) -> BaseGeometry:
    middle = shapely.Point(0, 0)
    return middle.buffer(outer_m).difference(middle.buffer(inner_m))


_ALL = shapely.box(-1000, -1000, 1000, 1000)


def pisa_grounds() -> Grounds:
    """The Field of Miracles: lawn with paths of stone, the town's trees beyond the walls to the south and east."""
    paths = shapely.union_all(
        [
            _ring(13, 19),
            shapely.box(-260, 18, 40, 25),
            shapely.box(-14, -160, -8, 20),
            shapely.box(10, -4, 150, 3),
        ]
    )
    town = shapely.box(60, -220, 260, 160).union(shapely.box(-260, -240, 260, -120))
    return Grounds({"park": _ALL.difference(paths), "plaza": paths}, ((town, 90, (7, 13)),))


def mall_grounds() -> Grounds:
    """The Mall: lawns, the paved ring of flags, the long pool to the west, groves on both sides."""
    ring = _ring(9, 38)
    paths = shapely.union_all([ring, shapely.box(-420, -6, -30, 6), shapely.box(30, -60, 60, 60)])
    pool = shapely.box(-880, -25, -330, 25)
    groves = (
        shapely.box(-330, 90, -90, 330)
        .union(shapely.box(110, -330, 420, -110))
        .union(shapely.box(-500, -300, -200, -110))
    )
    far = shapely.box(140, 130, 800, 330)
    return Grounds(
        {"park": _ALL.difference(paths), "plaza": paths, "lake": pool},
        ((groves, 170, (9, 15)), (far, 120, (9, 15))),
    )


def plain_grounds() -> Grounds:
    """Open grassland with a path around, and a few trees far in the west."""
    path = _ring(36, 40).union(shapely.box(-320, -48, -30, -42))
    copse = shapely.Point(-420, 240).buffer(90).union(shapely.Point(300, -480).buffer(110))
    return Grounds({"park": _ALL.difference(path), "plaza": path}, ((copse, 80, (8, 14)),))


def star_grounds() -> Grounds:
    """The round place, with trees in a ring before the houses."""
    place = shapely.Point(0, 0).buffer(48)
    return Grounds({"plaza": place}, ((_ring(128, 146), 110, (8, 11)),))


def centre_grounds() -> Grounds:
    """Seattle Center: paved, with lawns and groves in the north and the west."""
    lawn = (
        shapely.box(-300, 60, -40, 330)
        .union(shapely.box(60, 80, 260, 240))
        .union(shapely.box(-260, -190, -70, -40))
    )
    return Grounds({"plaza": _ALL.difference(lawn), "park": lawn}, ((lawn.buffer(-5), 140, (8, 14)),))


def island() -> Grounds:
    """Liberty Island: a long ellipse in the harbour, trees to the north-west, the mall behind the statue."""
    shore = affinity.rotate(affinity.scale(shapely.Point(0, 0).buffer(1), 118, 190), 42)
    shore = affinity.translate(shore, -55, 62)
    walk = _ring(44, 58).union(affinity.rotate(shapely.box(-9, 40, 9, 190), 42, origin=(0, 0)))
    grove = shore.buffer(-12).difference(walk.buffer(6)).difference(shapely.Point(0, 0).buffer(66))
    lawn = shore.buffer(-6).difference(walk)
    return Grounds({"land": shore, "park": lawn, "plaza": shore.difference(lawn)}, ((grove, 70, (5, 9)),))
