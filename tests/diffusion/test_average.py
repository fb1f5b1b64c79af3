"""The average of a region: the mean of predictions, exactly, in chunks, and by a few places at each step."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.diffusion.average import RegionDenoiser, average_region
from engine.diffusion.estimator import places_of_step, stratified
from engine.diffusion.guidance import combine_dual
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadRequest

PLACES = [
    {"latitude": 55.692 + 0.002 * i, "longitude": 13.185 + 0.003 * i, "heading": 30.0 * i} for i in range(7)
]


@pytest.fixture(scope="module")
def loud(shared_tiny: PlacePipeline) -> PlacePipeline:
    """The tiny pipeline with place tokens so large that every place makes another picture."""
    from engine.diffusion.tiny import build_tiny
    from tests.diffusion.conftest import lund_card

    pipe = build_tiny(lund_card())
    pipe.set_progress_bar_config(disable=True)
    with torch.no_grad():
        for name, weight in pipe.place_encoder.named_parameters():
            if name.endswith("weight"):
                weight.mul_(6)
    return pipe


def average(pipe: PlacePipeline, places=PLACES, **options):
    settings = {"num_inference_steps": 3, "generator": torch.Generator().manual_seed(5)}
    return average_region(pipe, "a street", places, **settings | options)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=int)


def test_the_average_of_one_place_is_the_picture_of_that_place(loud: PlacePipeline) -> None:
    place = PLACES[3]
    one = average(loud, [place]).image
    picture = loud(
        "a street", place, num_inference_steps=3, generator=torch.Generator().manual_seed(5)
    ).images[0]
    assert np.abs(pixels(one) - pixels(picture)).max() <= 1


def test_it_is_the_mean_of_the_predictions_of_the_places(
    loud: PlacePipeline, generator: torch.Generator
) -> None:
    latents = loud.starting_noise(1, generator=generator)
    timestep = torch.tensor(500)
    text = loud.encode_prompt(["", "a street"])
    places = torch.cat([loud.encode_place([place]) for place in PLACES])
    denoiser = RegionDenoiser(loud, text, places, (2.0, 3.0), lambda step: np.arange(7), chunk_size=3)
    with torch.no_grad():
        found = denoiser(latents, timestep)
        asked = [
            loud.predict(latents, timestep, loud.join(words[None], place))
            for words, place in [
                (text[0], loud.encode_place([None])),
                (text[1], loud.encode_place([None])),
                *((text[1], place[None]) for place in places),
            ]
        ]
    each = torch.cat(asked[2:])
    assert torch.allclose(
        found, combine_dual(asked[0], asked[1], each.mean(0, keepdim=True), 2.0, 3.0), atol=2e-4
    )
    assert torch.allclose(denoiser.variances[0], each.var(0).mean(0), rtol=1e-3, atol=1e-9)
    assert denoiser.evaluations == 9


@pytest.mark.parametrize("chunk_size", [1, 2, 5, 7, 100])
def test_the_size_of_the_chunks_changes_nothing(loud: PlacePipeline, chunk_size: int) -> None:
    whole, parts = average(loud), average(loud, chunk_size=chunk_size)
    assert np.abs(pixels(whole.image) - pixels(parts.image)).max() <= 1
    assert np.allclose(whole.disagreement, parts.disagreement, rtol=1e-3, atol=1e-6)
    assert np.allclose(whole.standard_error, parts.standard_error, rtol=1e-3)


def test_places_that_are_all_the_same_do_not_disagree(loud: PlacePipeline) -> None:
    same = average(loud, [PLACES[2]] * 5)
    assert same.disagreement.max() < 1e-3 * average(loud).disagreement.mean()
    assert same.standard_error.max() < 1e-3


def test_the_standard_error_falls_with_the_number_of_places(loud: PlacePipeline) -> None:
    few, many = average(loud), average(loud, PLACES * 6)
    assert np.all(many.standard_error < 0.6 * few.standard_error)


def test_regions_share_their_starting_noise_and_differ_by_their_places(loud: PlacePipeline) -> None:
    west, east = average(loud, PLACES[:3]), average(loud, PLACES[4:])
    again = average(loud, PLACES[:3])
    assert west.image.tobytes() == again.image.tobytes()
    assert np.abs(pixels(west.image) - pixels(east.image)).mean() > 1


@pytest.mark.parametrize("estimator", ["fresh", "growing"])
def test_a_few_places_a_step_come_near_the_mean_for_a_fraction_of_the_work(
    loud: PlacePipeline, estimator: str
) -> None:
    region = [
        {"latitude": 55.692 + 0.0001 * i, "longitude": 13.185 + 0.00015 * i, "heading": 1.5 * i}
        for i in range(96)
    ]
    steps = {"num_inference_steps": 8, "guidance_scale": 1.0, "gps_guidance_scale": 1.0}
    exact = average(loud, region, **steps)
    estimate = average(loud, region, estimator=estimator, places_per_step=8, **steps)
    one = average(loud, region[:1], **steps)
    assert exact.evaluations == 8 * 98
    assert estimate.evaluations <= 8 * 11
    error = np.square(pixels(exact.image) - pixels(estimate.image)).mean()
    assert error < 0.25 * np.square(pixels(exact.image) - pixels(one.image)).mean()


def test_it_tells_of_every_chunk_and_stops_when_told(loud: PlacePipeline) -> None:
    heard: list[tuple] = []
    average(loud, chunk_size=3, num_inference_steps=2, on_places=lambda *at: heard.append(at))
    assert [at[:3] for at in heard] == [(step, done, 7) for step in (0, 1) for done in (3, 6, 7)]
    assert all(0 < at[3] < 1 for at in heard)

    def stop(*at: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        average(loud, on_places=stop)


def test_what_cannot_be_averaged_is_refused(loud: PlacePipeline) -> None:
    with pytest.raises(BadRequest, match="an average needs at least one place"):
        average(loud, [])
    with pytest.raises(BadRequest, match="there is no estimator 'clever'; choose from exact, fresh, growing"):
        average(loud, estimator="clever")


@given(draws=st.integers(1, 60), extra=st.integers(0, 300), seed=st.integers(0, 9))
def test_one_of_each_equal_part_is_drawn(draws: int, extra: int, seed: int) -> None:
    count = draws + extra
    found = stratified(draws, count, np.random.default_rng(seed))
    edges = np.arange(draws + 1) * count / draws
    assert np.all(found >= np.floor(edges[:-1]))
    assert np.all(found <= np.ceil(edges[1:]) - 1 + 1e-9)


def test_all_numbers_are_equally_likely() -> None:
    rng = np.random.default_rng(0)
    counts = np.bincount(np.concatenate([stratified(4, 10, rng) for _ in range(20_000)]), minlength=10)
    assert counts == pytest.approx(np.full(10, 8_000), rel=0.05)


def test_a_growing_estimate_asks_more_and_more_and_as_many_on_average() -> None:
    rng = np.random.default_rng(0)
    sizes = [len(places_of_step("growing", step, 20, 500, 16, rng)) for step in range(20)]
    assert sizes == sorted(sizes)
    assert sizes[0] < 4
    assert np.mean(sizes) == pytest.approx(16, abs=0.5)
