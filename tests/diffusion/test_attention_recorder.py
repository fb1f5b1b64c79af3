"""The recorder of attention: true to the formula, without effect on pictures, whatever the sampling is like."""

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    HeunDiscreteScheduler,
    PNDMScheduler,
    UNet2DConditionModel,
)
from diffusers.models.attention_processor import Attention as AttentionLayer
from diffusers.models.attention_processor import AttnProcessor2_0

from engine.diffusion.attention import Attention, recorded
from engine.diffusion.attention_recorder import RecordingProcessor
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadRequest, Cancelled
from engine.geo.place import Place

LUND = Place(55.6985, 13.1955)
NEAR_THE_EDGE = Place(55.7080, 13.1810)
PROMPT = "A tree, a street and a tree"


def call(pipe: PlacePipeline, prompt=PROMPT, place=LUND, **options) -> torch.Tensor:
    given = {"generator": torch.Generator().manual_seed(7), "num_inference_steps": 3, "output_type": "pt"}
    return pipe(prompt, place, **(given | options)).images


def record(pipe: PlacePipeline, prompt=PROMPT, place=LUND, **options) -> Attention:
    with recorded(pipe) as attention:
        call(pipe, prompt, place, output_type="latent", **options)
    return attention


@pytest.fixture(scope="module")
def attention(shared_tiny: PlacePipeline) -> Attention:
    """Three steps of the prompt at Lund."""
    return record(shared_tiny)


def test_the_processor_agrees_with_the_closed_form() -> None:
    generator = torch.Generator().manual_seed(1)
    heads, depth = 3, 4
    layer = AttentionLayer(query_dim=10, cross_attention_dim=6, heads=heads, dim_head=depth)
    pixels = torch.randn(6, 5, 10, generator=generator)  # three branches of two pictures
    tokens = torch.randn(6, 7, 6, generator=generator)
    kept: list[torch.Tensor] = []
    layer.set_processor(RecordingProcessor(AttnProcessor2_0(), kept.append))
    with torch.no_grad():
        output = layer(pixels, tokens)
        query = layer.to_q(pixels).reshape(6, 5, heads, depth)
        key, value = (linear(tokens).reshape(6, 7, heads, depth) for linear in (layer.to_k, layer.to_v))
        weights = (torch.einsum("bphd,bnhd->bhpn", query, key) / depth**0.5).exp()
        weights /= weights.sum(-1, keepdim=True)
        mixed = torch.einsum("bhpn,bnhd->bphd", weights, value).reshape(6, 5, heads * depth)
        expected = layer.to_out[0](mixed)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(kept[0], weights[4:].mean(1), atol=1e-6, rtol=0)


def test_recording_changes_neither_the_picture_nor_the_pipeline(tiny: PlacePipeline) -> None:
    processors = dict(tiny.unet.attn_processors)
    own = set(vars(tiny))
    before = call(tiny)
    with recorded(tiny) as attention:
        during = call(tiny)
    assert attention.num_steps == 3
    assert torch.equal(during, before)
    assert torch.equal(call(tiny), before)
    assert all(tiny.unet.attn_processors[name] is processors[name] for name in processors)
    assert set(vars(tiny)) == own
    assert attention.num_steps == 3, "what comes after the block is not recorded"


def test_the_pipeline_is_as_it_was_after_an_exception(tiny: PlacePipeline) -> None:
    processors, own = dict(tiny.unet.attn_processors), set(vars(tiny))

    def stop(pipe, step, timestep, tensors) -> None:
        if step == 1:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled), recorded(tiny) as attention:
        call(tiny, callback_on_step_end=stop)
    assert all(tiny.unet.attn_processors[name] is processors[name] for name in processors)
    assert set(vars(tiny)) == own
    assert attention.num_steps == 2


def test_only_the_branch_with_text_and_place_is_kept(
    shared_tiny: PlacePipeline, attention: Attention
) -> None:
    """The first step starts from the same noise, so nothing else than the first branch differs."""
    other = record(shared_tiny, negative_prompt="fog at night")
    assert other.words == attention.words
    for name in ("tree", "longitude"):
        np.testing.assert_allclose(other.map(name, steps=0), attention.map(name, steps=0), atol=1e-6)
        assert not np.array_equal(other.map(name, steps=2), attention.map(name, steps=2))


def test_nothing_can_be_read_before_a_picture_is_made(tiny: PlacePipeline) -> None:
    with recorded(tiny) as attention, pytest.raises(BadRequest, match="no attention is recorded yet"):
        attention.map("tree")


def test_a_batch_that_is_not_three_branches_is_refused(tiny: PlacePipeline) -> None:
    """An average asks many places at once; its attention would be taken for that of one of them."""
    with recorded(tiny), pytest.raises(BadRequest, match="not for averages"):
        tiny.encode_prompt(["", "a street"])
        tiny.unet(torch.zeros(2, 4, 16, 16), 1, torch.zeros(2, 80, 64))


def test_a_second_call_starts_anew(tiny: PlacePipeline) -> None:
    alone = record(tiny, "a boat", NEAR_THE_EDGE, num_inference_steps=2)

    def stop(pipe, step, timestep, tensors) -> None:
        raise Cancelled("stopped")

    with recorded(tiny) as attention:
        call(tiny, num_inference_steps=4)
        with pytest.raises(Cancelled):
            call(tiny, num_inference_steps=2, callback_on_step_end=stop)
        assert attention.num_steps == 1
        with pytest.raises(BadRequest):
            call(tiny, "a dog", {"azimuth": 3.0})
        assert attention.map("street").shape == (8, 8), "a refused call does not touch the words"
        call(tiny, "a boat", NEAR_THE_EDGE, num_inference_steps=2)
    assert attention.num_steps == 2
    np.testing.assert_array_equal(attention.map("boat"), alone.map("boat"))


