"""Prior preservation: the loss by its closed form, and a pass that holds photos and pictures of the base."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.pipeline import PlacePipeline
from engine.training.angle_config import AngleConfig
from engine.training.dataset import Dataset
from engine.training.denoiser import Batch, Denoiser, draw_batch
from engine.training.preservation import pass_weights, preserving

QuickAngle = Callable[..., AngleConfig]


@given(
    errors=st.lists(st.floats(0, 10), min_size=1, max_size=8),
    prior_errors=st.lists(st.floats(0, 10), min_size=1, max_size=8),
    prior_loss_weight=st.floats(0, 5),
)
def test_the_weighed_mean_is_the_papers_loss(
    errors: list[float], prior_errors: list[float], prior_loss_weight: float
) -> None:
    counts = torch.linspace(0.5, 1.5, len(errors), dtype=torch.float64)
    weights = pass_weights(counts, len(prior_errors), prior_loss_weight)
    recon, prior = (torch.tensor(each, dtype=torch.float64) for each in (errors, prior_errors))
    expected = (recon * counts).mean() + prior_loss_weight * prior.mean()
    assert (torch.cat([recon, prior]) * weights).mean().item() == pytest.approx(expected.item(), abs=1e-9)


def test_the_loss_of_a_pass_is_that_of_its_photos_and_of_the_prior(
    pipe: PlacePipeline, dataset: Dataset, quick_angle: QuickAngle
) -> None:
    prior = replace(dataset, values=torch.full_like(dataset.values, torch.nan))
    rows = torch.arange(5)
    denoiser, cpu = Denoiser(pipe), torch.device("cpu")
    for weight in (1.0, 0.25):
        config = quick_angle(prior_batch_size=3, prior_loss_weight=weight)
        draw = preserving(torch.ones(len(dataset)), prior)
        batch = draw(dataset, rows, config, 1000, torch.Generator().manual_seed(2))
        assert len(batch.latents) == 5 + 3
        assert batch.values[5:].isnan().all()
        assert not batch.values[:5, :2].isnan().any()

        def loss(weights: torch.Tensor | None, batch: Batch = batch) -> float:
            with torch.no_grad():
                return replace(batch, weights=weights).loss(denoiser, pipe.scheduler, cpu).item()

        is_photo = torch.arange(8) < 5
        recon, kept = (
            loss(is_photo * 8 / 5),
            loss(~is_photo * 8 / 3),
        )  # means over the photos and over the prior
        assert recon != pytest.approx(kept, rel=1e-3)
        assert loss(batch.weights) == pytest.approx(recon + weight * kept, rel=1e-5)


def test_the_photos_are_drawn_as_without_a_prior(dataset: Dataset, quick_angle: QuickAngle) -> None:
    rows, config = torch.arange(4), quick_angle(text_only_probability=0.5)
    weights = torch.arange(len(dataset), dtype=torch.float32)
    plain = draw_batch(dataset, rows, config, 1000, torch.Generator().manual_seed(3))
    for prior in (None, dataset):
        drawn = preserving(weights, prior)(dataset, rows, config, 1000, torch.Generator().manual_seed(3))
        assert torch.equal(drawn.timesteps[:4], plain.timesteps)
        assert torch.equal(drawn.noise(torch.device("cpu"))[:4], plain.noise(torch.device("cpu")))
        assert torch.equal(drawn.values[:4].isnan(), plain.values.isnan())
        assert drawn.weights is not None
        assert torch.allclose(drawn.weights[:4] / drawn.weights[1], weights[:4])  # photo 1 counts 1
