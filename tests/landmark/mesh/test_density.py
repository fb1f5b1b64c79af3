"""The density on a grid, and the threshold: known balls, hard and soft, and fields of which nothing is left."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.errors import BadRequest, EmptyField
from engine.landmark.mesh.crop import Crop, Cropped
from engine.landmark.mesh.density import choose_threshold, sample_density


@dataclass(frozen=True)
class Cloud:
    """As dense as `peak` in the middle, and thinner by the square of the distance."""

    peak: float
    radius: float = 0.7

    def density(self, points: Tensor) -> Tensor:
        return self.peak * (1 - (points.norm(dim=-1) / self.radius).square()).clamp_min(0)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points / 2 + 0.5


def grid_of(field, resolution: int = 40, crop: Crop | None = None):
    return sample_density(Cropped(field, crop or Crop()), resolution)


def test_the_grid_holds_the_box_and_a_layer_of_air_around_it(compass) -> None:
    field, crop = compass(), Crop((-0.5, 0.0, -0.25), (0.5, 1.0, 0.25))
    grid = sample_density(Cropped(field, crop), 20, chunk=1000)
    assert grid.values.shape == (23, 23, 13)
    assert grid.cell == pytest.approx(0.05)
    faces = np.ones(grid.values.shape, bool)
    faces[1:-1, 1:-1, 1:-1] = False
    assert not grid.values[faces].any()
    at = grid.origin + grid.cell * np.array([15, 4, 6])
    expected = field.density(torch.from_numpy(at).float()[None])
    assert grid.values[15, 4, 6] == pytest.approx(float(expected), rel=1e-3)


@pytest.mark.parametrize("resolution", [7, 513])
def test_a_resolution_out_of_range_is_refused(compass, resolution: int) -> None:
    with pytest.raises(
        BadRequest, match=f"{resolution} cells along an edge; give a resolution from 8 to 512"
    ):
        grid_of(compass(), resolution)


def test_a_hard_ball_has_its_threshold_within_its_wall(compass) -> None:
    threshold = choose_threshold(grid_of(compass(radius=0.6)))
    # exp(200 (radius - distance)): the wall is where the density of air becomes that of stone.
    assert abs(math.log(threshold) / 200) < 0.05


@pytest.mark.parametrize("peak", [60.0, 100.0, 300.0])
def test_the_surface_of_a_cloud_is_where_light_ends(peak: float) -> None:
    """Half of the light through the middle ends at the depth where the density's integral is log 2."""
    field = Cloud(peak)
    threshold = choose_threshold(grid_of(field))
    level = field.radius * math.sqrt(1 - threshold / peak)
    depth = torch.linspace(0, field.radius, 10_001)[:, None]
    way = field.density((depth - field.radius) * torch.tensor([1.0, 0, 0]))
    half = field.radius - float(depth[way.cumsum(0) * field.radius / 10_000 > math.log(2)][0])
    assert level == pytest.approx(half, abs=0.1)  # two cells


def test_fog_does_not_hide_the_ball_in_it(compass) -> None:
    ball = compass(radius=0.5)

    @dataclass(frozen=True)
    class Foggy:
        def density(self, points: Tensor) -> Tensor:
            return ball.density(points) + 0.15

        def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
            return self.density(points), ball(points)[1]

    assert 0.3 < choose_threshold(grid_of(Foggy())) < 1000


@pytest.mark.parametrize("peak", [0.0, 0.5])
def test_a_field_that_hides_nothing_is_empty(peak: float) -> None:
    with pytest.raises(EmptyField, match=r"the field is empty: nothing in it hides more than \d+% of what"):
        choose_threshold(grid_of(Cloud(peak)))


def test_a_field_without_finite_densities_is_named_as_such() -> None:
    with pytest.raises(EmptyField, match=r"not a finite number at [\d,]+ of [\d,]+ points"):
        grid_of(Cloud(math.nan))
