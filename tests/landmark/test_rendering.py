"""Rendering: fields that can be worked out by hand, seen by rays, with every short cut on and off."""

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from engine.landmark.camera import Camera, rays
from engine.landmark.fields.hash_grid import HashGridField
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import (
    Lambert,
    intersect_cube,
    outward_normals,
    render,
    render_look,
    render_picture,
)

RED = (1.0, 0.2, 0.1)


@dataclass(frozen=True)
class Fog:
    """The same everywhere in the cube."""

    thickness: float

    def density(self, points: Tensor) -> Tensor:
        return torch.full_like(points[:, 0], self.thickness)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points.new_tensor(RED).expand_as(points)


@dataclass(frozen=True)
class Ball:
    """Dense inside, with a soft edge at its radius; coloured by where a point is."""

    radius: float = 0.5
    softness: float = 0.02

    def density(self, points: Tensor) -> Tensor:
        return 100 * torch.sigmoid((self.radius - points.norm(dim=-1)) / self.softness)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points / 2 + 0.5


def looked(azimuth_deg: float = 20.0, size_px: int = 12) -> tuple[Tensor, Tensor]:
    return rays(Camera(azimuth_deg, elevation_deg=10.0), size_px, size_px)


def test_where_rays_enter_and_leave_the_cube() -> None:
    rays_o = torch.tensor([[0.0, -3, 0], [0.0, 0.5, 0], [0, -3, 2], [0.0, 3, 0], [-2, -2, 0]])
    diagonal = math.sqrt(0.5)
    rays_d = torch.tensor([[0.0, 1, 0], [0, 1, 0], [0, 1, 0], [0, 1, 0], [diagonal, diagonal, 0]])
    near, far = intersect_cube(rays_o, rays_d)
    assert near[:2].tolist() == [2.0, 0.0]
    assert far[:2].tolist() == [4.0, 0.5]
    assert (far - near)[2:4].tolist() == [0.0, 0.0]
    assert near[4].item() == pytest.approx(math.sqrt(2))
    assert far[4].item() == pytest.approx(3 * math.sqrt(2), rel=1e-6)


@pytest.mark.parametrize("num_samples", [1, 64])
def test_fog_is_as_thick_as_the_way_through_it(num_samples: int) -> None:
    rays_o, rays_d = looked()
    near, far = intersect_cube(rays_o, rays_d)
    seen = render(Fog(0.8), rays_o, rays_d, num_samples=num_samples, background=torch.tensor([0.0, 0, 1]))
    opacity = 1 - torch.exp(-0.8 * (far - near))
    torch.testing.assert_close(seen.opacity, opacity)
    expected = opacity[:, None] * torch.tensor(RED) + (1 - opacity)[:, None] * torch.tensor([0.0, 0, 1])
    torch.testing.assert_close(seen.colour, expected)


def test_rays_that_miss_see_the_background_alone() -> None:
    rays_o = torch.tensor([[0.0, -3, 2], [0, -3, 0]])
    rays_d = torch.tensor([[0.0, 1, 0], [0, 1, 0]])
    behind = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    seen = render(Fog(1e3), rays_o, rays_d, background=behind)
    assert seen.colour[0].tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert seen.colour[1].tolist() == pytest.approx(RED)
    assert seen.opacity.tolist() == [0, 1]
    assert seen.depth[1].item() == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("field", [Fog(1.0), VoxelField(4), HashGridField(2, 2, 4, log2_table_size=4)])
def test_a_picture_without_the_cube_is_empty_and_can_be_learned_from(field) -> None:
    behind = torch.ones(5, 3, requires_grad=True)
    away = torch.tensor([[0.0, -1, 0]]).expand(5, 3)
    seen = render(field, 3 * away, away, background=behind, normals="finite")
    seen.colour.sum().backward()
    assert seen.opacity.tolist() == [0] * 5
    assert behind.grad is not None
    assert behind.grad.tolist() == [[1.0] * 3] * 5


def test_short_cuts_do_not_change_the_picture() -> None:
    rays_o, rays_d = looked(size_px=24)
    occupancy = Occupancy(resolution=16, threshold=0.02)
    generator = torch.Generator().manual_seed(0)
    for _ in range(12):
        occupancy.update(Ball(), generator)
    assert 0.05 < occupancy.occupied.float().mean() < 0.25
    plain = render(Ball(), rays_o, rays_d, skip_hidden=False)
    quick = render(Ball(), rays_o, rays_d, occupancy=occupancy)
    assert len(quick.samples.ray) < len(plain.samples.ray) / 4
    torch.testing.assert_close(quick.colour, plain.colour, atol=1e-2, rtol=0)
    torch.testing.assert_close(quick.depth, plain.depth, atol=2e-2, rtol=0)


def test_the_samples_tell_the_whole_story() -> None:
    rays_o, rays_d = looked()
    samples = render(Ball(), rays_o, rays_d, num_samples=32).samples
    total = torch.zeros(len(rays_o)).index_add(0, samples.ray, samples.seen)
    torch.testing.assert_close(total, samples.weights.sum(1))
    distance = (samples.points - rays_o[samples.ray]).norm(dim=1)
    inside = (distance[:, None] - samples.distance[samples.ray]).abs().amin(1)
    assert inside.max() < 1e-5
    assert torch.equal(samples.density, Ball().density(samples.points))


