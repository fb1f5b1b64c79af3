"""Texels: which pixels of an atlas show which point of which face."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.landmark.mesh.atlas import Unwrapped

_FACES_AT_ONCE = 1024
_EDGE = 1e-9

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Texels:
    """The pixels whose middle lies in a chart."""

    row: Ints
    """(N,) from above."""
    column: Ints
    """(N,)"""
    face: Ints
    """(N,)"""
    weights: Floats
    """(N, 3) of the face's corners, at least 0; their sum is 1."""

    def part(self, start: int, count: int) -> "Texels":
        """`count` of them from the number `start` on."""
        cut = slice(start, start + count)
        return Texels(self.row[cut], self.column[cut], self.face[cut], self.weights[cut])


def texels_of(mesh: Unwrapped) -> Texels:
    """Every texel of the mesh; one on the edge of two faces is there twice, the same point of the surface."""
    size = np.array([mesh.width_px, mesh.height_px])
    corners = mesh.uv[mesh.faces] * size - 0.5  # (F, 3, 2), where the middle of the first pixel is (0, 0)
    parts = [
        _texels(corners[start : start + _FACES_AT_ONCE], start)
        for start in range(0, len(corners), _FACES_AT_ONCE)
    ]
    return Texels(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("row", "column", "face", "weights"))
    )


def _texels(corners: Floats, first_face: int) -> Texels:
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
    return Texels(
        pixel[inside, 1], pixel[inside, 0], face[inside] + first_face, weights[inside].clip(0)
    )


def _cross(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
