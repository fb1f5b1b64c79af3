"""Dataset update: with a perfect model of a ball in four colours, a ball in four colours stands where it belongs."""

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera, project
from engine.landmark.distillation.beginning import ring
from engine.landmark.distillation.dataset_update import DatasetUpdate
from engine.landmark.distillation.distiller import Distiller
from engine.landmark.rendering import render_look

COLOURS = torch.tensor([[0.9, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.2, 0.9], [0.9, 0.8, 0.1]])
"""Of what faces north, east, south and west."""
SKY, SIZE_PX = 0.55, 24


class Ball:
    """Opaque within 0.6 of the centre, with one colour for each quarter of the compass."""

    def density(self, points: Tensor) -> Tensor:
        return torch.where(points.norm(dim=1) < 0.6, 100.0, 0.0)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        bearing = torch.atan2(points[:, 0], points[:, 1])
        return self.density(points), COLOURS[(bearing / (math.pi / 2)).round().long() % 4]


def true_picture(camera: Camera) -> Tensor:
    look = render_look(Ball(), camera, SIZE_PX, SIZE_PX, num_samples=96)
    return (look.colour + (1 - look.opacity[..., None]) * SKY).permute(2, 0, 1)


class Perfect:
    """What a teacher would be that knows the ball exactly: its latents are its pictures, and of every side it knows
    that pictures are normal around the true one (the best denoiser in closed form).
    """

    latent_shape, device, kind = (3, SIZE_PX, SIZE_PX), torch.device("cpu"), "v_prediction"
    spread = 0.05

    def timestep(self, part: float) -> int:
        return round(part * 999)

    def alpha_bar(self, timestep: int) -> float:
        return math.cos(max(timestep, 0) / 999 * math.pi / 2) ** 2

    def tokens(self, cameras: Sequence[Camera]) -> Tensor:
        return torch.stack([true_picture(camera) for camera in cameras])

    def branches(self, noisy: Tensor, timestep: int, tokens: Tensor) -> tuple[Tensor, Tensor]:
        level = self.alpha_bar(timestep)
        a, s = math.sqrt(level), math.sqrt(1 - level)
        off = (noisy - a * tokens) / (level * self.spread**2 + 1 - level)
        prediction = a * s * off - s * (tokens + a * self.spread**2 * off)
        return prediction, prediction

    def guided(self, noisy: Tensor, timestep: int, tokens: Tensor, weight: float) -> Tensor:
        return self.branches(noisy, timestep, tokens)[0]

    def encode(self, pictures: Tensor) -> Tensor:
        return functional.interpolate(pictures, (SIZE_PX, SIZE_PX), mode="bilinear")

    def decode(self, latents: Tensor) -> Tensor:
        return latents.clamp(0, 1)


def settings(quick, **changes):
    return quick(
        **{
            "method": "dataset-update",
            "field_cells": 24,
            "render_px": SIZE_PX,
            "num_samples": 32,
            "ring_views": 8,
            "rounds": 3,
            "passes": 0,
            "views_per_step": 4,
            "inference_steps": 6,
            "fit_steps": 20,
            "rays_per_step": 1024,
            "learning_rate": 0.2,
            "elevation_deg": (0, 0),
        }
        | changes
    )


