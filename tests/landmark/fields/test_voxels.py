"""Voxels: interpolation against a ramp, the sorted way against the plain one, another resolution."""

import pytest
import torch
from torch.nn import functional

from engine.landmark.fields import voxels
from engine.landmark.fields.voxels import VoxelField


def points(count: int) -> torch.Tensor:
    return torch.rand(count, 3, generator=torch.Generator().manual_seed(0)) * 2 - 1


def filled(resolution: int) -> VoxelField:
    """A field whose raw colours are 2 east, 3 north and 4 up."""
    field, steps = VoxelField(resolution), torch.linspace(-1, 1, resolution)
    up, north, east = torch.meshgrid(steps, steps, steps, indexing="ij")
    field.grid.data[0, 1:] = torch.stack([2 * east, 3 * north, 4 * up])
    return field


def test_a_ramp_is_reproduced_and_axes_are_east_north_up() -> None:
    at = points(200)
    _, colour = filled(5)(at)
    torch.testing.assert_close(colour, (at * torch.tensor([2.0, 3.0, 4.0])).sigmoid())


def test_the_corners_of_the_cube_belong_to_it() -> None:
    corners = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 3)
    _, colour = filled(3)(corners)
    torch.testing.assert_close(colour, (corners * torch.tensor([2.0, 3.0, 4.0])).sigmoid())


def test_it_begins_with_its_initial_density() -> None:
    density = VoxelField(4, initial_density=0.7).density(points(3))
    assert density.tolist() == pytest.approx([0.7] * 3, rel=1e-5)


def test_many_points_give_what_few_give(monkeypatch: pytest.MonkeyPatch) -> None:
    field = filled(6)
    field.grid.data += torch.randn(field.grid.shape, generator=torch.Generator().manual_seed(3))
    at = torch.cat([points(5000), torch.ones(1, 3), -torch.ones(1, 3)])
    wanted = torch.randn(len(at), 3, generator=torch.Generator().manual_seed(4))
    grids = []
    for first in (4096, 10_000):
        monkeypatch.setattr(voxels, "_SORTED_FROM", first)
        field.grid.grad = None
        density, colour = field(at)
        functional.mse_loss(colour, wanted).backward()
        assert field.grid.grad is not None
        grids.append((density.detach(), colour.detach(), field.grid.grad))
    for one, two in zip(*grids, strict=True):
        torch.testing.assert_close(one, two)


def test_a_finer_grid_is_the_same_field() -> None:
    field = filled(5)
    field.grid.data[0, 0] = field.grid.data[0, 1]
    at = points(100)
    before = field(at)
    field.resize(9)
    assert field.grid.shape == (1, 4, 9, 9, 9)
    for one, two in zip(before, field(at), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)
    assert field.grid.requires_grad
