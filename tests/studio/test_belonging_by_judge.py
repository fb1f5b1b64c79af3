"""Where a picture belongs by the judge beside the model: the same outputs as by the model, or a sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest
from engine.evaluation.gps_clip.belonging import judged_belonging
from engine.evaluation.gps_clip.judge import GpsClip
from engine.geo.bearing import distance_m
from engine.geo.formats import read
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.stamp import write_picture
from engine.studio.belonging import CELLS, SEEN
from engine.studio.gallery import recall
from engine.studio.given import given_picture
from engine.studio.requests import BelongRequest, GivenPicture, ImageRequest, request_from_dict
from engine.studio.studio import HOME_VARIABLE, Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MOMA = Place(40.7614, -73.9776)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, lay_judge: Callable[..., Path]) -> Path:
    """A home with a model that has a judge, and one that has none."""
    home = tmp_path_factory.mktemp("town")
    card = PlaceCard("Town", ("longitude", "latitude"), box=BOX, resolution_px=32, base_model="tiny")
    for name in ("town", "alone"):
        save_pipeline(build_tiny(card), home / "checkpoints" / name)
    lay_judge(home / "checkpoints" / "town", BOX)
    return home


@pytest.fixture
def park(tmp_path: Path) -> Path:
    """A picture from elsewhere, of 96 x 64 px."""
    path = tmp_path / "park.png"
    pixels = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    write_picture(path, Image.fromarray(pixels))
    return path


def test_the_judge_says_where_with_the_same_outputs(studio: Studio, park: Path, town: Path) -> None:
    request = BelongRequest("town", picture=given_picture(park), by="judge")
    artefact = studio.run(request)
    facts = artefact.details
    judge = GpsClip.load(town / "checkpoints" / "town.judge")
    with Image.open(artefact.path) as heat, Image.open(artefact.files[SEEN]) as seen:
        assert heat.width / heat.height == pytest.approx(BOX.width_m / BOX.height_m, rel=0.01)
        assert seen.size == (16, 16)
        found = judged_belonging(judge, seen.convert("RGB"), BOX)
    best, *cells = read(artefact.files[CELLS])
    assert best.geometry == Place(*facts["place"])
    assert distance_m(Place(*facts["place"]), found.place) < 1
    assert facts["uncertainty_m"] == pytest.approx(found.uncertainty_m, abs=0.1)
    assert len(cells) == len(found.cells)
    assert sum(cell.properties["plausibility"] for cell in cells) == pytest.approx(1)
    assert len(facts["cells"]) == 100
    assert Box(**facts["bounds"]) == BOX
    assert not {"draws", "landed_m"} & facts.keys()
    assert recall(artefact.path) == artefact.request
    before = artefact.path.read_bytes()
    assert studio.run(request).path.read_bytes() == before


def test_a_picture_of_ours_says_how_far_it_landed(studio: Studio) -> None:
    picture = studio.run(ImageRequest("town", MOMA, num_inference_steps=1))
    facts = studio.run(BelongRequest("town", picture=given_picture(picture.path), by="judge")).details
    assert facts["landed_m"] == pytest.approx(distance_m(MOMA, Place(*facts["place"])), abs=0.06)


def test_the_request_says_who_is_asked_only_where_it_is_the_judge() -> None:
    picture = GivenPicture("park.png", "0123456789abcdef" * 4)
    told = BelongRequest("town", picture=picture, by="judge").validate().to_dict()
    assert told["by"] == "judge"
    assert not {"cells", "draws", "rounds", "seed", "prompt"} & told.keys()
    assert request_from_dict(json.loads(json.dumps(told))) == BelongRequest(
        "town", picture=picture, by="judge"
    )
    assert "by" not in BelongRequest("town", picture=picture).to_dict()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": "alone"}, r"the model 'alone' has no judge beside it; .* --out checkpoints/alone\.judge"),
        ({"model": "tiny"}, "the model 'tiny' has no judge beside it"),
        ({"by": "me"}, "by is 'me'; choose from model, judge"),
        ({"cells": 16}, "cells is for the model's own search, and the judge looks once; leave it out"),
        ({"prompt": "a park"}, "prompt is for the model's own search"),
        ({"seed": 1}, "seed is for the model's own search"),
    ],
)
def test_what_the_judge_cannot_be_asked_is_said_in_one_sentence(
    studio: Studio, park: Path, changes: dict, sentence: str
) -> None:
    request = BelongRequest(**{"model": "town", "picture": given_picture(park), "by": "judge", **changes})
    with pytest.raises(BadRequest, match=sentence) as caught:
        studio.run(request)
    assert "\n" not in str(caught.value)
    assert studio.gallery.list() == ()


def test_the_command_asks_the_judge(
    studio: Studio, park: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(studio.home))
    out = tmp_path / "where.png"
    line = ["belong", str(park), "--by", "judge", "--out", str(out)]
    assert main([*line, "--model", "town"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{out}, 40.")
    assert shown.endswith(" m, judge of model town\n")
    assert main([*line, "--model", "alone"]) == 2
    assert "has no judge beside it" in capsys.readouterr().err