def grown(config, steps: int | None = None, teacher: Perfect | None = None) -> DatasetUpdate:
    growth = DatasetUpdate(teacher or Perfect(), config, torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    for _ in range(config.steps if steps is None else steps):
        growth.step()
    return growth


@pytest.mark.parametrize("empty", ["border", "learned"])
def test_every_side_is_where_the_model_says(quick, empty: str) -> None:
    growth = grown(settings(quick, empty=empty))
    for quarter, azimuth in enumerate((0.0, 90.0, 180.0, 270.0)):
        camera = Camera(azimuth + 11.0)  # not one of the ring's
        look = render_look(growth.field, camera, SIZE_PX, SIZE_PX, occupancy=growth.occupancy)
        middle = look.colour[10:14, 10:14].mean((0, 1))
        assert (COLOURS - middle).norm(dim=1).argmin() == quarter
        assert (middle - COLOURS[quarter]).norm() < 0.3
        true = render_look(Ball(), camera, SIZE_PX, SIZE_PX, num_samples=96).opacity > 0.5
        there = look.opacity > 0.5
        assert (there & true).sum() / (there | true).sum() > 0.75
    assert (growth.background is None) == (empty == "border")


def test_its_views_come_before_the_sky_of_its_pictures(quick) -> None:
    growth = grown(settings(quick))
    rendered = growth.rendered([0, 3])
    assert (rendered[:, :, 0, 0] - SKY).abs().max() < 0.1
    assert (rendered[0] - true_picture(growth.cameras[0])).abs().mean() < 0.08


def test_the_first_lot_already_looks_from_all_around(quick) -> None:
    growth = grown(settings(quick), steps=1)
    made = growth.pictures.flatten(1).sum(1) > 0
    assert made.tolist() == [True, False] * 4
    assert growth.sky is not None
    assert (growth.sky[:, 0, 0] - SKY).abs().max() < 0.1  # what is not made yet does not darken it
    assert growth.steps_done == 1
    assert not growth.resumable
    growth.step()
    assert growth.resumable


class Unsteady(Perfect):
    """Aims too high in every other view, too low in those between."""

    def tokens(self, cameras: Sequence[Camera]) -> Tensor:
        up = [2 if round(camera.azimuth_deg / 45) % 2 else -2 for camera in cameras]
        true = super().tokens(cameras)
        return torch.stack([picture.roll(rows, dims=1) for picture, rows in zip(true, up, strict=True)])


def test_passes_bring_views_together_that_were_aimed_differently(quick) -> None:
    growth = grown(settings(quick, rounds=1, passes=3, fit_steps=60), teacher=Unsteady())
    rows = growth.moves[:, 2] * SIZE_PX / 2
    assert rows[::2].tolist() == pytest.approx([2] * 4, abs=0.7)
    assert rows[1::2].tolist() == pytest.approx([-2] * 4, abs=0.7)
    camera = Camera(20.0)
    there = render_look(growth.field, camera, SIZE_PX, SIZE_PX, occupancy=growth.occupancy).opacity > 0.5
    true = render_look(Ball(), camera, SIZE_PX, SIZE_PX, num_samples=96).opacity > 0.5
    assert (there & true).sum() / (there | true).sum() > 0.7


def test_a_pass_only_fits_and_can_be_kept_at_its_end(quick) -> None:
    config = settings(quick, rounds=1, passes=1)
    growth = grown(config, steps=config.steps // 2)
    pictures, field = growth.pictures.clone(), growth.field
    growth.step()
    assert torch.equal(growth.pictures, pictures)
    assert growth.field is not field
    assert not growth.resumable
    growth.step()
    assert growth.resumable
    again = grown(config, steps=0)
    again.restore(growth.tensors())
    assert torch.equal(again.moves, growth.moves)


class Tilted(Perfect):
    """Aims up: the ball lies low in all pictures, before a meadow that begins there too. It knows no distance."""

    knows_distance = False

    def tokens(self, cameras: Sequence[Camera]) -> Tensor:
        pictures = super().tokens([Camera(camera.azimuth_deg) for camera in cameras]).roll(4, dims=2)
        pictures[:, :, 20:] = torch.tensor([0.3, 0.6, 0.2])[:, None, None]
        return pictures


def test_cameras_learn_from_the_pictures_where_they_stand(quick) -> None:
    config = settings(quick, rounds=1, passes=2, fit_steps=40, standpoint="pictured")
    growth = grown(config, steps=1, teacher=Tilted())
    began = growth.cameras[0]
    assert growth.config != config
    assert began.position[2] < began.target_up - 0.1  # it looks up
    pixels, _ = project(began, torch.tensor([[0.0, -1e4, began.position[2]]]), SIZE_PX, SIZE_PX)
    assert pixels[0, 1].item() == pytest.approx(20, abs=1)
    growth = grown(config, teacher=Tilted())
    assert growth.cameras[0] != began
    assert growth.cameras == ring(8, growth.config)
    assert growth.alphas[:, 23:].max() == 0  # below the horizon nothing is the landmark
    again = grown(config, steps=0, teacher=Tilted())
    again.restore(growth.tensors())
    assert again.cameras == growth.cameras


def test_a_run_whose_cameras_moved_goes_on_as_if_it_had_not_stopped(quick) -> None:
    config = settings(quick, rounds=1, passes=2, fit_steps=10, standpoint="pictured")
    whole = grown(config, teacher=Tilted())
    half = grown(config, steps=4, teacher=Tilted())
    assert half.resumable
    again = grown(config, steps=0, teacher=Tilted())
    again.restore(half.tensors())
    while again.steps_done < config.steps:
        again.step()
    for name, value in whole.tensors().items():
        assert torch.equal(again.tensors()[name], value), name


def test_cameras_stay_where_they_are_stated(quick) -> None:
    config = settings(quick, rounds=1, passes=1)
    assert grown(config).config == config


def test_noise_can_be_less_than_usual(quick) -> None:
    usual, less = (grown(settings(quick, noise_scale=scale), steps=0).noise for scale in (1.0, 0.4))
    assert torch.allclose(less, usual * 0.4)


def test_all_azimuths_share_one_noise(quick) -> None:
    growth = grown(settings(quick), steps=0)
    assert growth.noise.shape == (1, 3, SIZE_PX, SIZE_PX)
    assert growth.noise.std() == pytest.approx(1, abs=0.05)


def test_score_distillation_finds_the_sides_too(quick) -> None:
    config = settings(
        quick,
        method="sds",
        learning_rate=0.05,
        first_timesteps=(0.5, 0.7),
        last_timesteps=(0.1, 0.4),
        anneal_steps=100,
        max_train_steps=250,
        shading_from_step=1000,
        background="learned",
        opacity_weight=0.0,
        orientation_weight=0.0,
    )
    growth = Distiller(Perfect(), config, torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    for _ in range(config.steps):
        growth.step()
    for quarter, azimuth in enumerate((0.0, 90.0, 180.0, 270.0)):
        look = render_look(growth.field, Camera(azimuth), SIZE_PX, SIZE_PX, occupancy=growth.occupancy)
        middle = look.colour[10:14, 10:14].mean((0, 1))
        assert (COLOURS - middle).norm(dim=1).argmin() == quarter
