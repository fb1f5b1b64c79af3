"""Settling: a soft ball shrinks to where light ends, a hard one stays, and none moves farther than it may."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import trimesh
from torch import Tensor

from engine.landmark.mesh.crop import Crop, Cropped
from engine.landmark.mesh.settling import settle
from engine.landmark.mesh.surface import Surface

RADIUS = 0.6


@dataclass(frozen=True)
class Even:
    """A ball of one density."""

    inside: float

    def density(self, points: Tensor) -> Tensor:
        return torch.where(points.norm(dim=-1) <= RADIUS, self.inside, 0.0)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points


@pytest.mark.parametrize(
    ("density", "moved"), [(1e5, 0.0), (20.0, math.log(2) / 20), (10.0, math.log(2) / 10), (1.0, 0.08)]
)
def test_each_vertex_is_where_half_of_the_light_is_left(density: float, moved: float) -> None:
    ball = trimesh.creation.icosphere(2, RADIUS)
    outward = np.array(ball.vertices) / RADIUS
    surface = Surface(np.array(ball.vertices), np.array(ball.faces, np.int64), outward, 1.0)
    settled = settle(Cropped(Even(density), Crop()), surface, 0.08)
    assert np.linalg.norm(settled.vertices, axis=1) == pytest.approx(RADIUS - moved, abs=0.01 + 1e-6)
    assert settled.faces is surface.faces
    assert np.allclose(np.cross(settled.vertices, outward), 0)
