"""The surface of a field: marching cubes, without hollows and crumbs, simplified, closed and facing outwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadRequest, EmptyField
from engine.landmark.mesh.density import DensityGrid
from engine.landmark.mesh.pinches import without_pinches

LEAST_FACES = 100
_STEEPEST = 8.0
"""Logarithm of density over threshold beyond which marching cubes sees no difference."""
_CORNER = 1e-3
"""Marching cubes makes faces of no area where a value is nearer to 0 than this."""

Vertices = NDArray[np.float64]
Faces = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Surface:
    """A closed surface of triangles in the cube's coordinates; every edge has two faces."""

    vertices: Vertices
    """(V, 3) east, north, up."""
    faces: Faces
    """(F, 3) anticlockwise, seen from outside."""
    normals: Vertices
    """(V, 3) unit vectors, outward: the mean of a vertex's faces, by their angles there."""
    threshold: float
    """Density of the field on it."""


def extract_surface(
    grid: DensityGrid, threshold: float, *, num_faces: int = 12_000, least_component: float = 0.02
) -> Surface:
    """The surface on which the density is `threshold`.

    What no air of two cells' width leads to counts as solid, since nobody sees it: a field learns nothing of a
    landmark's inside. Of several connected components those are kept that have at least the share `least_component` of
    the largest one's volume (1: the largest alone); they are simplified to about `num_faces` triangles together. The
    crop box's faces close what they cut.

    Raises EmptyField where nothing is as dense as the threshold, BadRequest for a threshold that is not above 0, a
    share that is not in [0, 1] and fewer than 100 faces.
    """
    if num_faces < LEAST_FACES:
        raise BadRequest(f"a mesh of {num_faces} faces is too coarse; give {LEAST_FACES} or more")
    if not 0 <= least_component <= 1:
        raise BadRequest(
            f"the smallest component has {least_component:g} of the largest one; give a share from 0 to 1"
        )
    if not 0 < threshold < np.inf:
        raise BadRequest(f"the threshold is {threshold:g}; give a density above 0")
    if (densest := float(grid.values.max())) < threshold:
        raise EmptyField(
            f"nothing in the field is as dense as the threshold {threshold:g}; give one below {densest:.3g}"
        )
    vertices, faces = _level_set(grid, threshold)
    vertices, faces = _components(vertices * grid.cell + grid.origin, faces, least_component)
    vertices, faces = _simplified(vertices, faces, num_faces)
    vertices, faces = _components(vertices, faces, least_component)  # without what simplification has cut off
    return Surface(vertices, faces, _normals(vertices, faces), threshold)


def _level_set(grid: DensityGrid, threshold: float) -> tuple[Vertices, Faces]:
    """Vertices in cells of the grid, and faces.

    It is sought in the logarithm: densities grow by exponentials, and beside a hard wall the middle between two
    corners is a better guess than the one next to the air, which a linear density of 1e5 would give.
    """
    from skimage.measure import marching_cubes

    with np.errstate(divide="ignore"):
        steep = np.log(grid.values / threshold).clip(-_STEEPEST, _STEEPEST)
    steep[_hidden(steep >= 0)] = _STEEPEST
    steep = np.where(np.abs(steep) < _CORNER, np.where(steep < 0, -_CORNER, _CORNER), steep)
    vertices, faces, _, _ = marching_cubes(steep, 0.0, gradient_direction="ascent")
    return vertices.astype(np.float64), faces.astype(np.int64)


def _hidden(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The air to which no way leads from outside that is more than two cells wide."""
    from scipy.ndimage import binary_dilation, label

    padded = np.pad(solid, 2)  # the crop box's faces have air before them too
    air = ~np.asarray(binary_dilation(padded), bool)
    open_air = np.empty(air.shape, np.int32)
    label(air, output=open_air)
    outside = open_air == open_air[0, 0, 0]
    seen = np.asarray(binary_dilation(outside, np.ones((3, 3, 3))), bool)
    return ~(padded | seen)[2:-2, 2:-2, 2:-2]


def _components(vertices: Vertices, faces: Faces, least_component: float) -> tuple[Vertices, Faces]:
    """What is left of a closed surface without its small components and its hollows, whose volume is negative."""
    import trimesh

    mesh = trimesh.Trimesh(vertices, faces, process=False)
    component = trimesh.graph.connected_component_labels(mesh.face_adjacency, node_count=len(faces))
    volumes = np.bincount(component, weights=np.linalg.det(vertices[faces]) / 6)
    kept = volumes >= max(least_component, 1e-9) * volumes.max()
    mesh.update_faces(kept[component])
    mesh.remove_unreferenced_vertices()
    return np.asarray(mesh.vertices), np.asarray(mesh.faces)


def _simplified(vertices: Vertices, faces: Faces, num_faces: int) -> tuple[Vertices, Faces]:
    import fast_simplification

    if len(faces) > num_faces:
        vertices, faces, *_ = fast_simplification.simplify(
            vertices, faces.astype(np.int32), target_count=num_faces
        )
    return without_pinches(vertices, faces.astype(np.int64))


def _normals(vertices: Vertices, faces: Faces) -> Vertices:
    """Those of vertices whose faces cancel each other point up."""
    import trimesh

    normals = np.asarray(trimesh.Trimesh(vertices, faces, process=False).vertex_normals)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(lengths > 1e-9, normals / np.maximum(lengths, 1e-9), [0.0, 0.0, 1.0])
