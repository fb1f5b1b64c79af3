"""What every field promises: densities, colours, gradients, a blob to begin with, and a state that can be kept."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.landmark.fields.activation import Blob, exponential
from engine.landmark.fields.frequency import FrequencyField
from engine.landmark.fields.hash_grid import HashGridField
from engine.landmark.fields.voxels import VoxelField

Build = Callable[[Blob | None], nn.Module]
BUILDS: dict[str, Build] = {
    "voxels": lambda blob: VoxelField(4, blob=blob),
    "hash grid": lambda blob: HashGridField(3, 2, 8, log2_table_size=6, width=6, blob=blob),
    "frequency": lambda blob: FrequencyField(2, 6, 2, blob=blob),
}


@pytest.fixture(params=BUILDS)
def build(request: pytest.FixtureRequest) -> Build:
    torch.manual_seed(0)
    return BUILDS[request.param]


def points(count: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return (torch.rand(count, 3, generator=generator, dtype=torch.float64) * 2 - 1) * 0.95


def shaken(field: nn.Module) -> nn.Module:
    """The field in double precision, away from where it begins."""
    generator = torch.Generator().manual_seed(1)
    for parameter in field.double().parameters():
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return field


def test_densities_and_colours_are_in_their_ranges(build: Build) -> None:
    field = shaken(build(None))
    density, colour = field(points(300))
    assert density.shape == (300,)
    assert colour.shape == (300, 3)
    assert density.min() >= 0
    assert 0 <= colour.min() < colour.max() <= 1
    torch.testing.assert_close(field.density(points(300)), density)


def test_gradients(build: Build) -> None:
    field = shaken(build(Blob()))
    names = [name for name, _ in field.named_parameters()]

    def both(at: Tensor, *parameters: Tensor) -> tuple[Tensor, Tensor]:
        return torch.func.functional_call(field, dict(zip(names, parameters, strict=True)), (at,))

    inputs = [points(3), *[parameter.detach() for parameter in field.parameters()]]
    assert torch.autograd.gradcheck(both, [each.requires_grad_() for each in inputs])


def test_a_kept_state_gives_the_same_field(build: Build, tmp_path: Path) -> None:
    field = shaken(build(None)).float()
    save_file(field.state_dict(), tmp_path / "field.safetensors")
    torch.manual_seed(5)
    other = build(None)
    other.load_state_dict(load_file(tmp_path / "field.safetensors"))
    at = points(20).float()
    for one, two in zip(field(at), other(at), strict=True):
        assert torch.equal(one, two)


def test_a_blob_is_dense_in_the_middle_only(build: Build) -> None:
    bare, blob = build(None), build(Blob(strength=8.0, radius=0.5))
    places = torch.tensor([[0.0, 0.0, 0.0], [0.9, 0.9, 0.9]])
    without, with_blob = bare.density(places), blob.density(places)
    assert with_blob[0] > 20 * without[0]
    assert with_blob[1] < without[1] / 20


def test_the_blob_s_formula() -> None:
    at = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert Blob(5.0, 0.5).at(at).tolist() == [5, 0, -5]


def test_the_exponential_is_finite_and_keeps_its_slope() -> None:
    raw = torch.tensor([0.0, 3.0, 500.0], requires_grad=True)
    value = exponential(raw)
    assert value.tolist() == pytest.approx([1, math.exp(3), math.exp(11)], rel=1e-5)
    value.sum().backward()
    torch.testing.assert_close(raw.grad, value.detach())


@pytest.mark.parametrize("build", [BUILDS["hash grid"], BUILDS["frequency"]])
def test_perceptrons_can_be_differentiated_twice(build: Build) -> None:
    field = shaken(build(None))

    def density(at: Tensor) -> Tensor:
        return field.density(at)

    assert torch.autograd.gradgradcheck(density, (points(2).requires_grad_(),))


def test_the_plain_nerf_does_not_mistake_a_face_for_the_opposite_one() -> None:
    torch.manual_seed(0)
    field = shaken(FrequencyField(2, 16, 4))
    east, west = field.density(torch.tensor([[1.0, 0.2, 0.3], [-1.0, 0.2, 0.3]], dtype=torch.float64))
    assert abs(east - west) > 1e-3 * east
