"""Attention asked for in one request: the very picture, a map of each word and condition, its files, its mistakes."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from engine.cli import main
from engine.diffusion.attention import recorded
from engine.diffusion.attention_file import read_attention
from engine.diffusion.card import PlaceCard
from engine.diffusion.heat import normalised, overlay
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest, Cancelled
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.stamp import read_provenance
from engine.studio.attention import PICTURE
from engine.studio.gallery import Artefact, recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import AttentionRequest, ImageRequest, request_from_dict
from engine.studio.requests.attention import MAPS
from engine.studio.studio import HOME_VARIABLE, Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MOMA, LUND = Place(40.7614, -73.9776), Place(55.6985, 13.1955)
REQUEST = AttentionRequest("town", MOMA, prompt="a wet street", heading=30.0, num_inference_steps=2, seed=3)
SHOWN = [None, 0, 1, 2, "latitude", "longitude", "heading"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tiny model that knows the heading and the hour too."""
    home = tmp_path_factory.mktemp("town")
    conditions = ("longitude", "latitude", "heading", "hour")
    card = PlaceCard(
        "Town",
        conditions=conditions,
        box=BOX,
        resolution_px=64,
        base_model="tiny",
        words=("a", "wet", "street"),
    )
    save_pipeline(build_tiny(card), home / "checkpoints" / "town")
    return home


@pytest.fixture(scope="module")
def made(town: Path) -> Artefact:
    """The attention of REQUEST, read from the gallery."""
    studio = Studio(town)
    return studio.gallery.get(studio.run(REQUEST).id)


def test_the_picture_is_the_one_that_is_made_without_looking(made: Artefact, studio: Studio) -> None:
    alone = studio.run(REQUEST.picture)
    assert isinstance(alone.request, ImageRequest)
    with Image.open(alone.path) as expected, Image.open(made.files[PICTURE]) as found:
        assert found.tobytes() == expected.tobytes()
        with Image.open(made.path) as sheet:
            assert sheet.crop(made.details["cells"][0]["box_px"]).tobytes() == expected.tobytes()
    assert recall(made.files[PICTURE]) == alone.request
    assert made.files.keys() == {PICTURE, MAPS}


def test_the_sheet_shows_each_word_and_each_condition_that_is_set(made: Artefact) -> None:
    assert recall(made.path) == made.request
    cells = made.details["cells"]
    assert [cell["of"] for cell in cells] == SHOWN
    attention = read_attention(made.files[MAPS])
    with Image.open(made.path) as sheet, Image.open(made.files[PICTURE]) as picture:
        for cell in cells[1:]:
            shown = np.asarray(sheet.crop(cell["box_px"]), int)
            expected = overlay(picture, normalised(attention.map(cell["of"])))
            assert np.abs(shown - np.asarray(expected, int)).max() <= 1
    assert made.details["words"] == ["a", "wet", "street"]
    assert made.details["conditions"] == ["latitude", "longitude", "heading"]


def test_the_file_has_the_maps_of_every_step_and_group_of_layers(made: Artefact, studio: Studio) -> None:
    pipe = studio.shelf.load("town")
    request = made.request
    with recorded(pipe) as attention:
        pipe(
            request.prompt,
            request.conditions,
            guidance_scale=request.guidance_scale,
            gps_guidance_scale=request.gps_guidance_scale,
            num_inference_steps=2,
            generator=torch.Generator().manual_seed(3),
            output_type="latent",
        )
    found = read_attention(made.files[MAPS])
    assert made.details["groups"] == list(found.groups) == list(attention.groups)
    assert made.details["steps"] == found.num_steps == 2
    for of in (*SHOWN[1:], "hour"):
        for groups in (None, *found.groups):
            for steps in (None, 0, 1):
                expected = attention.map(of, groups, steps)
                np.testing.assert_allclose(found.map(of, groups, steps), expected, rtol=2e-3)


def test_shares_sum_to_one_overall_and_by_step(made: Artefact) -> None:
    shares = made.details["shares"]
    assert [each["of"] for each in shares] == ["text", "longitude", "latitude", "heading", "hour"]
    assert sum(each["share"] for each in shares) == pytest.approx(1, abs=1e-4)
    for step in range(2):
        assert sum(each["by_step"][step] for each in shares) == pytest.approx(1, abs=1e-4)
    for each in shares:
        assert each["share"] == pytest.approx(np.mean(each["by_step"]), abs=2e-5)


def test_the_same_request_makes_the_same_bytes_and_all_of_it_can_be_deleted(
    made: Artefact, studio: Studio
) -> None:
    again = studio.run(request_from_dict(made.request.to_dict()))
    assert again.id == made.id
    assert again.path.read_bytes() == made.path.read_bytes()
    for ending, path in again.files.items():
        assert path.read_bytes() == made.files[ending].read_bytes()
    assert studio.gallery.list() != ()
    studio.gallery.delete(again.id)
    assert list(studio.gallery.folder.iterdir()) == []


