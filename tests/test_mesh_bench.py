"""The benchmark of meshes: what it averages over, and that its cameras are none of the bake's."""

import math

import numpy as np
import pytest

from bench.mesh import difference, held_out_cameras
from engine.landmark.mesh.texture import BAKING_CAMERAS


def test_each_mean_has_its_own_pixels() -> None:
    """Four pixels: nothing there, both there, the mesh alone, half of the field alone."""
    drawn = np.full((1, 1, 4, 3), 255.0)
    rendered = drawn.copy()
    rendered[0, 0, :, :] -= np.array([0, 3, 60, 9])[:, None]
    covered = np.array([[[[0, 0], [1, 1], [1, 0], [0, 0.5]]]], float)
    found = difference(drawn, rendered, covered)
    assert (found.all, found.both, found.either) == pytest.approx((72 / 4, 3, 24))
    assert (
        str(found)
        == "18.00 of 255 over all pixels (where both cover 3.00, where either does 24.00; target 2)"
    )


def test_where_nothing_is_covered_nothing_is_said() -> None:
    empty = np.full((1, 2, 2, 3), 255.0)
    found = difference(empty, empty, np.zeros((1, 2, 2, 2)))
    assert found.all == 0
    assert math.isnan(found.both)


@pytest.mark.parametrize("count", [1, 4, 8])
def test_no_camera_is_one_of_the_bake(count: int) -> None:
    cameras = held_out_cameras(count)
    assert len(set(cameras)) == count
    baked = {(camera.azimuth_deg % 360, camera.elevation_deg) for camera in BAKING_CAMERAS}
    assert all(
        min(
            math.hypot((azimuth - camera.azimuth_deg + 180) % 360 - 180, elevation - camera.elevation_deg)
            for azimuth, elevation in baked
        )
        > 5
        for camera in cameras
    )
