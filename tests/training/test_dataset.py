"""The dataset: the pipeline's own latents, text tokens and conditions, computed once."""

import time
from pathlib import Path

import pyarrow as pa
import pytest
import torch
from accelerate import Accelerator

from engine.diffusion.autoencoder import encode_images
from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.photos.collection import Collection
from engine.training.dataset import Dataset, condition_values, prepare
from engine.training.squares import read_square


def test_no_text_is_the_empty_prompt_of_the_pipeline(pipe: PlacePipeline, dataset: Dataset) -> None:
    empty = pipe.encode_prompt([""])
    assert torch.allclose(
        dataset.texts[torch.tensor([0])].float(), empty, atol=2e-3
    )  # kept in half precision


def test_a_photo_has_the_tokens_of_its_caption(
    pipe: PlacePipeline, dataset: Dataset, collection: Path
) -> None:
    captions = Collection.open(collection).split("train")["caption"].to_pylist()
    assert {row == 0 for row in dataset.text_rows.tolist()} == {True, False}
    for caption, row in zip(captions, dataset.text_rows, strict=True):
        expected = pipe.encode_prompt([caption])
        assert torch.allclose(dataset.texts[row[None]].float(), expected, atol=2e-3)


def test_conditions_are_those_that_the_pipeline_makes_of_them(
    pipe: PlacePipeline, dataset: Dataset, collection: Path
) -> None:
    photos = Collection.open(collection).split("train").to_pylist()
    for photo, values in zip(photos, dataset.values, strict=True):
        raw = {
            "latitude": photo["latitude"],
            "longitude": photo["longitude"],
            "heading": photo["heading_deg"],
        }
        expected = torch.tensor(pipe.card.values(raw))
        assert torch.equal(values.isnan(), expected.isnan())
        assert torch.allclose(values.nan_to_num(), expected.nan_to_num())
    assert 0 < dataset.values[:, 2].isnan().sum() < len(dataset)
    assert not dataset.values[:, :2].isnan().any()


def test_latents_are_those_of_the_photos(pipe: PlacePipeline, dataset: Dataset, collection: Path) -> None:
    photo = Collection.open(collection).split("train").to_pylist()[3]
    image = read_square(collection / photo["path"], 64)
    expected = encode_images(pipe.vae, image[None])
    assert torch.allclose(dataset.latents[torch.tensor([3])].float(), expected, atol=5e-3)


def test_encoding_is_what_the_pipeline_takes_back(pipe: PlacePipeline) -> None:
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    pipe.vae.register_to_config(scaling_factor=0.7, shift_factor=0.2)
    latents = encode_images(pipe.vae, images)
    raw = pipe.vae.encode(images).latent_dist.mode()
    assert torch.allclose(latents, (raw - 0.2) * 0.7, atol=1e-5)
    decoded = pipe.decode(latents, "pt")
    again = (pipe.vae.decode(raw).sample / 2 + 0.5).clamp(0, 1)
    assert torch.allclose(decoded, again, atol=1e-4)


def test_nothing_is_computed_twice(
    pipe: PlacePipeline, collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = Collection.open(collection).split("train")

    def files() -> dict[Path, float]:
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.safetensors")}

    first = prepare(pipe, photos, collection, tmp_path, Accelerator(cpu=True))
    before = files()
    time.sleep(0.01)
    heard: list[object] = []
    again = prepare(pipe, photos, collection, tmp_path, Accelerator(cpu=True), heard.append)
    assert files() == before
    assert heard == []
    rows = torch.arange(len(photos))
    assert torch.equal(first.latents[rows], again.latents[rows])


def test_other_weights_have_latents_of_their_own(
    pipe: PlacePipeline, collection: Path, tmp_path: Path
) -> None:
    photos = Collection.open(collection).split("train")
    prepare(pipe, photos, collection, tmp_path, Accelerator(cpu=True))
    pipe.vae.register_to_config(scaling_factor=0.5)
    prepare(pipe, photos, collection, tmp_path, Accelerator(cpu=True))
    assert len(list(tmp_path.glob("latents-*"))) == 2
    assert len(list(tmp_path.glob("texts-*"))) == 1


def test_no_photos_have_no_conditions(pipe: PlacePipeline, collection: Path) -> None:
    nothing = Collection.open(collection).photos.slice(0, 0)
    assert condition_values(pipe.card, nothing).shape == (0, 3)


def test_what_a_table_does_not_tell_is_absent() -> None:
    photos = pa.table({"azimuth_deg": [90.0, None], "hour": [float("nan"), 6.0]})
    card = PlaceCard(name="x", conditions=("longitude", "latitude", "hour", "azimuth"))
    values = condition_values(card, photos)
    assert values.isnan().tolist() == [[True, True, True, False], [True, True, False, True]]
    assert values[0, 3] == pytest.approx(-0.5)
