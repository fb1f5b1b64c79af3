"""The hash grid: its levels, their tables, and that a level interpolates between its corners."""

import pytest
import torch

from engine.landmark.fields.hash_grid import HashGridField


def test_levels_grow_geometrically_and_tables_stop_growing() -> None:
    field = HashGridField(5, coarsest=4, finest=64, log2_table_size=10)
    assert field.cells == [4, 8, 16, 32, 64]
    assert field.rows == [125, 729, 1024, 1024, 1024]
    assert field.table.shape == (125 + 729 + 3 * 1024, 2)


def test_a_level_that_fits_its_table_interpolates_between_its_corners() -> None:
    field = HashGridField(1, coarsest=3, finest=3, num_features=3, log2_table_size=6)
    steps = torch.linspace(-1, 1, 4)
    up, north, east = torch.meshgrid(steps, steps, steps, indexing="ij")
    field.table.data = torch.stack([east, north, up], dim=-1).reshape(-1, 3)
    at = torch.rand(50, 3, generator=torch.Generator().manual_seed(0)) * 2 - 1
    torch.testing.assert_close(field._features(at), at)
    corners = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 3)
    torch.testing.assert_close(field._features(corners), corners)


def test_a_hashed_level_is_continuous_and_uses_its_whole_table() -> None:
    torch.manual_seed(0)
    field = HashGridField(1, coarsest=32, finest=32, log2_table_size=8)
    field.table.data.normal_(generator=torch.Generator().manual_seed(1))
    edge = torch.tensor([[2 / 32 * 5 - 1, 0.313, -0.717]])
    nudge = torch.tensor([[1e-5, 0.0, 0.0]])
    torch.testing.assert_close(
        field._features(edge - nudge), field._features(edge + nudge), atol=1e-2, rtol=0
    )
    at = torch.rand(4000, 3, generator=torch.Generator().manual_seed(2)) * 2 - 1
    field._features(at).sum().backward()
    assert field.table.grad is not None
    touched = (field.table.grad.abs().sum(1) > 0).float().mean().item()
    assert touched == pytest.approx(1.0, abs=0.01)
