"""The plan's outlines in metres, as shapely shapes and as rows of points."""

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry

from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Polygon
from engine.world.plan.elements import Plan


def above(height_m: float | np.ndarray) -> Float[np.ndarray, "3"]:
    """The vector that leads so far upwards."""
    return np.array([0.0, 0.0, float(height_m)])


def points_m(frame: Frame, places: tuple[Place, ...]) -> Float[np.ndarray, "N 2"]:
    """East and north of each place."""
    east, north = frame.to_metres([p.latitude for p in places], [p.longitude for p in places])
    return np.column_stack([east, north])


def outline_m(frame: Frame, polygon: Polygon) -> shapely.Polygon:
    """The polygon in metres, holes included."""
    return shapely.Polygon(
        points_m(frame, polygon.exterior), [points_m(frame, hole) for hole in polygon.holes]
    )


def covered(plan: Plan, *kinds: str) -> BaseGeometry:
    """Union of the plan's areas of these kinds; `land` is every shore."""
    areas = plan.land if "land" in kinds else plan.areas
    return shapely.union_all([outline_m(plan.frame, area.polygon) for area in areas if area.kind in kinds])


def polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons that a shape consists of; points and lines are dropped."""
    return [
        part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and not part.is_empty
    ]


def convex_pieces(polygon: BaseGeometry) -> list[shapely.Polygon]:
    """Convex polygons of at most 8 corners that cover the polygon: itself, or triangles."""
    hull = polygon.convex_hull
    if (
        isinstance(hull, shapely.Polygon)
        and hull.area < polygon.area * 1.02
        and len(hull.exterior.coords) <= 9
    ):
        return [hull]
    return polygons(shapely.constrained_delaunay_triangles(polygon))


def prism_planes(corners: Float[np.ndarray, "N 2"], low_m: float, high_m: float) -> Float[np.ndarray, "P 4"]:
    """Planes `(normal, offset)` of an upright prism over a convex outline of at most 8 corners."""
    corners = np.asarray(corners, dtype=float)
    following = np.roll(corners, -1, axis=0)
    if (corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]).sum() < 0:
        corners, following = corners[::-1], np.roll(corners[::-1], -1, axis=0)
    along = following - corners
    keep = np.linalg.norm(along, axis=1) > 1e-6
    along, corners = along[keep], corners[keep]
    normals = np.column_stack([along[:, 1], -along[:, 0]]) / np.linalg.norm(along, axis=1, keepdims=True)
    sides = np.column_stack([normals, np.zeros(len(normals)), (normals * corners).sum(1)])
    return np.concatenate([sides, [[0, 0, 1, high_m], [0, 0, -1, -low_m]]])
