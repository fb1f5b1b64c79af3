"""The prior: what the untouched base draws, once, and the same after a run was killed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from accelerate import Accelerator
from diffusers import StableDiffusionPipeline
from PIL import Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import load_pipeline
from engine.training.angle_config import AngleConfig
from engine.training.base import open_base
from engine.training.draws import prior_generator
from engine.training.prior import draw_prior
from engine.training.step import TrainingStep

QuickAngle = Callable[..., AngleConfig]
PROMPT = "A photo of Lund Cathedral"


@pytest.fixture(scope="module")
def accelerator() -> Accelerator:
    return Accelerator(cpu=True)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(int)


def angle_card(own: PlaceCard | None = None) -> PlaceCard:
    conditions = ("azimuth",) if own is None else (*own.conditions, "azimuth")
    return PlaceCard(name="Lund Cathedral", conditions=conditions, resolution_px=64)


def test_a_text_only_base_draws_what_it_draws_elsewhere(
    base: str, quick_angle: QuickAngle, tmp_path: Path, accelerator: Accelerator
) -> None:
    config = quick_angle(prior_count=2, lora_rank=2)
    pipe = open_base(base, angle_card(), config)
    drawn = draw_prior(pipe, PROMPT, False, config, tmp_path, accelerator)
    assert drawn["caption"].to_pylist() == [PROMPT] * 2
    elsewhere = StableDiffusionPipeline(
        vae=pipe.vae,
        text_encoder=pipe.text_encoder,
        tokenizer=pipe.tokenizer,
        unet=pipe.unet,
        scheduler=pipe.scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    elsewhere.set_progress_bar_config(disable=True)
    for index, path in enumerate(drawn["path"].to_pylist()):
        image = elsewhere(
            PROMPT,
            height=64,
            width=64,
            num_inference_steps=2,
            guidance_scale=config.guidance_scale,
            generator=prior_generator(config.seed, index),
        ).images[0]
        assert np.abs(np.asarray(image).astype(int) - pixels(tmp_path / path)).max() <= 2


def test_a_model_of_ours_draws_what_it_draws_without_a_place(
    city: str, quick_angle: QuickAngle, tmp_path: Path, accelerator: Accelerator
) -> None:
    untouched, config = load_pipeline(city, "cpu"), quick_angle(prior_count=1)
    pipe = open_base(city, angle_card(untouched.card), config)
    drawn = draw_prior(pipe, PROMPT, True, config, tmp_path, accelerator)
    untouched.set_progress_bar_config(disable=True)
    image = untouched(
        PROMPT,
        num_inference_steps=2,
        guidance_scale=config.guidance_scale,
        generator=prior_generator(config.seed, 0),
    ).images[0]
    assert np.abs(np.asarray(image).astype(int) - pixels(tmp_path / drawn["path"][0].as_py())).max() <= 2


def test_pictures_are_drawn_once_and_the_missing_ones_again_alike(
    base: str, quick_angle: QuickAngle, tmp_path: Path, accelerator: Accelerator
) -> None:
    told: list[TrainingStep] = []

    def draw(config: AngleConfig, prompt: str = PROMPT) -> list[Path]:
        told.clear()
        pipe = open_base(base, angle_card(), config)
        table = draw_prior(pipe, prompt, False, config, tmp_path, accelerator, told.append)
        return [tmp_path / path for path in table["path"].to_pylist()]

    paths = draw(quick_angle(prior_count=6))
    assert [step.step for step in told] == [4, 8]
    assert {step.stage for step in told} == {"prior"}
    before = [path.read_bytes() for path in paths]
    assert len({*before}) == 6
    paths[5].unlink()
    # Neither LoRA layers nor the seed-made encoder of the azimuth are the base's.
    assert draw(quick_angle(prior_count=6, lora_rank=2)) == paths
    assert [step.max_train_steps for step in told] == [4]
    assert [path.read_bytes() for path in paths] == before
    assert draw(quick_angle(prior_count=6)) == paths
    assert told == []
    for config, prompt in ((quick_angle(prior_count=1, guidance_scale=2.0), PROMPT), (quick_angle(), "x")):
        assert draw(config, prompt)[0].parent != paths[0].parent
        assert told != []
