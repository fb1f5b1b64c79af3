"""The base `small`: pictures of 256 px, weights that fit into a repository, and the way to disk and back."""

from pathlib import Path

import pytest
import torch

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import load_base, load_pipeline, save_pipeline
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.small import build_small
from engine.geo.region import Box

CONDITIONS = ("longitude", "latitude", "heading", "hour", "month")
WHERE = {"latitude": 40.75, "longitude": -73.98, "hour": 21.0}


@pytest.fixture(scope="module")
def small() -> PlacePipeline:
    box = Box(south=40.7, west=-74.03, north=40.88, east=-73.9)
    pipe = build_small(PlaceCard(name="Manhattan", box=box, conditions=CONDITIONS, resolution_px=256))
    pipe.set_progress_bar_config(disable=True)
    return pipe


def picture(pipe: PlacePipeline) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return pipe("a street", WHERE, num_inference_steps=1, generator=generator, output_type="pt").images


def test_it_makes_pictures_of_256_px_from_latents_of_16(small: PlacePipeline) -> None:
    assert small.vae_scale_factor == 16
    assert picture(small).shape == (1, 3, 256, 256)


def test_in_half_precision_it_weighs_less_than_58_megabytes(small: PlacePipeline) -> None:
    parts = (small.vae, small.text_encoder, small.unet, small.place_encoder)
    assert sum(weight.numel() for part in parts for weight in part.parameters()) * 2 < 58e6


def test_the_same_seed_gives_the_same_weights(small: PlacePipeline) -> None:
    again = build_small(small.card)
    for part in ("vae", "unet", "place_encoder", "text_encoder"):
        first, second = getattr(small, part).state_dict(), getattr(again, part).state_dict()
        assert all(torch.equal(first[name], second[name]) for name in first)


def test_it_goes_to_disk_in_half_precision_and_comes_back(small: PlacePipeline, tmp_path: Path) -> None:
    expected = picture(small)
    halved = build_small(small.card).to(dtype=torch.float16)
    save_pipeline(halved, tmp_path / "model")
    loaded = load_pipeline(tmp_path / "model", "cpu")
    loaded.set_progress_bar_config(disable=True)
    assert loaded.unet.dtype == loaded.vae.dtype == loaded.place_encoder.dtype == torch.float32
    assert (picture(loaded) - expected).abs().max() < 0.02


def test_it_is_a_base_by_name(small: PlacePipeline) -> None:
    pipe = load_base("small", small.card)
    assert pipe.card.base_model == "small"
    assert pipe.place_encoder.config.conditions == CONDITIONS
