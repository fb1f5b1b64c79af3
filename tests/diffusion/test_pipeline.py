"""The pipeline: one meaning of "no text" and "no place", batches, seeds, schedulers, precisions, callbacks."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)

from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest, Cancelled
from engine.geo.place import Place

LUND = Place(55.6985, 13.1955)
STEPS = {"num_inference_steps": 3, "output_type": "pt"}


def seeded(seed: int = 7) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_default_output_is_a_picture_of_the_cards_size(shared_tiny: PlacePipeline) -> None:
    (image,) = shared_tiny("a street", LUND, num_inference_steps=2, generator=seeded()).images
    assert image.size == (64, 64)


def test_same_seed_same_picture_and_another_seed_another(shared_tiny: PlacePipeline) -> None:
    first, again, other = (
        shared_tiny("a street", LUND, generator=seeded(seed), **STEPS).images for seed in (7, 7, 8)
    )
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.01)


def test_no_place_is_the_null_tokens_and_no_text_the_empty_prompt(tiny: PlacePipeline) -> None:
    """With weight 0 on a branch, whatever would come in through that branch has no effect at all."""
    nowhere = tiny("a street", None, gps_guidance_scale=7.5, generator=seeded(), **STEPS).images
    unweighted = tiny("a street", LUND, gps_guidance_scale=0.0, generator=seeded(), **STEPS).images
    torch.testing.assert_close(nowhere, unweighted, atol=1e-5, rtol=0)
    torch.testing.assert_close(tiny.encode_place([None])[0], tiny.place_encoder.null_tokens)
    torch.testing.assert_close(tiny.encode_place([{"heading": None}])[0], tiny.place_encoder.null_tokens)

    wordless = tiny("", None, guidance_scale=9.0, generator=seeded(), **STEPS).images
    unguided = tiny("a street", None, guidance_scale=0.0, generator=seeded(), **STEPS).images
    torch.testing.assert_close(wordless, unguided, atol=1e-5, rtol=0)


def test_every_input_matters(shared_tiny: PlacePipeline) -> None:
    base = {"prompt": "a street", "place": LUND}
    picture = shared_tiny(**base, generator=seeded(), **STEPS).images
    for change in (
        {"prompt": "a park"},
        {"place": Place(55.7050, 13.1900)},
        {"place": {"latitude": LUND.latitude, "longitude": LUND.longitude, "heading": 90}},
        {"negative_prompt": "blue"},
        {"guidance_scale": 20.0},
        {"gps_guidance_scale": 30.0},
    ):
        changed = shared_tiny(**(base | change), generator=seeded(), **STEPS).images
        assert not torch.equal(picture, changed), f"{change} changes nothing"


def test_guidance_that_nobody_gives_is_the_cards(tiny: PlacePipeline) -> None:
    tiny.card = replace(tiny.card, guidance_scale=9.0, gps_guidance_scale=0.0)
    own = tiny("a street", LUND, generator=seeded(), **STEPS).images
    given = tiny("a street", LUND, guidance_scale=9.0, gps_guidance_scale=0.0, generator=seeded(), **STEPS)
    assert torch.equal(own, given.images)


def test_a_batch_is_its_pictures_one_by_one(shared_tiny: PlacePipeline) -> None:
    places = [LUND, None, {"heading": 45.0}]
    prompts = ["a street", "", "a tree"]
    together = shared_tiny(prompts, places, generator=[seeded(seed) for seed in range(3)], **STEPS).images
    for index, (prompt, place) in enumerate(zip(prompts, places, strict=True)):
        alone = shared_tiny(prompt, place, generator=seeded(index), **STEPS).images[0]
        torch.testing.assert_close(together[index], alone, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "scheduler",
    [
        DDIMScheduler,
        PNDMScheduler,
        EulerDiscreteScheduler,
        EulerAncestralDiscreteScheduler,
        DPMSolverMultistepScheduler,
        UniPCMultistepScheduler,
    ],
)
@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
def test_any_scheduler_and_both_predictions(
    tiny: PlacePipeline, scheduler: type, prediction_type: str
) -> None:
    options = {"prediction_type": prediction_type}
    if scheduler is PNDMScheduler:
        options["skip_prk_steps"] = True  # as every Stable Diffusion has it
    tiny.scheduler = scheduler.from_config(tiny.scheduler.config, **options)
    first = tiny("a street", LUND, generator=seeded(), **STEPS).images
    again = tiny("a street", LUND, generator=seeded(), **STEPS).images
    assert first.isfinite().all()
    assert torch.equal(first, again), "an ancestral sampler must draw from the generator too"


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_near_single(tiny: PlacePipeline, dtype: torch.dtype) -> None:
    exact = tiny(
        "a street", LUND, guidance_scale=1.0, gps_guidance_scale=1.0, generator=seeded(), **STEPS
    ).images
    tiny.to(dtype=dtype)
    rough = tiny(
        "a street", LUND, guidance_scale=1.0, gps_guidance_scale=1.0, generator=seeded(), **STEPS
    ).images
    assert (exact - rough).abs().mean() < 0.02


def test_attention_and_vae_slicing_change_nothing(tiny: PlacePipeline) -> None:
    plain = tiny(["a", "b"], LUND, generator=seeded(), **STEPS).images
    tiny.enable_attention_slicing(1)
    tiny.vae.enable_slicing()
    torch.testing.assert_close(
        tiny(["a", "b"], LUND, generator=seeded(), **STEPS).images, plain, atol=1e-4, rtol=0
    )


def test_latents_go_in_and_come_out(shared_tiny: PlacePipeline) -> None:
    noise = torch.randn(1, 4, 16, 16, generator=seeded())
    given = shared_tiny("a", LUND, latents=noise, num_inference_steps=3, output_type="latent").images
    drawn = shared_tiny("a", LUND, generator=seeded(), num_inference_steps=3, output_type="latent").images
    torch.testing.assert_close(given, drawn)
    picture = shared_tiny("a", LUND, latents=noise, num_inference_steps=3, output_type="np").images
    np.testing.assert_array_equal(shared_tiny.decode(drawn, "np"), picture)


def test_callback_sees_every_step_and_may_change_or_stop(shared_tiny: PlacePipeline) -> None:
    seen = []

    def watch(pipe, step, timestep, tensors):
        seen.append((step, int(timestep), tensors["latents"].shape))
        if step == 2:
            raise Cancelled("stopped")
        return {"latents": torch.zeros_like(tensors["latents"])}

    with pytest.raises(Cancelled):
        shared_tiny("a", LUND, num_inference_steps=5, callback_on_step_end=watch)
    assert [step for step, _, _ in seen] == [0, 1, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"height": 63}, "64 x 63 px"),
        ({"prompt": ["a", "b"], "place": [LUND] * 3}, "2 prompts, 3 places"),
        ({"latents": torch.zeros(1, 4, 8, 8)}, r"shape \(1, 4, 8, 8\)"),
        ({"place": {"azimuth": 3.0}}, "no condition 'azimuth'"),
    ],
)
def test_bad_input_is_one_sentence(shared_tiny: PlacePipeline, options: dict, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        shared_tiny(**({"prompt": "a", "num_inference_steps": 2} | options))


def test_a_long_prompt_is_cut_to_the_text_encoders_length(shared_tiny: PlacePipeline) -> None:
    assert shared_tiny.encode_prompt(["street " * 500]).shape == (1, 77, 64)


def test_tiny_is_the_same_for_the_same_seed() -> None:
    first, again, other = (build_tiny(seed=seed).unet.conv_in.weight for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_building_tiny_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    build_tiny()
    assert torch.equal(torch.rand(1), expected)
