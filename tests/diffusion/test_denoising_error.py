"""The denoising error: a direct computation gives the same, and neither chunks nor company change it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler

from engine.diffusion.autoencoder import encode_images
from engine.diffusion.denoising_error import TIMESTEPS, DenoisingError
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadRequest, Cancelled
from engine.geo.place import Place

PLACES = [Place(55.69 + 0.002 * number, 13.18 + 0.003 * number) for number in range(7)]
IMAGE = torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(5)) * 2 - 1


@pytest.mark.parametrize("draw", [0, 1])
def test_one_place_and_one_draw_by_hand(shared_tiny: PlacePipeline, draw: int) -> None:
    error = DenoisingError(shared_tiny, IMAGE, 2, seed=4, prompt="a square", conditions={"heading": 90.0})
    generator = torch.Generator("cpu").manual_seed(4)
    share = (torch.rand((), generator=generator, dtype=torch.float64) + draw * (5**0.5 - 1) / 2) % 1
    timestep = ((TIMESTEPS[0] + (TIMESTEPS[1] - TIMESTEPS[0]) * share) * 1_000).long()
    with torch.no_grad():
        latents = encode_images(shared_tiny.vae, IMAGE[None])
        noise = [torch.randn(latents.shape, generator=generator) for _ in range(2)][draw]
        alpha = shared_tiny.scheduler.alphas_cumprod[timestep]
        noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
        here = {"latitude": PLACES[2].latitude, "longitude": PLACES[2].longitude, "heading": 90.0}
        text, place = shared_tiny.encode_prompt(["a square"]), shared_tiny.encode_place([here])
        prediction = shared_tiny.unet(noisy, timestep, torch.cat([text, place], dim=1)).sample
    assert error.timesteps[draw] == timestep
    assert error([PLACES[2]], draw) == pytest.approx([float((prediction - noise).square().mean())], rel=1e-5)
    assert error.evaluations == 1


def test_the_same_seed_draws_the_same_whatever_follows(shared_tiny: PlacePipeline) -> None:
    first, more, other = (
        DenoisingError(shared_tiny, IMAGE, draws, seed) for draws, seed in ((3, 0), (9, 0), (3, 1))
    )
    assert np.array_equal(first(PLACES, 2), DenoisingError(shared_tiny, IMAGE, 3, 0)(PLACES, 2))
    assert first(PLACES, 2) == pytest.approx(more(PLACES, 2), rel=1e-6)
    assert not np.allclose(first(PLACES, 2), other(PLACES, 2), rtol=1e-3)
    assert not np.allclose(first(PLACES, 1), first(PLACES, 2), rtol=1e-3)
    assert np.ptp(first(PLACES, 2)) > 0


def test_chunks_change_nothing_but_what_is_heard(shared_tiny: PlacePipeline) -> None:
    heard: list[int] = []
    whole = DenoisingError(shared_tiny, IMAGE, 2, 0, chunk_size=64)(PLACES, 1)
    parts = DenoisingError(shared_tiny, IMAGE, 2, 0, chunk_size=3, on_chunk=heard.append)(PLACES, 1)
    assert parts == pytest.approx(whole, rel=1e-4)
    assert heard == [3, 6, 7]


def test_the_unet_never_sees_more_places_than_a_chunk_has(
    tiny: PlacePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, predict = [], tiny.predict
    monkeypatch.setattr(
        tiny, "predict", lambda latents, *rest: sizes.append(len(latents)) or predict(latents, *rest)
    )
    DenoisingError(tiny, IMAGE, 1, 0, chunk_size=4)(PLACES, 0)
    assert sizes == [4, 3]


def test_the_model_sees_null_where_it_is_not_told(
    tiny: PlacePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, predict = [], tiny.predict
    monkeypatch.setattr(tiny, "predict", lambda *given: seen.append(given[2]) or predict(*given))
    for told in ({}, {"heading": 90.0}):
        DenoisingError(tiny, IMAGE, 1, 0, conditions=told)(PLACES[:1], 0)
    null = tiny.encode_place([None])[0]
    heading = tiny.card.conditions.index("heading") - len(tiny.card.conditions)
    untold, told = (tokens[0, heading] for tokens in seen)
    assert torch.equal(untold, null[heading])
    assert not torch.allclose(told, null[heading])
    assert not torch.allclose(seen[0][0, -3], null[0])  # longitude is told always
    assert torch.equal(seen[0][0, :-3], tiny.encode_prompt([""])[0])


def test_noise_is_added_as_in_training_whatever_makes_the_pictures(tiny: PlacePipeline) -> None:
    before = DenoisingError(tiny, IMAGE, 2, 0)(PLACES, 1)
    tiny.scheduler = EulerDiscreteScheduler.from_config(tiny.scheduler.config)
    assert np.array_equal(DenoisingError(tiny, IMAGE, 2, 0)(PLACES, 1), before)


def test_the_model_is_left_as_it_was(tiny: PlacePipeline) -> None:
    def picture() -> torch.Tensor:
        return tiny(
            "x",
            PLACES[0],
            num_inference_steps=2,
            generator=torch.Generator().manual_seed(0),
            output_type="latent",
        ).images  # pyright: ignore[reportReturnType]

    before = picture()
    assert DenoisingError(tiny, IMAGE, 2, 0)(PLACES, 1).dtype == np.float64
    assert torch.equal(picture(), before)


def test_it_can_be_stopped_after_each_chunk(shared_tiny: PlacePipeline) -> None:
    def stop(done: int) -> None:
        raise Cancelled(f"stopped after {done}")

    with pytest.raises(Cancelled, match="after 2"):
        DenoisingError(shared_tiny, IMAGE, 1, 0, chunk_size=2, on_chunk=stop)(PLACES, 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"box": None}, "its conditions are longitude, latitude, heading, and it has no box"),
        ({"conditions": ("azimuth",)}, "its conditions are azimuth, and it has a box"),
        ({"conditions": ()}, "its conditions are none, and it has a box"),
    ],
)
def test_a_model_that_knows_no_place_is_refused(tiny: PlacePipeline, changes: dict, sentence: str) -> None:
    tiny.card = replace(tiny.card, **changes)
    with pytest.raises(BadRequest, match=sentence):
        DenoisingError(tiny, IMAGE, 1, 0)


def test_a_model_that_predicts_something_else_is_refused(tiny: PlacePipeline) -> None:
    tiny.scheduler = DDIMScheduler.from_config(tiny.scheduler.config, prediction_type="sample")
    with pytest.raises(BadRequest, match="'sample'"):
        DenoisingError(tiny, IMAGE, 1, 0)
