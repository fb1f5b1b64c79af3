"""The UV atlas: a surface cut into charts that lie flat on one picture, and the pixels of that picture."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadRequest
from engine.landmark.mesh.surface import Surface

MOST_PX = 4096
_PADDING_PX = 3
_FACES_AT_ONCE = 1024
_EDGE = 1e-9

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


@dataclass(frozen=True, eq=False)
class Texels:
    """The pixels of a texture whose middle lies in a chart."""

    row: Ints
    """(N,) from above."""
    column: Ints
    """(N,)"""
    face: Ints
    """(N,)"""
    weights: Floats
    """(N, 3) of the face's corners, at least 0; their sum is 1."""

    def values(self, mesh: TexturedMesh, of_vertices: Floats) -> Floats:
        """(N, C) what the vertices have, (V, C), in the middle of each texel."""
        return np.einsum("nk,nkc->nc", self.weights, of_vertices[mesh.faces[self.face]])


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


def texels_of(mesh: TexturedMesh) -> Texels:
    """Every texel of the mesh; one on the edge of two faces is there twice, the same point of the surface."""
    height, width = mesh.texture.shape[:2]
    # Pixels from the upper left, where the middle of the first one is (0, 0).
    corners = ((mesh.uv * [1, -1] + [0, 1]) * [width, height] - 0.5)[mesh.faces]  # (F, 3, 2)
    parts = [
        _texels(corners[start : start + _FACES_AT_ONCE], start)
        for start in range(0, len(corners), _FACES_AT_ONCE)
    ]
    row, column, face, weights = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Texels(row, column, face, weights)


def _texels(corners: Floats, first_face: int) -> tuple[Ints, Ints, Ints, Floats]:
    """The same of some faces, by trying every pixel of the rectangle around each."""
    low, high = np.ceil(corners.min(axis=1)).astype(int), np.floor(corners.max(axis=1)).astype(int)
    width, height = (high - low + 1).clip(0).T
    face = np.repeat(np.arange(len(corners)), width * height)
    number = np.arange(len(face)) - np.repeat(np.cumsum(width * height) - width * height, width * height)
    row, column = np.divmod(number, width[face])
    pixel = low[face] + np.stack([column, row], axis=1)
    a, b, c = corners[face].transpose(1, 0, 2)
    area = _cross(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_b, of_c = _cross(pixel - a, c - a) / area, _cross(b - a, pixel - a) / area
    weights = np.stack([1 - of_b - of_c, of_b, of_c], axis=1)
    inside = (weights >= -_EDGE).all(axis=1)  # never where the face has no area
    return pixel[inside, 1], pixel[inside, 0], face[inside] + first_face, weights[inside].clip(0)


def _cross(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