def test_random_samples_are_right_on_average_and_repeat_with_their_seed() -> None:
    rays_o, rays_d = looked(size_px=6)
    exact = render(Ball(), rays_o, rays_d, num_samples=512)
    rough = [
        render(Ball(), rays_o, rays_d, num_samples=8, generator=torch.Generator().manual_seed(seed)).opacity
        for seed in range(200)
    ]
    assert torch.equal(
        rough[3],
        render(Ball(), rays_o, rays_d, num_samples=8, generator=torch.Generator().manual_seed(3)).opacity,
    )
    assert not torch.equal(rough[0], rough[1])
    # Thick stretches stop a little more or less than thin ones, so the mean is near and not equal.
    assert (torch.stack(rough).mean(0) - exact.opacity).abs().max() < 0.05


@pytest.mark.parametrize("by", ["analytic", "finite"])
def test_the_normals_of_a_ball_point_away_from_its_middle(by) -> None:
    directions = torch.nn.functional.normalize(
        torch.randn(50, 3, generator=torch.Generator().manual_seed(0)), dim=1
    )
    normals = outward_normals(Ball(softness=0.1), 0.5 * directions, by)
    torch.testing.assert_close(normals, directions, atol=2e-3, rtol=0)
    seen = render(Ball(), *looked(), normals=by, num_samples=256)
    assert seen.normals is not None
    middle = seen.normals.view(12, 12, 3)[5:7, 5:7].mean((0, 1))
    towards = torch.nn.functional.normalize(torch.tensor(Camera(20.0, 10.0).position), dim=0)
    assert (middle @ towards).item() > 0.95


def test_fog_has_no_normals() -> None:
    assert outward_normals(Fog(1.0), torch.zeros(2, 3), "finite").tolist() == [[0, 0, 0]] * 2


def test_a_loss_can_depend_on_exact_normals() -> None:
    field = HashGridField(2, 2, 4, log2_table_size=6, width=8)
    points = torch.rand(6, 3, generator=torch.Generator().manual_seed(0)) - 0.5
    outward_normals(field, points, "analytic")[:, 0].sum().backward()
    assert field.table.grad is not None
    assert field.table.grad.abs().sum() > 0
    with torch.no_grad():
        assert not outward_normals(field, points, "analytic").requires_grad


def test_light_from_the_side() -> None:
    lamp = Lambert((0.0, 0.0, 1.0), ambient=0.25)
    normals = torch.tensor([[0.0, 0, 1], [0, 0, -1], [0, math.sqrt(0.75), 0.5]])
    albedo = torch.tensor([0.8, 0.4, 0.2]).expand(3, 3)
    shares = torch.tensor([1.0, 0.25, 0.25 + 0.75 * 0.5])
    torch.testing.assert_close(lamp.shaded(albedo, normals), albedo * shares[:, None])
    white = Lambert((0.0, 0.0, 1.0), ambient=0.25, textureless=True).shaded(albedo, normals)
    torch.testing.assert_close(white, shares[:, None].expand(3, 3))


def test_a_lamp_above_makes_the_upper_half_brighter() -> None:
    camera = Camera(0.0)
    lit = render_look(Ball(), camera, 16, 16, lambert=Lambert((0.0, 0.0, 1.0), textureless=True))
    brightness = lit.colour[:, 8, 0]
    assert brightness[5] > brightness[8] + 0.1
    assert lit.normals is not None
    assert lit.normals[5, 8, 2] > 0.3
    assert lit.normals[8, 8, 1] > 0.9


def test_a_picture_in_pieces_is_the_whole_picture() -> None:
    camera, white = Camera(30.0), torch.ones(3)
    whole = render_look(Ball(), camera, 10, 8, white)
    pieces = render_look(Ball(), camera, 10, 8, white, chunk_rays=7)
    assert whole.colour.shape == (8, 10, 3)
    torch.testing.assert_close(pieces.colour, whole.colour)
    torch.testing.assert_close(pieces.depth, whole.depth)
    torch.testing.assert_close(render_picture(Ball(), camera, 10, 8, white), whole.colour)
    assert whole.opacity[0, 0] == 0
    assert whole.opacity[4, 5] > 0.99
    assert whole.depth[4, 5].item() == pytest.approx(2.5, abs=0.05)


def test_gradients_of_a_whole_rendering() -> None:
    rays_o, rays_d = (each.double() for each in looked(size_px=3))
    generator = torch.Generator().manual_seed(0)
    inputs = tuple(torch.rand(3, generator=generator, dtype=torch.float64).requires_grad_() for _ in range(2))

    def rendered(shape: Tensor, tint: Tensor) -> Tensor:
        class Soft:
            def density(self, points: Tensor) -> Tensor:
                return torch.exp(2 - (points.square() * (1 + shape)).sum(-1) * 4)

            def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
                return self.density(points), torch.sigmoid(points * 3 + tint)

        seen = render(
            Soft(), rays_o, rays_d, num_samples=6, lambert=Lambert((0.0, 0.6, 0.8)), skip_hidden=False
        )
        return torch.cat([seen.colour, seen.opacity[:, None], seen.depth[:, None]], dim=1)

    assert torch.autograd.gradcheck(rendered, inputs)
