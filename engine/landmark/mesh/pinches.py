"""Pinches: edges at which a simplified surface touches itself, made into edges of two faces each again."""

import numpy as np
from numpy.typing import NDArray

Vertices = NDArray[np.float64]
Faces = NDArray[np.int64]
Ints = NDArray[np.int64]


def without_pinches(vertices: Vertices, faces: Faces) -> tuple[Vertices, Faces]:
    """The same closed surface with exactly two faces at every edge.

    Simplification may fold a thin wall flat, which leaves faces back to back (they go), and may bring two parts
    together at an edge, which then has four faces: two of them get a vertex of their own in its middle, so that
    nothing moves and nothing opens. `faces` must run along every edge as often one way as the other.
    """
    faces = _without_folds(faces)
    while len(extra := _extra_pairs(faces)):
        start, end, ahead, behind = extra.T
        middle = np.arange(len(extra)) + len(vertices)
        vertices = np.concatenate([vertices, (vertices[start] + vertices[end]) / 2])
        halves = [_renamed(faces[face], old, middle) for face in (ahead, behind) for old in (start, end)]
        faces = np.concatenate([np.delete(faces, np.r_[ahead, behind], axis=0), *halves])
    return vertices, faces


def _without_folds(faces: Faces) -> Faces:
    """The faces without pairs of the same corners that face opposite ways, and without those of two corners."""
    faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
    lowest_first = (faces.argmin(axis=1)[:, None] + np.arange(3)) % 3
    _, second, third = np.take_along_axis(faces, lowest_first, axis=1).T
    way = np.sign(third - second)
    _, same, counts = np.unique(np.sort(faces, axis=1), axis=0, return_inverse=True, return_counts=True)
    same = same.ravel()
    left = np.bincount(same, weights=way)  # so many stay, and all of them face that way
    order = np.lexsort((way != np.sign(left[same]), same))
    place = np.arange(len(faces)) - np.repeat(np.cumsum(counts) - counts, counts)  # of each among its like
    return faces[order[place < np.abs(left[same[order]])]]


def _extra_pairs(faces: Faces) -> Ints:
    """(P, 4): start, end and the faces that run along an edge this way and that, beyond the first two of that edge.

    No face is in two of the pairs, so that some may be left for another time.
    """
    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((start > end, high, low))  # half of an edge's faces run upwards and come first
    _, first, counts = np.unique(low[order] * len(start) + high[order], return_index=True, return_counts=True)
    found: list[tuple[int, int, int, int]] = []
    used: set[int] = set()
    for begin, count in zip(first[counts > 2], counts[counts > 2], strict=True):
        upwards, downwards = order[begin : begin + count].reshape(2, -1)
        for one, other in zip(upwards[1:], downwards[1:], strict=True):
            pair = {int(one) // 3, int(other) // 3}
            if used.isdisjoint(pair):
                used |= pair
                found.append((int(start[one]), int(end[one]), int(one) // 3, int(other) // 3))
    return np.array(found, np.int64).reshape(-1, 4)


def _renamed(faces: Faces, old: Ints, new: Ints) -> Faces:
    """The faces, each with another vertex instead of one of its own."""
    return np.where(faces == old[:, None], new[:, None], faces)
