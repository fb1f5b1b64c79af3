"""PLY: the mesh for those who measure and print, closed, with a colour for each vertex."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.landmark.mesh.georeference import Georeference, comment
from engine.landmark.mesh.texture import TexturedMesh
from engine.landmark.mesh.together import write_together

_SIGNED = b"comment https://github.com/mikedh/trimesh\n"


def write_ply(
    path: Path,
    mesh: TexturedMesh,
    georeference: Georeference,
    provenance: Mapping[str, Any] | None = None,
) -> tuple[Path, ...]:
    """The file written: a closed mesh with a colour for each vertex, without seams.

    Colours are sRGB and as fine as the faces; place, scale and provenance stand as JSON in a comment. Raises DiskFull
    and BadRequest as engine/atomic.py does.
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
    return write_together({path: export_ply(shape, vertex_normal=True).replace(_SIGNED, said.encode(), 1)})


def _at_vertices(mesh: TexturedMesh) -> np.ndarray:
    """(V, 3) the texture's nearest colours."""
    height, width = mesh.texture.shape[:2]
    column, row = (mesh.uv * [width, height]).astype(int).clip(0, [width - 1, height - 1]).T
    return mesh.texture[row, column]
