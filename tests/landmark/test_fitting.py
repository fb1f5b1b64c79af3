"""Fitting: a painted ball is learned from its pictures, and everything that can go wrong on the way."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.errors import BadRequest, Cancelled, TrainingDiverged
from engine.landmark.camera import Camera, rays
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.fitting import FitConfig, FitStep, Fitter, View, fit
from engine.landmark.rendering import render_look
from engine.landmark.surroundings import Surroundings

SIZE_PX = 20
CONFIG = FitConfig(max_train_steps=60, rays_per_step=512, num_samples=32)


class Ball:
    """Opaque within 0.6 of the centre, coloured by where a point is."""

    def density(self, points: Tensor) -> Tensor:
        return torch.where(points.norm(dim=1) < 0.6, 100.0, 0.0)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), (points * 0.8 + 0.5).clamp(0, 1)


def view(azimuth_deg: float, elevation_deg: float = 0.0) -> View:
    camera = Camera(azimuth_deg, elevation_deg)
    look = render_look(Ball(), camera, SIZE_PX, SIZE_PX, num_samples=200)
    return View(camera, look.colour / look.opacity.clamp_min(1e-6)[..., None], look.opacity)


def plain(colour: tuple[float, float, float], alpha: float) -> View:
    picture = torch.tensor(colour).expand(SIZE_PX, SIZE_PX, 3)
    return View(Camera(0.0), picture, torch.full((SIZE_PX, SIZE_PX), alpha))


def seed() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def ring() -> list[View]:
    return [view(azimuth, elevation) for azimuth in range(0, 360, 45) for elevation in (-20, 20)]


def test_a_ball_is_learned_and_seen_from_new_sides(ring: list[View]) -> None:
    field, heard = VoxelField(20), []
    occupancy = fit(field, ring, CONFIG, seed(), heard.append)
    assert [step.step for step in heard] == list(range(1, 61))
    assert heard[-1].psnr > heard[0].psnr + 8
    assert heard[-1].rays_per_s > 0
    assert occupancy is not None
    assert occupancy.occupied.float().mean() < 0.5
    wanted, white = view(22.0, 5.0), torch.ones(3)
    look = render_look(field, wanted.camera, SIZE_PX, SIZE_PX, white, num_samples=32, occupancy=occupancy)
    assert wanted.alpha is not None
    alpha = wanted.alpha[..., None]
    error = (look.colour - (wanted.picture * alpha + 1 - alpha)).square().mean()
    assert -10 * math.log10(error.item()) > 25
    assert (look.opacity - wanted.alpha).abs().mean() < 0.05


def test_the_same_seed_gives_the_same_field(ring: list[View]) -> None:
    config = replace(CONFIG, max_train_steps=5)
    fields = [VoxelField(8) for _ in range(2)]
    for field in fields:
        fit(field, ring, config, seed())
    assert torch.equal(fields[0].grid, fields[1].grid)


def test_a_view_can_change_meanwhile() -> None:
    field = VoxelField(8)
    fitter = Fitter(field, [plain((1, 0, 0), 1.0), plain((1, 0, 0), 1.0)], CONFIG, seed())
    for _ in range(20):
        fitter.step()
    assert render_look(field, Camera(0.0), 4, 4).colour[2, 2, 0] > 0.8
    for number in range(2):
        fitter.show(number, plain((0, 0, 1), 1.0))
    for _ in range(60):
        fitter.step()
    red, _, blue = render_look(field, Camera(0.0), 4, 4).colour[2, 2].tolist()
    assert blue > 0.8 > 0.2 > red
    with pytest.raises(BadRequest, match="view 1 has 400 pixels, its new picture 16"):
        fitter.show(1, View(Camera(0.0), torch.zeros(4, 4, 3)))


def test_what_alpha_lets_through_becomes_empty() -> None:
    field = VoxelField(8, initial_density=2.0)
    assert render_look(field, Camera(0.0), 4, 4).opacity.min() > 0.9
    fit(field, [plain((1, 0, 0), 0.0)], CONFIG, seed())
    assert render_look(field, Camera(0.0), 4, 4).opacity.max() < 0.15


def test_the_surroundings_are_learned_along(ring: list[View]) -> None:
    """A sky that is blue in the north and red in the south, behind the ball."""
    views = []
    for each in ring:
        assert each.alpha is not None
        north = (rays(each.camera, SIZE_PX, SIZE_PX)[1][:, 1] > 0).float().view(SIZE_PX, SIZE_PX, 1)
        sky = north * torch.tensor([0.1, 0.1, 0.9]) + (1 - north) * torch.tensor([0.9, 0.1, 0.1])
        alpha = each.alpha[..., None]
        views.append(View(each.camera, each.picture * alpha + sky * (1 - alpha)))
    surroundings = Surroundings(8, 16)
    fitter = Fitter(VoxelField(16, initial_density=0.1), views, CONFIG, seed(), surroundings)
    first = fitter.step()
    for _ in range(59):
        last = fitter.step()
    assert last.psnr > first.psnr + 5
    north, south = surroundings(torch.tensor([[0.0, 1, 0], [0.0, -1, 0]]))
    assert north[2] > north[0] + 0.3
    assert south[0] > south[2] + 0.3


def test_regularisers_work_on_the_field(ring: list[View]) -> None:
    sharp, soft = VoxelField(12), VoxelField(12)
    fit(soft, ring, CONFIG, seed())
    fit(sharp, ring, replace(CONFIG, entropy_weight=0.1, distortion_weight=0.1), seed())
    rendered = [render_look(field, Camera(10.0), SIZE_PX, SIZE_PX).opacity for field in (soft, sharp)]
    undecided = [((opacity > 0.1) & (opacity < 0.9)).sum().item() for opacity in rendered]
    assert undecided[1] < undecided[0]


def test_a_loss_that_is_not_finite_changes_nothing_and_soon_stops() -> None:
    field = VoxelField(4)
    before = field.grid.detach().clone()
    fitter = Fitter(field, [View(Camera(0.0), torch.full((4, 4, 3), torch.nan))], CONFIG, seed())
    assert math.isnan(fitter.step().loss)
    fitter.step()
    with pytest.raises(TrainingDiverged, match="at step 3"):
        fitter.step()
    assert torch.equal(field.grid, before)


def test_hearing_can_stop_it(ring: list[View]) -> None:
    def stop(step: FitStep) -> None:
        if step.step == 2:
            raise Cancelled("stopped")

    field = VoxelField(4)
    with pytest.raises(Cancelled):
        fit(field, ring, CONFIG, seed(), stop)
    assert field.grid.abs().sum() > 0


def test_views_that_do_not_fit() -> None:
    with pytest.raises(BadRequest, match="no views"):
        Fitter(VoxelField(4), [], CONFIG, seed())
    with pytest.raises(BadRequest, match="alpha of"):
        View(Camera(0.0), torch.zeros(4, 4, 3), torch.zeros(3, 4))
