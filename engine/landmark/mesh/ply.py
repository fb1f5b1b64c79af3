"""PLY: the mesh for those who measure and print, closed, with a colour for each vertex."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference, comment

_SIGNED = b"comment https://github.com/mikedh/trimesh\n"


def ply(mesh: TexturedMesh, georeference: Georeference, provenance: Mapping[str, Any] | None = None) -> bytes:
    """The file: a closed mesh in metres, x east, y north, z up, with a colour for each vertex and without seams.

    Colours are sRGB and as fine as the faces; place, scale and provenance stand as JSON in a comment.
    """
    import trimesh
    from trimesh.exchange.ply import export_ply

    vertices, first, whole = np.unique(mesh.vertices, axis=0, return_index=True, return_inverse=True)
    shape = trimesh.Trimesh(
        georeference.metres(vertices),
        whole.ravel()[mesh.faces],
        vertex_normals=mesh.normals[first],
        vertex_colors=_at_vertices(mesh)[first],
        process=False,
    )
    said = "".join(f"comment {line}\n" for line in comment(georeference, provenance))
    return export_ply(shape, vertex_normal=True).replace(_SIGNED, said.encode(), 1)


def _at_vertices(mesh: TexturedMesh) -> np.ndarray:
    """(V, 3) the texture's nearest colours."""
    height, width = mesh.texture.shape[:2]
    places = (mesh.uv * [1, -1] + [0, 1]) * [width, height]
    column, row = places.astype(int).clip(0, [width - 1, height - 1]).T
    return mesh.texture[row, column]
