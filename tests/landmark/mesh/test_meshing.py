"""From field to mesh: its steps, its preview, its crop and what stops it."""

import dataclasses
import time

import numpy as np
import pytest
import torch

from engine.errors import BadRequest, Cancelled, EmptyField
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.mesh.crop import Crop
from engine.landmark.mesh.meshing import MeshSettings, make_mesh
from engine.landmark.occupancy import Occupancy

SMALL = MeshSettings(resolution=16, num_faces=200, texture_px=64)


def test_the_steps_are_told_in_their_order_and_each_can_stop(compass) -> None:
    said: list[str] = []
    mesh = make_mesh(compass(), SMALL, on_step=said.append)
    assert said == ["density", "surface", "atlas", "texture"]
    assert len(mesh.faces) <= 210
    assert 0 < mesh.threshold < 1000

    def stop(step: str) -> None:
        if step == "atlas":
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        make_mesh(compass(), SMALL, on_step=stop)


def test_the_preview_is_the_same_thing_coarsely(compass) -> None:
    settings = MeshSettings(threshold=1.0, crop=Crop((-1, -1, 0), (1, 1, 1)))
    assert settings.preview.preview == settings.preview
    assert dataclasses.replace(SMALL, texture_px=80).preview.texture_px == 80
    started = time.process_time()
    mesh = make_mesh(compass(), settings.preview)
    assert time.process_time() - started < 8  # 1 s on a core that nobody else uses
    assert mesh.threshold == 1.0
    assert mesh.vertices[:, 2].min() == pytest.approx(0, abs=0.05)
    assert np.linalg.norm(mesh.vertices, axis=1).max() == pytest.approx(0.6, abs=0.02)


def test_the_same_field_gives_the_same_mesh(compass) -> None:
    one, other = make_mesh(compass(), SMALL), make_mesh(compass(), SMALL)
    for name in ("vertices", "faces", "normals", "uv", "texture"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_what_the_renderer_skips_is_not_in_the_mesh(compass) -> None:
    occupancy = Occupancy(resolution=2)
    occupancy.occupied.copy_(torch.tensor([True] * 4 + [False] * 4))  # the upper half is empty
    lower = make_mesh(compass(), SMALL, occupancy=occupancy)
    assert lower.vertices[:, 2].max() < 0.1


def test_an_empty_field_says_so() -> None:
    with pytest.raises(EmptyField, match="the field is empty: nothing in it hides more than"):
        make_mesh(VoxelField(8, initial_density=0.01), SMALL)


@pytest.mark.parametrize(
    "wrong", [{"resolution": 4}, {"num_faces": 5}, {"texture_px": 1}, {"threshold": -1.0}]
)
def test_settings_out_of_range_are_refused(compass, wrong: dict) -> None:
    with pytest.raises(BadRequest):
        make_mesh(compass(), dataclasses.replace(SMALL, **wrong))
