"""The UV atlas: a surface cut into charts that lie flat on one picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadRequest
from engine.landmark.mesh.surface import Surface

_PADDING_PX = 3


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """A surface whose vertices have a place on a picture; those on a seam are there once for each chart."""

    vertices: NDArray[np.float64]
    """(V, 3) east, north, up in the cube's coordinates."""
    faces: NDArray[np.int64]
    """(F, 3) anticlockwise, seen from outside; in the surface's order."""
    normals: NDArray[np.float64]
    """(V, 3) unit vectors, outward."""
    uv: NDArray[np.float64]
    """(V, 2) in [0, 1]: from the picture's left edge, and from its upper edge downwards (as glTF has it)."""
    width_px: int
    height_px: int
    cell: float
    """As the surface has it."""


def unwrap(surface: Surface, texture_px: int = 1024) -> Unwrapped:
    """The surface with charts packed onto a picture of about `texture_px` squared (xatlas); same input, same output.

    12,000 faces take about two seconds, 50,000 half a minute. Raises BadRequest for a size that is not in [64, 8192].
    """
    import xatlas

    if not 64 <= texture_px <= 8192:
        raise BadRequest(f"a texture of {texture_px} pixels cannot be made; give a size from 64 to 8192")
    atlas = xatlas.Atlas()
    atlas.add_mesh(surface.vertices.astype(np.float32), surface.faces.astype(np.uint32))
    pack = xatlas.PackOptions()
    pack.resolution, pack.padding, pack.bilinear = texture_px, _PADDING_PX, True
    atlas.generate(xatlas.ChartOptions(), pack)
    origin, faces, uv = atlas.get_mesh(0)
    return Unwrapped(
        surface.vertices[origin],
        faces.astype(np.int64),
        surface.normals[origin],
        uv.astype(np.float64),
        int(atlas.width),
        int(atlas.height),
        surface.cell,
    )
