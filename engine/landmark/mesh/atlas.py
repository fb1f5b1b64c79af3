"""The UV atlas: a surface cut into charts that lie flat on one picture, and the pixels of that picture."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadRequest
from engine.landmark.mesh.raster import Pixels, pixels_in
from engine.landmark.mesh.surface import Surface

MOST_PX = 4096
_PADDING_PX = 3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TexturedMesh:
    """A mesh with its picture, in the cube's coordinates; vertices on a seam are there once for each chart."""

    vertices: Floats
    """(V, 3) east, north, up."""
    faces: Ints
    """(F, 3) anticlockwise, seen from outside."""
    normals: Floats
    """(V, 3) unit vectors, outward."""
    uv: Floats
    """(V, 2) in [0, 1]: from the picture's left edge, and from its lower edge upwards (glTF alone counts downwards)."""
    texture: NDArray[np.uint8]
    """(H, W, 3) sRGB; the light of the photos is in it already."""
    threshold: float
    """Density of the field on the surface."""

    def texture_png(self) -> bytes:
        """The texture as a file."""
        from PIL import Image

        data = io.BytesIO()
        Image.fromarray(self.texture).save(data, "PNG")
        return data.getvalue()


def unwrap(surface: Surface, texture_px: int = 1024) -> TexturedMesh:
    """The surface with charts packed onto a black picture of about `texture_px` squared (xatlas).

    The same surface gives the same charts. Raises BadRequest for a size that is not in [64, 4096].
    """
    import xatlas

    if not 64 <= texture_px <= MOST_PX:
        raise BadRequest(f"a texture of {texture_px} pixels cannot be made; give a size from 64 to {MOST_PX}")
    atlas = xatlas.Atlas()
    atlas.add_mesh(surface.vertices.astype(np.float32), surface.faces.astype(np.uint32))
    pack = xatlas.PackOptions()
    pack.resolution, pack.padding, pack.bilinear = texture_px, _PADDING_PX, True
    atlas.generate(xatlas.ChartOptions(), pack)
    origin, faces, uv = atlas.get_mesh(0)
    return TexturedMesh(
        surface.vertices[origin],
        faces.astype(np.int64),
        surface.normals[origin],
        uv.astype(np.float64) * [1, -1] + [0, 1],
        np.zeros((int(atlas.height), int(atlas.width), 3), np.uint8),
        surface.threshold,
    )


def texels_of(mesh: TexturedMesh) -> Pixels:
    """Every pixel of the texture whose middle lies in a chart; one on the edge of two faces is there twice, the same
    point of the surface.
    """
    return pixels_in(texture_places(mesh, mesh.uv)[mesh.faces])


def texture_places(mesh: TexturedMesh, uv: Floats) -> Floats:
    """(N, 2) column and row on the texture of (N, 2) `uv`; the middle of its upper left pixel is (0, 0)."""
    height, width = mesh.texture.shape[:2]
    return (uv * [1, -1] + [0, 1]) * [width, height] - 0.5
