"""Placing: reconstructions with axes of their own come together in metres, and wrong cameras are left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.errors import BadCollection
from engine.landmark.camera import Camera
from engine.landmark.sfm import placing
from engine.landmark.sfm.alignment import EYES_M
from engine.landmark.sfm.config import SfmConfig
from engine.landmark.sfm.mapping import Mapped
from engine.landmark.sfm.placing import Placed, place_cameras
from engine.landmark.sfm.views import find_cube

AZIMUTHS = np.arange(0, 360, 10.0)
FAR_M = 80.0
_BEARINGS = np.radians(AZIMUTHS)
PLACES = np.column_stack(
    [FAR_M * np.sin(_BEARINGS), FAR_M * np.cos(_BEARINGS), np.full(len(AZIMUTHS), EYES_M)]
)
AXES = np.stack(
    [Camera(each, target_up=0.2).pose.camera_to_world.double().numpy()[:, :3] for each in AZIMUTHS]
)
RNG = np.random.default_rng(0)
BOX = np.array([10.0, 6.0, 20.0])
POINTS = np.concatenate(
    [RNG.uniform([-1, -1, 0], [1, 1, 1], (400, 3)) * BOX, RNG.uniform(-60, 60, (200, 3)) * [1, 1, 0]]
)


def reconstruction(numbers: range, seed: int) -> Mapped:
    """What structure from motion would make of these photos: everything up to a similarity."""
    chosen, rotation = list(numbers), Rotation.random(random_state=seed).as_matrix()
    shift, scale = np.random.default_rng(seed).normal(0, 30, 3), 0.1 + seed
    return Mapped(
        numbers=tuple(chosen),
        centres=(PLACES[chosen] @ rotation.T + shift) * scale,
        axes=rotation @ AXES[chosen],
        cameras=tuple(f"lens {number}" for number in chosen),
        points=(POINTS @ rotation.T + shift) * scale,
        seen_by=np.full(len(POINTS), 4),
        error_px=0.5 + seed,
    )


def placed(monkeypatch: pytest.MonkeyPatch, *found: Mapped, gps_m: np.ndarray = PLACES[:, :2]) -> Placed:
    monkeypatch.setattr(placing, "map_photos", lambda *_: list(found))
    return place_cameras([Path("photo")] * len(gps_m), gps_m, Path(), SfmConfig(), lambda *_: None)


def test_reconstructions_come_together_in_one_frame(monkeypatch: pytest.MonkeyPatch):
    found = placed(monkeypatch, reconstruction(range(22), 1), reconstruction(range(18, 36), 2))
    assert found.numbers == tuple(range(36))
    assert found.lenses == tuple(f"lens {number}" for number in range(36))  # of two, the larger one's
    assert found.positions_m == pytest.approx(PLACES, abs=1e-6)
    assert found.axes == pytest.approx(AXES, abs=1e-6)
    assert found.points_m == pytest.approx(np.concatenate([POINTS, POINTS]), abs=1e-6)
    assert (found.parts, found.error_px) == (2, 2.5)
    assert found.residual_m < 1e-6


def test_a_camera_elsewhere_or_with_its_back_turned_is_left_out(monkeypatch: pytest.MonkeyPatch):
    mapped = reconstruction(range(36), 1)
    centres, axes = mapped.centres.copy(), mapped.axes.copy()
    centres[5] = centres[20]
    axes[9] = axes[9] * [-1.0, 1.0, -1.0]  # about its own up
    found = placed(monkeypatch, replace(mapped, centres=centres, axes=axes))
    assert set(range(36)) - set(found.numbers) == {5, 9}
    assert found.positions_m == pytest.approx(np.delete(PLACES, [5, 9], 0), abs=1e-6)


def test_what_gps_contradicts_is_not_registered(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(BadCollection, match=r"of 36 photos were registered"):
        placed(monkeypatch, reconstruction(range(14), 1), gps_m=RNG.uniform(-80, 80, (36, 2)))
    with pytest.raises(BadCollection, match="10 of 36 photos were registered where their GPS says, too few"):
        placed(monkeypatch, reconstruction(range(10), 1))


def test_the_cube_holds_what_stands_between_the_cameras_and_no_ground(monkeypatch: pytest.MonkeyPatch):
    found = placed(monkeypatch, reconstruction(range(36), 1))
    cube = find_cube(found)
    assert BOX.max() / 2 < cube.half_m < 0.6 * BOX.max() + 1
    assert cube.units(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2 * cube.half_m]]))[:, 2] == pytest.approx(
        [-1, 1]
    )
    assert find_cube(found, 50.0).half_m == 25.0
    with pytest.raises(BadCollection, match="too few to tell the landmark's size; check the centre"):
        find_cube(replace(found, points_m=np.add(found.points_m, [300.0, 0, 0])))