@pytest.mark.parametrize(
    "scheduler",
    [
        DDIMScheduler,
        PNDMScheduler,
        DPMSolverMultistepScheduler,
        EulerAncestralDiscreteScheduler,
        HeunDiscreteScheduler,
    ],
)
def test_steps_are_the_schedulers(tiny: PlacePipeline, scheduler: type) -> None:
    """PNDM and Heun have more timesteps than they are asked for."""
    options = {"skip_prk_steps": True} if scheduler is PNDMScheduler else {}
    tiny.scheduler = scheduler.from_config(tiny.scheduler.config, **options)
    seen = []
    with recorded(tiny) as attention:
        for _ in range(2):
            call(tiny, callback_on_step_end=lambda pipe, step, timestep, tensors: seen.append(step))
    assert attention.num_steps == len(tiny.scheduler.timesteps) == len(seen) / 2


def test_a_batch_is_its_pictures_one_by_one(shared_tiny: PlacePipeline) -> None:
    prompts, places = ["a tree", "one long street"], [LUND, NEAR_THE_EDGE]
    noise = torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(3))
    together = record(shared_tiny, prompts, places, latents=noise, num_inference_steps=1)
    for index, name in enumerate(("tree", "street")):
        alone = record(
            shared_tiny,
            prompts[index],
            places[index],
            latents=noise[index : index + 1],
            num_inference_steps=1,
        )
        each = together.of_picture(index)
        assert each.words == alone.words
        for of in (name, "longitude"):
            np.testing.assert_allclose(each.map(of), alone.map(of), atol=1e-5)
    assert together.words == together.of_picture(0).words


@pytest.mark.parametrize(("width", "height"), [(128, 64), (64, 128), (64, 44)])
@pytest.mark.parametrize(("row", "column"), [(1, -2), (-2, 1)])
def test_maps_lie_on_the_picture_whatever_its_shape(
    shared_tiny: PlacePipeline, width: int, height: int, row: int, column: int
) -> None:
    """Where the latents are changed, the map changes most."""
    latents = torch.randn(1, 4, height // 4, width // 4, generator=torch.Generator().manual_seed(5))
    changed = latents.clone()
    rows, columns = (slice(2 * at, 2 * at + 2) for at in (row, column))
    changed[..., rows, columns] = 4.0
    options = {"width": width, "height": height, "num_inference_steps": 1}
    before, after = (record(shared_tiny, latents=each, **options) for each in (latents, changed))
    assert before.groups[0] == f"{width // 8} x {-(-height // 8)} down"
    change = np.abs(after.map("street", "down") - before.map("street", "down"))
    assert change.shape == (-(-height // 8), width // 8)
    top, left = np.unravel_index(change.argmax(), change.shape)
    assert abs(top - row % change.shape[0]) <= 1
    assert abs(left - column % change.shape[1]) <= 1


def test_it_works_with_slices_and_in_half_precision(tiny: PlacePipeline, attention: Attention) -> None:
    tiny.enable_attention_slicing(1)
    np.testing.assert_allclose(record(tiny).map("tree"), attention.map("tree"), atol=1e-5)
    tiny.to(dtype=torch.bfloat16)
    exact, rough = (each.map("tree", steps=0) for each in (attention, record(tiny)))
    assert np.abs(rough - exact).max() < 0.2 * np.ptp(exact)


def test_fifty_steps_of_stable_diffusion_fit_into_100_megabytes(tiny: PlacePipeline) -> None:
    """A UNet with the layers of Stable Diffusion 1.x at 512 px, but thin: maps do not depend on the channels."""
    tiny.unet = UNet2DConditionModel(
        sample_size=64,
        block_out_channels=(16, 16, 16, 16),
        norm_num_groups=4,
        attention_head_dim=2,
        cross_attention_dim=64,
    )
    attention = record(tiny, num_inference_steps=1, latents=torch.zeros(1, 4, 64, 64), width=256, height=256)
    assert sum(attention.record.layers.values()) == 16
    assert attention.map("street").shape == (64, 64)
    assert 50 * sum(maps.nbytes for maps in attention.record.steps[0].values()) < 100e6


def test_more_than_memory_has_room_for_is_refused_after_the_first_step(
    tiny: PlacePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    one = 3 * 8 * 8 * 80 * 2
    monkeypatch.setattr("engine.diffusion.attention_recorder.MOST_BYTES", 3 * one)
    with recorded(tiny) as attention:
        call(tiny)
        with pytest.raises(BadRequest, match=r"of 4 steps would take 0\.0 GB of memory.*choose fewer steps"):
            call(tiny, num_inference_steps=4, callback_on_step_end=lambda *step: steps.append(step))
    assert steps == []
    assert attention.record.steps == []


def test_a_model_without_cross_attention_is_refused(tiny: PlacePipeline) -> None:
    tiny.unet = UNet2DConditionModel(
        sample_size=16,
        block_out_channels=(32, 64),
        down_block_types=("DownBlock2D", "DownBlock2D"),
        mid_block_type="UNetMidBlock2D",
        up_block_types=("UpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
    )
    with pytest.raises(BadRequest, match="has no cross-attention layers"), recorded(tiny):
        pass
