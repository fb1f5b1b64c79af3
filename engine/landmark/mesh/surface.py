"""The surface of a field: marching cubes, without hollows and crumbs, simplified, closed and facing outwards."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import BadRequest, EmptyField
from engine.landmark.fields.field import Field
from engine.landmark.mesh.crop import Cropped
from engine.landmark.mesh.density import DensityGrid, choose_threshold, density_at
from engine.landmark.mesh.pinches import without_pinches

LEAST_FACES = 100
_STEEPEST = 3.0
"""Logarithm of density over threshold beyond which marching cubes sees no difference."""
_HALVINGS = 6
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
    cell: float
    """Edge of the cells that it was found in: how fine it can be."""


def extract_surface(
    field: Field,
    grid: DensityGrid,
    threshold: float | None = None,
    *,
    num_faces: int = 12_000,
    least_piece: float = 0.02,
    device: torch.device | str = "cpu",
) -> Surface:
    """The surface on which the field's density is `threshold` (none: what `choose_threshold` says).

    `grid` is of that field. What no air of two cells' width leads to counts as solid, since nobody sees it: a field
    learns nothing of a landmark's inside. Of several pieces those are kept that have at least the share `least_piece`
    of the largest one's volume (1: the largest alone); they are simplified to about `num_faces` triangles together. The
    crop box's faces close what they cut.

    Raises EmptyField where nothing is as dense as the threshold, BadRequest for a threshold that is not above 0, a
    share that is not in [0, 1] and fewer than 100 faces.
    """
    if num_faces < LEAST_FACES:
        raise BadRequest(f"a mesh of {num_faces} faces is too coarse; give {LEAST_FACES} or more")
    if not 0 <= least_piece <= 1:
        raise BadRequest(
            f"the smallest piece has {least_piece:g} of the largest one; give a share from 0 to 1"
        )
    if threshold is None:
        threshold = choose_threshold(grid)
    if not 0 < threshold < np.inf:
        raise BadRequest(f"the threshold is {threshold:g}; give a density above 0")
    if (densest := float(grid.values.max())) < threshold:
        raise EmptyField(
            f"nothing in the field is as dense as the threshold {threshold:g}; give one below {densest:.3g}"
        )
    vertices, faces = _level_set(grid, threshold)
    vertices = _settled(Cropped(field, grid.crop), grid, vertices, threshold, device)
    vertices, faces = _pieces(vertices * grid.cell + grid.origin, faces, least_piece)
    vertices, faces = _simplified(vertices, faces, num_faces)
    vertices, faces = _pieces(vertices, faces, least_piece)  # without what simplification has cut off
    return Surface(vertices, faces, _normals(vertices, faces), threshold, grid.cell)


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

    open_air, _ = label(~binary_dilation(solid))
    outside = open_air == open_air[0, 0, 0]
    return ~solid & ~binary_dilation(outside, np.ones((3, 3, 3)))


def _settled(
    field: Field, grid: DensityGrid, vertices: Vertices, threshold: float, device: torch.device | str
) -> Vertices:
    """The vertices, each moved along its grid edge to where the field itself passes the threshold."""
    ends = np.stack([np.floor(vertices), np.ceil(vertices)])  # (2, V, 3)
    solid = grid.values[tuple(ends.astype(int).transpose(2, 0, 1))] >= threshold
    passing = np.flatnonzero(((ends[0] != ends[1]).sum(axis=1) == 1) & (solid[0] != solid[1]))
    inner = np.where(solid[0, passing, None], ends[0, passing], ends[1, passing])
    outer = np.where(solid[0, passing, None], ends[1, passing], ends[0, passing])
    for _ in range(_HALVINGS):
        middle = (outer + inner) / 2
        within = density_at(field, middle * grid.cell + grid.origin, device)[:, None] >= threshold
        inner, outer = np.where(within, middle, inner), np.where(within, outer, middle)
    settled = vertices.copy()
    settled[passing] = (outer + inner) / 2
    return settled


def _pieces(vertices: Vertices, faces: Faces, least_piece: float) -> tuple[Vertices, Faces]:
    """What is left of a closed surface without its small pieces and its hollows, which have a negative volume."""
    import trimesh

    mesh = trimesh.Trimesh(vertices, faces, process=False)
    piece = trimesh.graph.connected_component_labels(mesh.face_adjacency, node_count=len(faces))
    volumes = np.bincount(piece, weights=np.linalg.det(vertices[faces]) / 6)
    kept = volumes >= max(least_piece, 1e-9) * volumes.max()
    mesh.update_faces(kept[piece])
    mesh.remove_unreferenced_vertices()
    return np.asarray(mesh.vertices), np.asarray(mesh.faces)


def _simplified(vertices: Vertices, faces: Faces, num_faces: int) -> tuple[Vertices, Faces]:
    import fast_simplification

    if len(faces) > num_faces:
        vertices, faces, *_ = fast_simplification.simplify(vertices, faces, target_count=num_faces)
    return without_pinches(vertices, faces.astype(np.int64))


def _normals(vertices: Vertices, faces: Faces) -> Vertices:
    import trimesh

    return unit(np.asarray(trimesh.Trimesh(vertices, faces, process=False).vertex_normals))


def unit(vectors: NDArray[np.floating]) -> Vertices:
    """(N, 3) vectors of length 1; those of no length point up."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(lengths > 1e-9, vectors / np.maximum(lengths, 1e-9), [0.0, 0.0, 1.0])
