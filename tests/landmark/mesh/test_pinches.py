"""Pinches: solids that touch along an edge or lie back to back, as simplification leaves them."""

import numpy as np
import pytest
import trimesh

from engine.landmark.mesh.pinches import without_pinches


def test_two_boxes_that_share_an_edge_become_a_closed_surface() -> None:
    one = trimesh.creation.box((1, 1, 1))
    other = one.copy()
    other.apply_translation((1, 1, 0))
    both = trimesh.util.concatenate(one, other)
    both.merge_vertices()
    assert not both.is_watertight  # the shared edge has four faces
    vertices, faces = without_pinches(np.asarray(both.vertices), np.asarray(both.faces))
    mended = trimesh.Trimesh(vertices, faces, process=False)
    assert mended.is_watertight
    assert mended.volume == pytest.approx(2)
    assert mended.bounds == pytest.approx(both.bounds)


def test_faces_back_to_back_go() -> None:
    box = trimesh.creation.box((1, 1, 1))
    faces = np.asarray(box.faces)
    fold = np.array([faces[0], faces[0][::-1], [3, 3, 5]])
    _, kept = without_pinches(np.asarray(box.vertices), np.concatenate([faces, fold]))
    assert sorted(map(tuple, np.sort(kept, axis=1))) == sorted(map(tuple, np.sort(faces, axis=1)))


def test_a_surface_without_pinches_stays_as_it_is() -> None:
    ball = trimesh.creation.icosphere(1)
    vertices, faces = without_pinches(np.asarray(ball.vertices), np.asarray(ball.faces))
    assert np.array_equal(vertices, ball.vertices)
    assert {tuple(np.roll(face, -face.argmin())) for face in faces} == {
        tuple(np.roll(face, -face.argmin())) for face in np.asarray(ball.faces)
    }
