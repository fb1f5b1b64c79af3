"""A model is a folder: round trips, hashes, pickles, bases of both Stable Diffusion families, adapters."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch
from diffusers import PNDMScheduler, StableDiffusionPipeline

from engine.diffusion import adapter
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import (
    base_weights,
    card_of_base,
    check_model,
    load_base,
    load_pipeline,
    own_card,
    save_pipeline,
)
from engine.diffusion.manifest import manifest_hash, write_manifest
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel, MissingModel
from engine.geo.place import Place
from engine.geo.region import Box

LUND = Place(55.6985, 13.1955)


def picture(pipe: PlacePipeline, place=LUND) -> torch.Tensor:
    pipe.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(1)
    return pipe("a street", place, num_inference_steps=2, generator=generator, output_type="pt").images


@pytest.fixture(scope="module")
def saved(tmp_path_factory, shared_tiny: PlacePipeline) -> Path:
    folder = tmp_path_factory.mktemp("models") / "lund"
    save_pipeline(shared_tiny, folder)
    return folder


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(saved, tmp_path / "copy"))


def test_a_saved_model_gives_the_same_picture_and_card(saved: Path, shared_tiny: PlacePipeline) -> None:
    loaded = load_pipeline(saved, "cpu")
    assert loaded.card == shared_tiny.card
    assert torch.equal(picture(loaded), picture(shared_tiny))
    assert PlacePipeline.from_pretrained(saved).card == shared_tiny.card


def test_the_layout_is_that_of_diffusers_with_card_and_manifest(saved: Path) -> None:
    names = {path.name for path in saved.iterdir()}
    assert names == {
        *("model_index.json", "unet", "vae", "text_encoder", "tokenizer", "scheduler"),
        *("place_encoder", "place.json", "manifest.json"),
    }
    assert not [path for path in saved.rglob("*") if path.suffix in {".bin", ".pt", ".ckpt"}]


def test_saving_again_replaces_and_leaves_nothing_beside(copied: Path, shared_tiny: PlacePipeline) -> None:
    save_pipeline(shared_tiny, copied)
    before = manifest_hash(copied)
    save_pipeline(shared_tiny, copied)
    assert manifest_hash(copied) == before
    assert [path.name for path in copied.parent.iterdir()] == ["copy"]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_model_is_the_same_bytes_whatever_it_was_used_for(saved: Path, tmp_path: Path) -> None:
    loaded = load_pipeline(saved, "cpu")
    picture(loaded)  # leaves padding and truncation in the tokenizer
    save_pipeline(loaded, tmp_path / "again")
    assert files(tmp_path / "again") == files(saved)


def test_a_saved_model_does_not_tell_where_it_came_from(saved: Path, tmp_path: Path) -> None:
    loaded = load_pipeline(saved, "cpu")
    save_pipeline(loaded, tmp_path / "model")
    adapter.add_lora(loaded, rank=2)
    adapter.save_adapter(loaded, tmp_path / "adapter")
    told = [name for name, content in files(tmp_path).items() if str(saved.parent).encode() in content]
    assert told == []


def test_a_changed_byte_is_named_before_anything_is_loaded(copied: Path) -> None:
    weights = copied / "unet" / "diffusion_pytorch_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    for load in (load_pipeline, PlacePipeline.from_pretrained, check_model):
        with pytest.raises(
            BadModel, match=r"diffusion_pytorch_model\.safetensors is not the file that was saved"
        ):
            load(copied)


def test_a_missing_file_is_named(copied: Path) -> None:
    (copied / "vae" / "config.json").unlink()
    with pytest.raises(BadModel, match=r"vae/config\.json is missing"):
        load_pipeline(copied)


def test_a_stranger_is_named(copied: Path) -> None:
    (copied / "unet" / "extra.safetensors").write_bytes(b"x")
    with pytest.raises(BadModel, match=r"extra\.safetensors is not in manifest\.json"):
        load_pipeline(copied)


def test_a_pickle_is_refused_by_name_even_when_the_manifest_knows_it(copied: Path) -> None:
    (copied / "unet" / "pytorch_model.bin").write_bytes(b"x")
    write_manifest(copied)
    with pytest.raises(BadModel, match=r"pytorch_model\.bin is a pickle"):
        load_pipeline(copied)
    with pytest.raises(BadModel, match=r"pytorch_model\.bin is a pickle"):
        load_base(copied, PlaceCard(name="x"))


@pytest.mark.parametrize("file", ["place.json", "manifest.json"])
@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}', "\x00\x01"])
def test_damaged_json_is_one_sentence(copied: Path, file: str, content: str) -> None:
    (copied / file).write_text(content)
    with pytest.raises(BadModel, match=file):
        load_pipeline(copied)


def test_a_card_of_another_version_is_refused(copied: Path) -> None:
    data = json.loads((copied / "place.json").read_text())
    (copied / "place.json").write_text(json.dumps(data | {"colour": "red"}))
    with pytest.raises(BadModel, match="unknown entry 'colour'"):
        PlaceCard.read(copied)


def test_a_card_without_guidance_has_the_papers(copied: Path) -> None:
    data = json.loads((copied / "place.json").read_text())
    del data["guidance_scale"], data["gps_guidance_scale"], data["num_inference_steps"]
    (copied / "place.json").write_text(json.dumps(data))
    card = PlaceCard.read(copied)
    assert (card.guidance_scale, card.gps_guidance_scale, card.num_inference_steps) == (3.5, 7.5, 30)
    replace(card, guidance_scale=1.0, gps_guidance_scale=2.0, num_inference_steps=20).write(copied)
    card = PlaceCard.read(copied)
    assert (card.guidance_scale, card.gps_guidance_scale, card.num_inference_steps) == (1.0, 2.0, 20)


@pytest.mark.parametrize("scale", ["2", None, True, [], 101, float("nan")])
def test_a_card_whose_guidance_is_no_number_is_refused(copied: Path, scale: object) -> None:
    data = json.loads((copied / "place.json").read_text())
    (copied / "place.json").write_text(json.dumps(data | {"guidance_scale": scale}))
    with pytest.raises(BadModel, match="guidance_scale is"):
        PlaceCard.read(copied)


@pytest.mark.parametrize("steps", ["20", None, True, 0, 1000, 20.5])
def test_a_card_whose_steps_cannot_be_taken_is_refused(copied: Path, steps: object) -> None:
    data = json.loads((copied / "place.json").read_text())
    (copied / "place.json").write_text(json.dumps(data | {"num_inference_steps": steps}))
    with pytest.raises(BadModel, match="num_inference_steps is"):
        PlaceCard.read(copied)


def test_a_missing_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="no model at"):
        load_pipeline(tmp_path / "nowhere")
    with pytest.raises(MissingModel, match=r"'nobody/nothing' cannot be loaded"):
        load_base("nobody/nothing", PlaceCard(name="x"))


@pytest.fixture(scope="module", params=["epsilon", "v_prediction"])
def stable_diffusion(request, tmp_path_factory, shared_tiny: PlacePipeline) -> Path:
    """A folder as Stable Diffusion 1.x (epsilon, PNDM) and 2.x (v_prediction) are published, at tiny size."""
    folder = tmp_path_factory.mktemp("bases") / request.param
    parts = {name: getattr(shared_tiny, name) for name in ("vae", "text_encoder", "tokenizer", "unet")}
    scheduler = PNDMScheduler.from_config(shared_tiny.scheduler.config, prediction_type=request.param)
    StableDiffusionPipeline(
        **parts,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def test_any_stable_diffusion_folder_is_a_base(stable_diffusion: Path) -> None:
    box = Box(south=55.69, west=13.18, north=55.71, east=13.21)
    pipe = load_base(stable_diffusion, PlaceCard(name="Lund", box=box, resolution_px=64))
    assert pipe.scheduler.config.prediction_type == stable_diffusion.name
    assert pipe.card.base_model == str(stable_diffusion)
    assert pipe.place_encoder.config.width == pipe.unet.config.cross_attention_dim
    here, there = picture(pipe), picture(pipe, Place(55.7050, 13.2000))
    assert here.isfinite().all()
    assert not torch.equal(here, there)


def test_without_place_a_base_predicts_nearly_what_it_did(stable_diffusion: Path) -> None:
    """Null tokens join the attention, so nothing is exact; but a base must not be thrown off by them."""
    pipe = load_base(stable_diffusion, PlaceCard(name="Lund", resolution_px=64))
    latents = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    text = pipe.encode_prompt(["a street"])
    joined = torch.cat([text, pipe.encode_place([None])], dim=1)
    with torch.no_grad():
        alone, beside = (pipe.unet(latents, 500, tokens).sample for tokens in (text, joined))
    assert (alone - beside).norm() < 0.05 * alone.norm()


@pytest.mark.parametrize(("layers", "rank", "most"), [("attention", 4, 0.2), ("all", 1, 0.3)])
def test_an_adapter_round_trips_beside_its_base(
    tiny: PlacePipeline, tmp_path: Path, layers: Literal["attention", "all"], rank: int, most: float
) -> None:
    before = picture(tiny)
    adapter.add_lora(tiny, rank, layers=layers)
    convolutions = [
        name for name, _ in tiny.unet.named_parameters() if "lora_A" in name and "resnets" in name
    ]
    assert bool(convolutions) == (layers == "all")
    torch.testing.assert_close(picture(tiny), before, atol=1e-5, rtol=0)
    with torch.no_grad():
        for name, parameter in tiny.unet.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.1, generator=torch.Generator().manual_seed(0))
        tiny.place_encoder.null_tokens.add_(1.0)
    adapter.save_adapter(tiny, tmp_path / "adapter")
    loaded = load_pipeline(tmp_path / "adapter", "cpu")
    assert torch.equal(picture(loaded), picture(tiny))
    assert not torch.allclose(picture(loaded), before, atol=1e-3)
    size = sum(path.stat().st_size for path in (tmp_path / "adapter").rglob("*"))
    assert size < most * sum(p.numel() * 4 for p in tiny.unet.parameters())


def test_loading_leaves_the_random_numbers_of_the_program_alone(
    saved: Path, tiny: PlacePipeline, tmp_path: Path
) -> None:
    adapter.add_lora(tiny, rank=4)
    adapter.save_adapter(tiny, tmp_path / "adapter")
    for model in ("tiny", saved, tmp_path / "adapter"):
        state = torch.random.get_rng_state()
        load_pipeline(model, "cpu")
        assert torch.equal(torch.random.get_rng_state(), state), model


def test_an_adapter_of_other_layers_is_refused(tiny: PlacePipeline, tmp_path: Path) -> None:
    adapter.add_lora(tiny, rank=4)
    adapter.save_adapter(tiny, tmp_path / "adapter")
    weights = tmp_path / "adapter" / "adapter_model.safetensors"
    from safetensors.torch import load_file, save_file

    layers = load_file(weights)
    save_file({f"elsewhere.{name}": layer for name, layer in layers.items()}, weights)
    write_manifest(tmp_path / "adapter")
    with pytest.raises(BadModel, match="layers that its base lacks"):
        load_pipeline(tmp_path / "adapter", "cpu")


def test_a_model_of_ours_goes_on_with_its_conditions_or_with_the_azimuth_after_them(saved: Path) -> None:
    own = ("longitude", "latitude", "heading")
    assert own_card(saved) == card_of_base(saved, own) == card_of_base(saved, (*own, "azimuth", "hour"))
    for others in (("longitude", "latitude"), (*own, "hour"), ("azimuth", *own)):
        assert card_of_base(saved, others) is None
    assert own_card("tiny") is own_card("nobody/nothing") is None

    before = load_pipeline(saved, "cpu")
    grown = load_base(saved, replace(before.card, conditions=(*own, "azimuth")))
    tokens = grown.encode_place([LUND])
    torch.testing.assert_close(tokens[:, :3], before.encode_place([LUND]))
    assert tokens.shape[1] == 4
    assert torch.equal(grown.unet.conv_in.weight, before.unet.conv_in.weight)


def test_the_weights_that_an_adapter_lies_beside_are_told_apart(copied: Path) -> None:
    before = base_weights(copied)
    assert base_weights(copied.parent) is None  # no model of ours
    manifest = json.loads((copied / "manifest.json").read_text())
    for name in ("vae/diffusion_pytorch_model.safetensors", "place.json"):  # a decoder may be polished later
        manifest["sha256"][name] = "0" * 64
    (copied / "manifest.json").write_text(json.dumps(manifest))
    assert base_weights(copied) == before
    manifest["sha256"]["unet/diffusion_pytorch_model.safetensors"] = "0" * 64
    (copied / "manifest.json").write_text(json.dumps(manifest))
    assert base_weights(copied) not in (None, before)
    (copied / "manifest.json").write_text("[]")
    with pytest.raises(BadModel, match="damaged"):
        base_weights(copied)


@pytest.mark.parametrize("width", ["10", -10, 7, True, None])
def test_a_card_whose_bins_do_not_fill_the_circle_is_refused(copied: Path, width: object) -> None:
    data = json.loads((copied / "place.json").read_text())
    (copied / "place.json").write_text(json.dumps(data | {"azimuth_bin_deg": width}))
    with pytest.raises(BadModel, match="azimuth_bin_deg is"):
        PlaceCard.read(copied)


def test_the_card_of_a_landmark_round_trips(copied: Path) -> None:
    card = replace(
        PlaceCard.read(copied),
        kind="angle",
        centre=LUND,
        radius_m=300.0,
        min_distance_m=20.0,
        azimuth_bin_deg=10.0,
        azimuth_counts=tuple(range(36)),
    )
    card.write(copied)
    assert PlaceCard.read(copied) == card
    data = json.loads((copied / "place.json").read_text())
    for name in ("radius_m", "min_distance_m", "azimuth_bin_deg", "azimuth_counts"):
        del data[name]  # as older models have it
    (copied / "place.json").write_text(json.dumps(data))
    assert PlaceCard.read(copied).azimuth_bin_deg == 0
