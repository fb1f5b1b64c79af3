"""Rasterising: which triangles have the middle of which pixel, on a texture or in a camera's picture of a mesh."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.landmark.camera import Camera, project

_FACES_AT_ONCE = 1024
_EDGE = 1e-9

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pixels:
    """Pixels whose middle lies in a triangle."""

    row: Ints
    """(N,) from above."""
    column: Ints
    """(N,)"""
    face: Ints
    """(N,)"""
    weights: Floats
    """(N, 3) of the face's corners, at least 0; their sum is 1."""

    def values(self, faces: Ints, of_vertices: Floats) -> Floats:
        """(N, C) what the vertices have, (V, C), in the middle of each pixel."""
        return np.einsum("nk,nkc->nc", self.weights, of_vertices[faces[self.face]])


def pixels_in(corners: Floats) -> Pixels:
    """Every pixel of each triangle, (F, 3, 2) column and row; the middle of the first pixel is (0, 0).

    One on the edge of two triangles is there twice; a triangle without area has none.
    """
    parts = [
        _by_trying(corners[start : start + _FACES_AT_ONCE], start)
        for start in range(0, len(corners), _FACES_AT_ONCE)
    ]
    return Pixels(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def seen_by(camera: Camera, vertices: Floats, faces: Ints, size_px: int) -> Pixels:
    """Each pixel of the camera's square picture that shows a face, once, with the nearest of those that face it.

    The whole mesh of (V, 3) `vertices` and (F, 3) `faces`, anticlockwise from outside, must be before the camera.
    """
    places, depth = project(camera, torch.from_numpy(vertices).float(), size_px, size_px)
    depth, corners = depth.double().numpy(), (places.double().numpy() - 0.5)[faces]
    a, b, c = corners.transpose(1, 0, 2)
    facing = np.flatnonzero(_cross(b - a, c - a) < 0)  # rows run downwards
    found = pixels_in(corners[facing])
    face = facing[found.face]
    # What is linear on the face is linear in the picture once it is divided by the depth.
    weights = found.weights / depth[faces[face]]
    nearness = weights.sum(axis=1)
    inside = np.flatnonzero(
        (np.minimum(found.row, found.column) >= 0) & (np.maximum(found.row, found.column) < size_px)
    )
    pixel = found.row[inside] * size_px + found.column[inside]
    order = inside[np.lexsort((-nearness[inside], pixel))]
    _, first = np.unique(found.row[order] * size_px + found.column[order], return_index=True)
    nearest = order[first]
    return Pixels(
        found.row[nearest],
        found.column[nearest],
        face[nearest],
        weights[nearest] / nearness[nearest, None],
    )


def _by_trying(corners: Floats, first_face: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Row, column, face and weights of each, by trying every pixel of the rectangle around each triangle."""
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
    inside = (weights >= -_EDGE).all(axis=1)  # never where the triangle has no area
    return pixel[inside, 1], pixel[inside, 0], face[inside] + first_face, weights[inside].clip(0)


def _cross(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
