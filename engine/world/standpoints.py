"""Standpoints: where a person can stand in Manhattan: pavements, parks, piers and boats, never inside a house."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from engine.geo.place import Place
from engine.world.plan.city import manhattan
from engine.world.plan.elements import Plan
from engine.world.plan.grid import trace

Floats = NDArray[np.float64]

_BOATS = {
    "Upper Bay": "40.6990,-74.0150 40.6955,-74.0290 40.6910,-74.0410",
    "Hudson River": "40.7000,-74.0195 40.7200,-74.0210 40.7450,-74.0165 40.7620,-74.0085",
    "East River": """40.7025,-74.0045 40.7050,-73.9990 40.7072,-73.9900 40.7075,-73.9780 40.7200,-73.9695 38/e1330
        42/e1400 48/e1430 55/e1500""",
}
_STEP_M = 16.0  # between points along a street
_GRID_M = 18.0  # and in the open
_SAIL_M = 60.0
_FRONT_M = 1.8  # between a person on the pavement and the house fronts
_EDGE_M = 5.0  # from the edge of parks, plazas and piers, and from water
_STRAY_M = 2.5


@dataclass(frozen=True)
class Stand:
    """Where one person stands, in metres of the plan's frame."""

    number: int
    """Of the standpoint."""
    east: float
    north: float
    name: str
    """Of the street, the park or the water."""
    neighbourhood: str
    """"" outside all of them."""
    along_deg: float
    """Bearing of the street; NaN in the open."""
    lateral_m: float
    """To the right of the street's centre line, looking along it."""
    half_width_m: float
    """From the centre line to the house fronts; 0 in the open."""
    afloat: bool


@dataclass(frozen=True)
class Standpoints:
    """All standpoints as columns: middles of short stretches of street, points in the open, points of boat trips."""

    east: Floats
    north: Floats
    along_deg: Floats
    half_width_m: Floats
    stray_m: Floats
    """How far from the point one may stand: along the street, or east and north in the open."""
    afloat: NDArray[np.bool_]
    names: tuple[str, ...]
    neighbourhoods: tuple[str, ...]

    def at(self, number: int, rng: np.random.Generator, look_deg: float | None = None) -> Stand:
        """A person near point `number`: on a pavement or the crossing, or anywhere around it in the open.

        Who wants to look in the direction `look_deg` stands on the pavement from which no near house is in the way.
        """
        along, half = float(self.along_deg[number]), float(self.half_width_m[number])
        forward, right = rng.uniform(-1, 1, 2) * self.stray_m[number]
        if half:
            side = float(rng.choice([-1.0, 0.0, 1.0], p=[0.42, 0.16, 0.42]))
            if look_deg is not None:
                side = -abs(side) * float(np.sign(np.sin(np.radians(look_deg - along))))
            right = side * (half - _FRONT_M) + rng.uniform(-0.4, 0.4)
        turn = np.radians(along) if half else 0.0
        return Stand(
            number=number,
            east=float(self.east[number] + forward * np.sin(turn) + right * np.cos(turn)),
            north=float(self.north[number] + forward * np.cos(turn) - right * np.sin(turn)),
            name=self.names[number],
            neighbourhood=self.neighbourhoods[number],
            along_deg=along,
            lateral_m=float(right),
            half_width_m=half,
            afloat=bool(self.afloat[number]),
        )


@lru_cache(maxsize=1)
def standpoints() -> Standpoints:
    """Every standpoint of Manhattan and its waters; the same value at every call."""
    plan = manhattan()
    groups = [*_streets(plan), *_open_ground(plan), *_boats(plan)]
    points = np.concatenate([group.points for group in groups])
    counts = [len(group.points) for group in groups]
    wet = np.repeat([group.afloat for group in groups], counts)
    names = np.repeat([group.name for group in groups], counts)
    sights = [
        shapely.Point(*metres(plan, [mark.place])).buffer(mark.grounds_m + 2) for mark in plan.landmarks
    ]
    free = shapely.difference(shapely.buffer(_ground(), -_EDGE_M), shapely.union_all(sights))
    shapely.prepare(free)
    keep = wet | shapely.contains_xy(free, points[:, 0], points[:, 1])
    where = _neighbourhoods(plan, points)
    return Standpoints(
        east=points[keep, 0],
        north=points[keep, 1],
        along_deg=np.concatenate([group.along_deg for group in groups])[keep],
        half_width_m=np.repeat([group.half_width_m for group in groups], counts)[keep],
        stray_m=np.repeat([group.stray_m for group in groups], counts)[keep],
        afloat=wet[keep],
        names=tuple(names[keep].tolist()),
        neighbourhoods=tuple(where[keep].tolist()),
    )


