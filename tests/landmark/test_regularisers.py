"""Regularisers against closed forms and against their slow definitions."""

import math

import pytest
import torch

from engine.landmark import regularisers


def test_orientation_counts_only_what_turns_away() -> None:
    rays_d = torch.tensor([0.0, 1.0, 0.0]).expand(3, 3)
    slope = math.radians(60)
    normals = torch.tensor([[0, -1.0, 0], [0, 1.0, 0], [math.sin(slope), math.cos(slope), 0]])
    penalty = regularisers.orientation(torch.tensor([0.5, 0.5, 0.2]), normals, rays_d)
    assert penalty.tolist() == pytest.approx([0, 0.5, 0.2 * 0.25])


def test_opacity_is_soft_at_nothing() -> None:
    share = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
    value = regularisers.opacity(share)
    assert value.tolist() == pytest.approx([0.1, math.sqrt(1.01)])
    (slope,) = torch.autograd.grad(value.sum(), share)
    assert slope.tolist() == pytest.approx([0, 1 / math.sqrt(1.01)])


def test_entropy_is_highest_half_way() -> None:
    value = regularisers.entropy(torch.tensor([0.0, 0.5, 1.0, 0.25], dtype=torch.float64))
    expected = [0, math.log(2), 0, -0.25 * math.log(0.25) - 0.75 * math.log(0.75)]
    assert value.tolist() == pytest.approx(expected, abs=2e-4)


def test_entropy_of_the_ends_has_a_finite_gradient() -> None:
    share = torch.tensor([0.0, 1.0], requires_grad=True)
    regularisers.entropy(share).sum().backward()
    assert share.grad is not None
    assert share.grad.isfinite().all()


def test_sparsity_of_a_known_density() -> None:
    assert regularisers.sparsity(torch.tensor([0.0, 1.0])).tolist() == pytest.approx([0, math.log(3)])


def test_distortion_of_two_bins() -> None:
    weights, distance, lengths = torch.tensor([0.5, 0.25]), torch.tensor([1.0, 3.0]), torch.tensor([0.2, 0.4])
    expected = 2 * 0.5 * 0.25 * 2 + (0.25 * 0.2 + 0.0625 * 0.4) / 3
    assert regularisers.distortion(weights, distance, lengths).item() == pytest.approx(expected)


def test_distortion_of_an_even_ray_is_its_closed_form() -> None:
    bins = 400
    weights = torch.full((bins,), 1 / bins, dtype=torch.float64)
    distance = (torch.arange(bins, dtype=torch.float64) + 0.5) / bins
    # Two random points of [0, 1] are 1/3 apart.
    value = regularisers.distortion(weights, distance, torch.full_like(weights, 1 / bins))
    assert value.item() == pytest.approx(1 / 3, rel=1e-4)


def test_distortion_is_its_double_sum() -> None:
    generator = torch.Generator().manual_seed(0)
    weights, lengths = (torch.rand(3, 7, generator=generator, dtype=torch.float64) for _ in range(2))
    distance = lengths.cumsum(-1) - lengths / 2
    gaps = (distance[:, :, None] - distance[:, None]).abs()
    slow = (weights[:, :, None] * weights[:, None] * gaps).sum((1, 2)) + (weights**2 * lengths).sum(1) / 3
    torch.testing.assert_close(regularisers.distortion(weights, distance, lengths), slow)


def test_total_variation_of_a_ramp() -> None:
    up, north, east = torch.meshgrid(*[torch.arange(4.0)] * 3, indexing="ij")
    ramp = (east + 2 * north + 3 * up)[None, None]
    assert regularisers.total_variation(ramp).item() == pytest.approx(1 + 4 + 9)


def test_gradients() -> None:
    generator = torch.Generator().manual_seed(1)
    weights = torch.rand(2, 4, generator=generator, dtype=torch.float64).requires_grad_()
    normals = torch.randn(2, 4, 3, generator=generator, dtype=torch.float64).requires_grad_()
    rays_d = torch.randn(2, 4, 3, generator=generator, dtype=torch.float64)
    distance = torch.rand(2, 4, generator=generator, dtype=torch.float64).cumsum(-1).requires_grad_()
    grid = torch.rand(1, 2, 3, 3, 3, generator=generator, dtype=torch.float64).requires_grad_()
    check = torch.autograd.gradcheck
    assert check(lambda w, n: regularisers.orientation(w, n, rays_d), (weights, normals))
    assert check(lambda w, t: regularisers.distortion(w, t, torch.ones_like(t)), (weights, distance))
    assert check(regularisers.entropy, (weights,))
    assert check(regularisers.sparsity, (weights,))
    assert check(regularisers.opacity, (weights,))
    assert check(regularisers.total_variation, (grid,))
