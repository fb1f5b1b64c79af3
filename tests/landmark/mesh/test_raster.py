"""Rasterising: each pixel of a picture has its own point of the mesh, the nearest one, and none but the mesh's."""

import math

import numpy as np
import pytest
import torch

from engine.landmark.camera import Camera, project, rays
from engine.landmark.mesh.raster import pixels_in, seen_by

RADIUS = 0.6


def surface_of(*meshes) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and faces of several closed meshes together."""
    import trimesh

    whole = trimesh.util.concatenate(meshes)
    return np.array(whole.vertices), np.array(whole.faces, np.int64)


def ball(radius: float, centre=(0.0, 0.0, 0.0)):
    import trimesh

    mesh = trimesh.creation.icosphere(3, radius)
    mesh.apply_translation(centre)
    return mesh


def test_a_triangle_has_the_pixels_whose_middle_is_in_it() -> None:
    corners = np.array([[[-0.5, -0.5], [3.5, -0.5], [-0.5, 3.5]], [[1, 1], [2, 2], [3, 3]]], float)
    found = pixels_in(corners)
    # The middle of the pixel in row 0 and column 3 lies on the long side; the second triangle has no area.
    assert sorted(zip(found.row.tolist(), found.column.tolist(), strict=True)) == [
        (row, column) for row in range(4) for column in range(4 - row)
    ]
    assert set(found.face) == {0}
    places = found.values(np.array([[0, 1, 2]]), corners[0])
    assert places == pytest.approx(np.stack([found.column, found.row], axis=1))
    assert found.weights.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("camera", [Camera(20.0, 10.0), Camera(250.0, -30.0, 2.5, 70.0, 0.2)])
def test_each_pixel_has_the_point_that_its_ray_meets_first(camera: Camera) -> None:
    vertices, faces = surface_of(ball(RADIUS))
    size_px = 80
    found = seen_by(camera, vertices, faces, size_px)
    points = found.values(faces, vertices)
    places, depth = project(camera, torch.from_numpy(points).float(), size_px, size_px)
    pixels = np.stack([found.column, found.row], axis=1)
    assert places.numpy() - 0.5 == pytest.approx(pixels, abs=1e-3)
    number = found.row * size_px + found.column
    assert len(np.unique(number)) == len(number)
    # The ball's disc in the picture: where the ray passes the centre at less than the radius.
    rays_o, rays_d = (each.double().numpy() for each in rays(camera, size_px, size_px))
    along = -(rays_o * rays_d).sum(1)
    passed = np.linalg.norm(rays_o + along[:, None] * rays_d, axis=1)
    hit = np.zeros(size_px**2, bool)
    hit[number] = True
    assert hit[passed < 0.99 * RADIUS].all()
    assert not hit[passed > RADIUS].any()
    # The nearer of the ray's two points of it.
    met = along[number] - np.sqrt((RADIUS**2 - passed[number] ** 2).clip(0))
    inner = passed[number] < 0.9 * RADIUS
    distance = np.linalg.norm(points - rays_o[0], axis=1)
    assert distance[inner] == pytest.approx(met[inner], abs=0.01)
    assert float(depth.min()) > 0


def test_what_stands_before_hides_what_is_behind() -> None:
    both = surface_of(ball(0.5, (0.0, -0.4, 0.0)), ball(0.3, (0.0, 0.5, 0.0)))
    south, north = (seen_by(Camera(azimuth_deg), *both, 64) for azimuth_deg in (180.0, 0.0))
    first = len(both[1]) // 2
    assert (south.face < first).all()
    assert 0.2 < (north.face >= first).mean() < 0.8


def test_what_is_beside_the_picture_is_left_out() -> None:
    near = seen_by(Camera(0.0, fovy_deg=10.0), *surface_of(ball(RADIUS)), 32)
    assert len(near.row) == 32**2
    assert math.isclose(near.weights.sum(), 32**2)
