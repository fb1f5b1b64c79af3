"""Alignment: known similarities come back, whatever the GPS does; nothing is mirrored, nothing leans."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from engine.errors import BadCollection
from engine.landmark.camera import Camera
from engine.landmark.sfm.alignment import EYES_M, TOLERANCE_M, Alignment, align

FAR_M = 90.0
AZIMUTHS = np.arange(0, 360, 15.0)


def ring(azimuths_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True positions in metres, and true axes, of people around a landmark who look up at it."""
    poses = [Camera(each, target_up=0.3).pose.camera_to_world.double().numpy() for each in azimuths_deg]
    bearings = np.radians(azimuths_deg)
    far_m = FAR_M + 20 * np.sin(3 * bearings)
    places = np.column_stack(
        [far_m * np.sin(bearings), far_m * np.cos(bearings), np.full(len(bearings), EYES_M)]
    )
    return places, np.stack([pose[:, :3] for pose in poses])


def lost(places: np.ndarray, axes: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Places and axes as a reconstruction has them, the rotation and the scale that were lost."""
    rng = np.random.default_rng(seed)
    rotation = Rotation.random(random_state=seed).as_matrix()
    scale = float(np.exp(rng.uniform(-4, 1)))
    return (places @ rotation.T + rng.normal(0, 50, 3)) * scale, rotation @ axes, rotation, scale


def aligned(seed: int, gps_m: np.ndarray, azimuths_deg: np.ndarray = AZIMUTHS) -> Alignment:
    centres, axes, *_ = lost(*ring(azimuths_deg), seed)
    return align(centres, axes, gps_m)


@given(st.integers(0, 10_000))
def test_a_known_similarity_comes_back(seed: int):
    places, true_axes = ring(AZIMUTHS)
    centres, axes, rotation, scale = lost(places, true_axes, seed)
    found = align(centres, axes, places[:, :2])
    assert found.scale == pytest.approx(1 / scale, rel=1e-6)
    assert found.rotation == pytest.approx(rotation.T, abs=1e-6)
    assert found.metres(centres) == pytest.approx(places, abs=1e-4)
    assert found.trusted.all()
    assert found.residual_m < 1e-4


@pytest.mark.parametrize("seed", range(5))
def test_up_is_up_and_east_is_east(seed: int):
    places, true_axes = ring(AZIMUTHS)
    centres, axes, rotation, scale = lost(places, true_axes, seed)
    found = align(centres, axes, places[:, :2])
    assert np.linalg.det(found.rotation) == pytest.approx(1)
    east = int(np.flatnonzero(AZIMUTHS == 90)[0])
    assert found.metres(centres)[east, 0] > FAR_M / 2
    assert (found.rotation @ axes[east])[:, 2] == pytest.approx(true_axes[east][:, 2], abs=1e-6)
    # What is 40 m above a camera in the reconstruction is 40 m higher, not lower.
    above = centres[0] + 40 * scale * rotation[:, 2]
    assert found.metres(above[None])[0, 2] == pytest.approx(EYES_M + 40, abs=1e-3)


@pytest.mark.parametrize("mirror", [(-1, 1), (1, -1)])
def test_no_mirror_is_fitted(mirror: tuple[int, int]):
    places, _ = ring(AZIMUTHS)
    try:
        found = aligned(3, places[:, :2] * mirror)
    except BadCollection:
        return
    assert found.trusted.mean() < 0.7


def test_gps_that_is_far_off_is_left_out():
    places, _ = ring(AZIMUTHS)
    rng = np.random.default_rng(0)
    gps_m = places[:, :2] + rng.normal(0, 5, (len(places), 2))
    wrong = rng.choice(len(places), 8, replace=False)
    gps_m[wrong] += rng.choice([-1, 1], (8, 2)) * rng.uniform(4 * TOLERANCE_M, 40 * TOLERANCE_M, (8, 2))
    found = aligned(1, gps_m)
    assert not found.trusted[wrong].any()
    assert found.trusted.sum() == len(places) - 8
    assert 2 < found.residual_m < 12
    centres, *_ = lost(*ring(AZIMUTHS), 1)
    assert np.abs(found.metres(centres) - places).max() < 12


def test_the_uncertainty_is_the_spread_of_what_noise_does():
    places, _ = ring(AZIMUTHS)
    centres, axes, rotation, scale = lost(*ring(AZIMUTHS), 2)
    rng = np.random.default_rng(5)
    found = [align(centres, axes, places[:, :2] + rng.normal(0, 5, (len(places), 2))) for _ in range(300)]
    scales = np.array([each.scale * scale - 1 for each in found])
    turns = [each.rotation @ rotation for each in found]
    norths = np.array([math.atan2(turn[1, 0], turn[0, 0]) for turn in turns])
    promised = np.sqrt(np.mean([each.uncertainty**2 for each in found]))
    assert scales.std() == pytest.approx(promised, rel=0.2)
    assert norths.std() == pytest.approx(promised, rel=0.2)


def test_a_camera_held_askew_does_not_tilt_the_world():
    places, true_axes = ring(AZIMUTHS)
    quarter = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    true_axes[3], true_axes[10] = true_axes[3] @ quarter, true_axes[10] @ quarter
    centres, axes, *_ = lost(places, true_axes, 4)
    assert align(centres, axes, places[:, :2]).metres(centres) == pytest.approx(places, abs=1e-4)


def test_photos_from_one_spot_tell_no_scale():
    places, axes = ring(AZIMUTHS)
    near = places * [0.01, 0.01, 1.0]
    gps_m = near[:, :2] + np.random.default_rng(0).normal(0, 8, (len(near), 2))
    centres, axes, *_ = lost(near, axes, 6)
    with pytest.raises(
        BadCollection, match="too little to tell scale and north; add photos from places farther apart"
    ):
        align(centres, axes, gps_m)


def test_photos_that_all_look_one_way_do_not_tell_what_is_up():
    places, axes = ring(np.full(12, 30.0))
    places[:, 0] += np.arange(12) * 10.0
    centres, axes, *_ = lost(places, axes, 7)
    with pytest.raises(BadCollection, match="all registered photos look the same way"):
        align(centres, axes, places[:, :2])
