"""The surface: a ball's volume and outside, components, hollows, the crop box's faces, and what is refused."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import trimesh
from torch import Tensor

from engine.errors import BadRequest, EmptyField
from engine.landmark.mesh.crop import Crop, Cropped
from engine.landmark.mesh.density import DensityGrid, sample_density
from engine.landmark.mesh.surface import Surface, extract_surface

RADIUS = 0.6


@dataclass(frozen=True)
class Several:
    """Fields of which each point has the densest."""

    fields: tuple

    def density(self, points: Tensor) -> Tensor:
        return torch.stack([each.density(points) for each in self.fields]).amax(0)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points / 2 + 0.5


@dataclass(frozen=True)
class Shell:
    """A wall around a hollow."""

    outer: object
    inner: object

    def density(self, points: Tensor) -> Tensor:
        return self.outer.density(points) * (self.inner.density(points) < 1)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points / 2 + 0.5


def grid_of(field, resolution: int = 40, crop: Crop | None = None) -> DensityGrid:
    return sample_density(Cropped(field, crop or Crop()), resolution)


def solid(surface: Surface) -> trimesh.Trimesh:
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False)


def test_a_ball_is_a_ball(compass) -> None:
    surface = extract_surface(grid_of(compass(RADIUS)), 1.0, num_faces=2_000)
    radii = np.linalg.norm(surface.vertices, axis=1)
    assert abs(radii - RADIUS).max() < 0.01  # a fifth of a cell
    ball = solid(surface)
    assert ball.is_watertight
    assert ball.volume == pytest.approx(4 / 3 * math.pi * RADIUS**3, rel=0.02)
    assert 1_900 <= len(surface.faces) <= 2_010
    outward = (surface.normals * surface.vertices).sum(1) / radii
    assert outward.min() > 0.97
    assert np.allclose(np.linalg.norm(surface.normals, axis=1), 1)


def test_a_higher_threshold_leaves_less() -> None:
    @dataclass(frozen=True)
    class Soft:
        def density(self, points: Tensor) -> Tensor:
            return torch.exp(8 * (RADIUS - points.norm(dim=-1)))

        def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
            return self.density(points), points

    grid = grid_of(Soft(), 24)
    for threshold in (0.5, 1.0, 8.0):
        radius = RADIUS - math.log(threshold) / 8
        assert np.linalg.norm(extract_surface(grid, threshold).vertices, axis=1) == pytest.approx(
            radius, abs=0.01
        )


def test_small_components_go_and_great_ones_stay(compass) -> None:
    both = Several((compass(0.5, (-0.4, 0, 0)), compass(0.3, (0.6, 0, 0)), compass(0.08, (0, 0, 0.85))))
    grid = grid_of(both, 48)
    assert solid(extract_surface(grid, 1.0, least_component=0.0)).body_count == 3
    assert solid(extract_surface(grid, 1.0)).body_count == 2
    largest = extract_surface(grid, 1.0, least_component=1.0)
    assert solid(largest).body_count == 1
    assert largest.vertices[:, 0].max() < 0.15


def test_a_hollow_that_nobody_sees_is_filled(compass) -> None:
    surface = extract_surface(grid_of(Shell(compass(0.7), compass(0.4))), 1.0)
    assert np.linalg.norm(surface.vertices, axis=1).min() > 0.65
    assert solid(surface).body_count == 1


def test_the_crop_box_closes_what_it_cuts(compass) -> None:
    crop = Crop((-1, -1, 0.1), (1, 1, 1))
    surface = extract_surface(grid_of(compass(RADIUS), 40, crop), 1.0)
    cap = solid(surface)
    assert cap.is_watertight
    assert surface.vertices[:, 2].min() == pytest.approx(0.1, abs=grid_of(compass(), 40, crop).cell)
    height = RADIUS - 0.1
    assert cap.volume == pytest.approx(math.pi * height**2 * (RADIUS - height / 3), rel=0.08)


def test_what_makes_no_surface_is_refused(compass) -> None:
    grid = grid_of(compass(), 16)
    with pytest.raises(EmptyField, match=r"as dense as the threshold 5000; give one below 1\.1e\+03"):
        extract_surface(grid, 5000.0)
    for threshold in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(BadRequest, match="give a density above 0"):
            extract_surface(grid, threshold)
    with pytest.raises(BadRequest, match="a mesh of 99 faces is too coarse; give 100 or more"):
        extract_surface(grid, 1.0, num_faces=99)
    with pytest.raises(BadRequest, match="give a share from 0 to 1"):
        extract_surface(grid, 1.0, least_component=1.5)