def is_dry(east_m: float, north_m: float) -> bool:
    """Whether a point in the plan's frame is on land or a pier."""
    return bool(shapely.contains_xy(_ground(), east_m, north_m))


def metres(plan: Plan, places: Iterable[Place]) -> Floats:
    """(N, 2) east and north of places in the plan's frame."""
    latitude, longitude = np.array([(place.latitude, place.longitude) for place in places]).T
    return np.column_stack(plan.frame.to_metres(latitude, longitude))


@dataclass(frozen=True)
class _Group:
    name: str
    points: Floats
    along_deg: Floats
    half_width_m: float
    stray_m: float
    afloat: bool = False


def _streets(plan: Plan) -> list[_Group]:
    """Points along every street that has pavements."""
    found = []
    for street in plan.streets:
        if street.kind in ("highway", "path"):
            continue
        points, bearings = _along(metres(plan, street.path.places), _STEP_M)
        found.append(_Group(street.name, points, bearings, street.width_m / 2, _STEP_M / 2 - 1))
    return found


def _open_ground(plan: Plan) -> list[_Group]:
    """A lattice of points over parks, plazas and piers, away from their edges, from water and from highways."""
    water = [_shape(plan, area.polygon.exterior) for area in plan.areas if area.kind == "lake"]
    roads = [
        shapely.LineString(metres(plan, street.path.places)).buffer(street.width_m / 2)
        for street in plan.streets
        if street.kind == "highway"
    ]
    barred = shapely.union_all([*water, *roads]).buffer(4)
    found = []
    for area in plan.areas:
        if area.kind == "lake":
            continue
        ground = _shape(plan, area.polygon.exterior).buffer(-_EDGE_M)
        if ground.is_empty:
            continue
        west, south, east, north = ground.bounds
        step_m = min(_GRID_M, ground.area**0.5 / 8)
        columns, rows = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
        lattice = np.column_stack([columns.ravel(), rows.ravel()])
        free = ground.difference(barred)
        inside = lattice[shapely.contains_xy(free, lattice[:, 0], lattice[:, 1])]
        found.append(_Group(area.name, inside, np.full(len(inside), np.nan), 0.0, _STRAY_M))
    return found


def _boats(plan: Plan) -> list[_Group]:
    return [
        _Group(name, points, np.full(len(points), np.nan), 0.0, 25.0, afloat=True)
        for name, trip in _BOATS.items()
        for points in [_along(metres(plan, trace(trip)), _SAIL_M)[0]]
    ]


def _along(line: Floats, step_m: float) -> tuple[Floats, Floats]:
    """Middles of equal stretches of about `step_m` on each leg of a line, and the bearing of each."""
    points, bearings = [], []
    for start, end in pairwise(line):
        east, north = end - start
        count = max(1, int(np.hypot(east, north) / step_m))
        points.append(start + np.outer((np.arange(count) + 0.5) / count, end - start))
        bearings.append(np.full(count, np.degrees(np.arctan2(east, north)) % 360))
    return np.concatenate(points), np.concatenate(bearings)


@lru_cache(maxsize=1)
def _ground() -> shapely.Geometry:
    """Land and piers without lakes."""
    plan = manhattan()
    lakes = [_shape(plan, area.polygon.exterior) for area in plan.areas if area.kind == "lake"]
    solid = [
        _shape(plan, area.polygon.exterior)
        for area in (*plan.land, *plan.areas)
        if area.kind in ("land", "pier")
    ]
    ground = shapely.union_all(solid).difference(shapely.union_all(lakes))
    shapely.prepare(ground)
    return ground


def _neighbourhoods(plan: Plan, points: Floats) -> NDArray[np.str_]:
    """Name of the neighbourhood of each point."""
    names = np.full(len(points), "", dtype="<U32")
    for part in plan.neighbourhoods:
        shape = _shape(plan, part.polygon.exterior)
        shapely.prepare(shape)
        names[shapely.contains_xy(shape, points[:, 0], points[:, 1])] = part.name
    return names


def _shape(plan: Plan, ring: Iterable[Place]) -> shapely.Polygon:
    return shapely.Polygon(metres(plan, ring))
