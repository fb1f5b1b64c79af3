"""Volume rendering against what can be worked out with a pencil."""

import math

import pytest
import torch

from engine.landmark import volume


@pytest.mark.parametrize("stretches", [1, 3, 50])
def test_a_constant_medium_fades_exponentially(stretches: int) -> None:
    density = torch.full((stretches,), 0.7, dtype=torch.float64)
    lengths = torch.full((stretches,), 2.0 / stretches, dtype=torch.float64)
    weights = volume.weights(density, lengths)
    assert volume.opacity(weights).item() == pytest.approx(1 - math.exp(-1.4))
    passed = volume.transmittance(density, lengths)
    expected = [math.exp(-1.4 * step / stretches) for step in range(stretches)]
    assert passed.tolist() == pytest.approx(expected)


def test_the_depth_of_a_constant_medium() -> None:
    stretches = 4000
    lengths = torch.full((stretches,), 3.0 / stretches, dtype=torch.float64)
    weights = volume.weights(torch.full_like(lengths, 0.5), lengths)
    distance = 1.0 + (torch.arange(stretches) + 0.5) * lengths
    # Integral of (1 + s) 0.5 exp(-0.5 s) over [0, 3], and what is left ends at 4.
    left = math.exp(-1.5)
    expected = (1 - left) + (2 - left * (3 + 2)) + left * 4
    got = volume.depth(weights, distance, torch.tensor(4.0, dtype=torch.float64)).item()
    assert got == pytest.approx(expected, abs=1e-5)


def test_two_slabs_before_a_background() -> None:
    density, lengths = torch.tensor([0.0, 2.0, 0.5]), torch.tensor([1.0, 0.3, 2.0])
    red, blue, white = torch.tensor([1.0, 0, 0]), torch.tensor([0, 0, 1.0]), torch.ones(3)
    first, second = math.exp(-0.6), math.exp(-1.0)
    weights = volume.weights(density, lengths)
    assert weights.tolist() == pytest.approx([0, 1 - first, first * (1 - second)])
    seen = volume.composite(weights, torch.stack([white, red, blue]), white)
    expected = (1 - first) * red + first * (1 - second) * blue + first * second * white
    torch.testing.assert_close(seen, expected)
    torch.testing.assert_close(
        volume.composite(weights, torch.stack([white, red, blue])), expected - first * second * white
    )


def test_alpha_keeps_its_digits_in_thin_air() -> None:
    assert volume.alphas(torch.tensor([1e-9]), torch.tensor([1.0])).item() == pytest.approx(1e-9)


def test_a_wall_does_not_round_away_the_air_before_it() -> None:
    passed = volume.transmittance(torch.tensor([0.1, 1e7]), torch.ones(2))
    assert passed.tolist() == pytest.approx([1.0, math.exp(-0.1)], rel=1e-6)
    weights = volume.weights(torch.tensor([0.0, 1e7, 1.0]), torch.ones(3))
    assert weights.tolist() == [0.0, 1.0, 0.0]


def test_gradients_once_and_twice() -> None:
    generator = torch.Generator().manual_seed(0)
    density, lengths = (torch.rand(2, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    values = torch.rand(2, 5, 3, generator=generator, dtype=torch.float64)
    background = torch.rand(2, 3, generator=generator, dtype=torch.float64)

    def rendered(density, lengths, values, background):
        weights = volume.weights(density, lengths)
        return volume.composite(weights, values, background), volume.depth(
            weights, lengths.cumsum(-1), lengths.sum(-1)
        )

    inputs = tuple(each.requires_grad_() for each in (density, lengths, values, background))
    assert torch.autograd.gradcheck(rendered, inputs)
    assert torch.autograd.gradgradcheck(rendered, inputs)