def test_files_that_do_not_tell_the_place_tell_it_nowhere_and_keep_their_figures(
    studio: Studio, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    artefact = studio.run(replace(REQUEST, gps_in_exif=False), out=out)
    assert {each.name for each in tmp_path.glob("out.*")} == {"out.png", "out.picture.png", "out.safetensors"}
    for path in (out, *artefact.files.values()):
        assert not any(number in path.read_bytes() for number in (b"40.76", b"73.97"))
    provenance = read_provenance(out)
    assert provenance is not None
    told = {name: artefact.details[name] for name in provenance["details"]}
    assert provenance["details"] == told
    assert told.keys() == {"cells", "words", "conditions", "groups", "steps", "shares"}
    with safe_open(artefact.files[MAPS], "np") as file:
        assert json.loads(file.metadata()["attention"])["request"] is None
    request = recall(out)
    assert isinstance(request, AttentionRequest)
    assert request.place is None


def test_a_place_outside_is_brought_to_the_nearest_that_the_model_knows(studio: Studio) -> None:
    there = replace(REQUEST, place=LUND)
    artefact = studio.run(there)
    assert "outside of what the model knows" in artefact.notices[0]
    assert artefact.request.place == LUND
    with Image.open(artefact.files[PICTURE]) as found, Image.open(studio.run(there.picture).path) as expected:
        assert found.tobytes() == expected.tobytes()


def test_a_prompt_without_a_place_and_a_place_without_a_prompt_are_enough(studio: Studio) -> None:
    words = studio.run(replace(REQUEST, place=None, heading=None, prompt="street, street"))
    assert [cell["of"] for cell in words.details["cells"]] == [None, 0, 1]
    place = studio.run(replace(REQUEST, prompt="", heading=None))
    assert [cell["of"] for cell in place.details["cells"]] == [None, "latitude", "longitude"]


def test_a_large_picture_is_whole_in_its_file_and_smaller_on_the_sheet(studio: Studio) -> None:
    artefact = studio.run(replace(REQUEST, width_px=544, height_px=136, num_inference_steps=1))
    with Image.open(artefact.files[PICTURE]) as picture:
        assert picture.size == (544, 136)
    left, top, right, bottom = artefact.details["cells"][3]["box_px"]
    assert (right - left, bottom - top) == (512, 128)


@pytest.mark.parametrize("prompt", ["", " ", "?!"])
def test_nothing_to_look_at_is_said_in_one_sentence(studio: Studio, prompt: str) -> None:
    with pytest.raises(BadRequest, match="nothing that the picture could look at; give a prompt, a place, "):
        studio.run(replace(REQUEST, place=None, heading=None, prompt=prompt))
    assert studio.gallery.list() == ()


def test_what_the_model_or_the_request_cannot_is_said_in_one_sentence(studio: Studio) -> None:
    with pytest.raises(BadRequest, match="this model has no condition 'month'"):
        studio.run(replace(REQUEST, month=3.0))
    with pytest.raises(BadRequest, match="place must be a Place, not tuple"):
        studio.run(replace(REQUEST, place=(1.0, 2.0)))
    with pytest.raises(BadRequest, match=r"end it in .*\.webp, \.safetensors"):
        studio.run(REQUEST, out=Path("maps.npz"))


def test_it_tells_every_step_and_stops_within_one_and_leaves_the_model_as_it_was(studio: Studio) -> None:
    events: list[Progress] = []
    before = studio.run(REQUEST, events.append).path.read_bytes()
    assert (events[-1].done, events[-1].total) == (2, 2)
    assert any(event.preview for event in events)
    studio.gallery.delete(studio.gallery.list()[0].id)
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.done == 1:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(REQUEST, stop, cancel)
    assert studio.gallery.list() == ()
    assert studio.run(REQUEST).path.read_bytes() == before


def run_verb(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return lambda *words: main(["attend", "--num-inference-steps", "1", "--model", "town", *words])


def test_the_verb_writes_a_sheet_or_the_maps_alone(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    attend, out = run_verb(studio.home, monkeypatch), tmp_path / "sheet.jpg"
    words = ("--at", "40.7614,-73.9776", "--prompt", "a street")
    assert attend(*words, "--out", str(out)) == 0
    assert capsys.readouterr().out == f"{out}, 4 maps, model town\n"
    assert isinstance(recall(out), AttentionRequest)
    assert {each.name for each in tmp_path.glob("sheet.*")} == {
        "sheet.jpg",
        "sheet.picture.png",
        "sheet.safetensors",
    }
    alone = tmp_path / "maps.safetensors"
    assert attend(*words, "--json", "--out", str(alone)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["request"]["request"] == "attention"
    assert {each["of"] for each in told["shares"]} >= {"text", "latitude"}
    assert list(tmp_path.glob("maps.*")) == [alone]
    assert [word.text for word in read_attention(alone).words] == ["a", "street"]
    assert attend() == 2
    assert capsys.readouterr().err.startswith(
        "there is nothing that the picture could look at; give a prompt"
    )
