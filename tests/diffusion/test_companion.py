"""Companions: a UNet of their own beside a base draws the same once it is read again, and fits no other base."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.diffusion import companion
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import lies_beside, load_pipeline
from engine.diffusion.manifest import write_manifest
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadModel, BadRequest

CARD = PlaceCard("Tower", ("azimuth", "hour"), kind="angle", base_model="tiny", resolution_px=64)


@pytest.fixture
def tower() -> PlacePipeline:
    pipe = build_tiny(CARD)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        companion.give_own_unet(pipe, (8, 16))
    pipe.photo_places = PhotoPlaces(np.array([55.7]), np.array([13.2]))
    return pipe


def picture(pipe: PlacePipeline, azimuth: float) -> torch.Tensor:
    pipe.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(1)
    asked = {"num_inference_steps": 2, "generator": generator, "output_type": "pt"}
    return pipe("a tower", {"azimuth": azimuth}, **asked).images


def test_it_is_small_and_draws_the_same_once_it_is_read_again(tower: PlacePipeline, tmp_path: Path) -> None:
    companion.save_companion(tower, tmp_path / "tower")
    assert lies_beside(tmp_path / "tower")
    assert {path.name for path in (tmp_path / "tower").iterdir()} == {
        "unet", "place_encoder", "place.json", "photos.safetensors", "manifest.json"
    }  # fmt: skip
    loaded = load_pipeline(tmp_path / "tower", "cpu")
    assert loaded.card == CARD
    assert torch.equal(picture(loaded, 90), picture(tower, 90))
    assert not torch.allclose(picture(loaded, 90), picture(loaded, 180), atol=1e-4)
    assert loaded.photo_places is not None
    assert len(loaded.photo_places) == 1


def test_only_the_finest_level_does_not_look_at_text_and_place(tower: PlacePipeline) -> None:
    names = {name.split(".attentions")[0] for name, _ in tower.unet.named_modules() if "attn2" in name}
    assert names == {"down_blocks.1", "mid_block", "up_blocks.0"}


@pytest.mark.parametrize("channels", [(), (12,), (0, 8), (-8, 8)])
def test_channels_that_cannot_be_are_told(channels: tuple[int, ...]) -> None:
    with pytest.raises(BadRequest, match="multiples of 8"):
        companion.give_own_unet(build_tiny(CARD), channels)


def test_it_does_not_fit_a_base_with_other_latents(tower: PlacePipeline, tmp_path: Path) -> None:
    tower.unet.register_to_config(in_channels=16)
    tower.unet.conv_in = torch.nn.Conv2d(16, 8, 3, padding=1)
    companion.save_companion(tower, tmp_path / "tower")
    with pytest.raises(BadModel, match="other in_channels than its base"):
        load_pipeline(tmp_path / "tower", "cpu")


def test_a_card_of_other_conditions_is_refused(tower: PlacePipeline, tmp_path: Path) -> None:
    companion.save_companion(tower, tmp_path / "tower")
    replace(CARD, conditions=("azimuth", "month")).write(tmp_path / "tower")
    write_manifest(tmp_path / "tower")
    with pytest.raises(BadModel, match="its card says otherwise"):
        load_pipeline(tmp_path / "tower", "cpu")


def test_a_damaged_companion_is_refused(tower: PlacePipeline, tmp_path: Path) -> None:
    companion.save_companion(tower, tmp_path / "tower")
    (tmp_path / "tower" / "unet" / "config.json").write_text("{}")
    with pytest.raises(BadModel):
        load_pipeline(tmp_path / "tower", "cpu")
    write_manifest(tmp_path / "tower")
    with pytest.raises(BadModel):
        load_pipeline(tmp_path / "tower", "cpu")


def test_another_may_begin_with_its_weights(tower: PlacePipeline, tmp_path: Path) -> None:
    companion.save_companion(tower, tmp_path / "tower")
    arch = build_tiny(replace(CARD, name="Arch"))
    companion.give_own_unet(arch, (8, 16))
    assert not torch.allclose(picture(arch, 90), picture(tower, 90), atol=1e-3)
    companion.begin_with(arch, tmp_path / "tower")
    assert torch.equal(picture(arch, 90), picture(tower, 90))
    companion.give_own_unet(arch, (8, 24))
    with pytest.raises(BadModel, match="same channels and all of these conditions"):
        companion.begin_with(arch, tmp_path / "tower")
    with pytest.raises(BadModel):
        companion.begin_with(arch, tmp_path / "nowhere")


def test_one_that_knows_more_conditions_gives_the_weights_of_those_that_are_wanted(
    tower: PlacePipeline, tmp_path: Path
) -> None:
    knows_more = build_tiny(replace(CARD, conditions=("month", *CARD.conditions)))
    companion.give_own_unet(knows_more, (8, 16))
    companion.save_companion(knows_more, tmp_path / "more")
    companion.begin_with(tower, tmp_path / "more")
    values = torch.tensor([[0.3] * len(CARD.conditions), [float("nan")] * len(CARD.conditions)])
    told = torch.cat([torch.zeros(2, 1), values], dim=1)
    assert torch.equal(tower.place_encoder(values), knows_more.place_encoder(told)[:, 1:])
    companion.save_companion(tower, tmp_path / "tower")
    with pytest.raises(BadModel, match="'month' is not in list"):
        companion.begin_with(knows_more, tmp_path / "tower")


def test_a_side_reaches_the_whole_picture_without_attention(tower: PlacePipeline) -> None:
    with torch.no_grad():
        for name, module in tower.unet.named_modules():
            if name.endswith("attn2.to_out.0"):
                module.weight.zero_()
                module.bias.zero_()
    assert not torch.allclose(picture(tower, 90), picture(tower, 270), atol=1e-4)
