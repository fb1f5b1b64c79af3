"""The verb `orbit` and films of the kind orbit: a landmark from one side, and from all of them in turn."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.geo.place import Place
from engine.photos.stamp import read_provenance
from engine.studio.requests import ImageRequest, WalkRequest
from engine.studio.shots import shots_of
from engine.studio.studio import HOME_VARIABLE

COUNTS = (9,) * 27 + (0,) * 9  # nobody stood between west and north-north-west


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a model of a landmark, and one of no landmark."""
    home = tmp_path_factory.mktemp("home")
    card = PlaceCard(
        name="Cathedral",
        conditions=("azimuth", "distance"),
        kind="angle",
        centre=Place(55.7040, 13.1935),
        min_distance_m=40.0,
        radius_m=160.0,
        azimuth_counts=COUNTS,
        resolution_px=64,
    )
    save_pipeline(build_tiny(card), home / "checkpoints" / "lund-cathedral")
    save_pipeline(build_tiny(PlaceCard("Lund", resolution_px=64)), home / "checkpoints" / "lund")
    return home


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_each_side_of_a_landmark_is_another_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pictures = []
    for azimuth in ("90", "270", "450"):
        out = tmp_path / f"{azimuth}.png"
        line = [
            "--landmark",
            "cathedral",
            "--azimuth",
            azimuth,
            "--num-inference-steps",
            "2",
            "--out",
            str(out),
        ]
        assert main(["orbit", *line, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["request"]["model"] == "lund-cathedral"
        pictures.append(pixels(out))
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[0] == pictures[2]).all()  # once more around
    request = (read_provenance(out) or {})["request"]
    assert request["azimuth"] == 90.0
    assert ImageRequest.from_dict(request).azimuth == 90.0


def test_a_side_that_nobody_photographed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = str(tmp_path / "side.png")
    line = ["orbit", "--landmark", "Cathedral", "--num-inference-steps", "1", "--out", out, "--azimuth"]
    assert main([*line, "310"]) == 0
    assert "no photo from this side: the nearest are 50° further round" in capsys.readouterr().err
    assert main([*line, "262"]) == 0  # of the last bin that has any
    assert "photo" not in capsys.readouterr().err


def test_a_film_goes_around_the_landmark(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "around.png"
    line = ["--kind", "orbit", "--model", "lund-cathedral", "--frames", "4", "--num-inference-steps", "1"]
    assert main(["walk", *line, "--azimuth", "20", "--out", str(out), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["azimuths"] == [20.0, 110.0, 200.0, 290.0]
    assert "no photo from 9 of 36 sides" in said.err
    assert out.with_suffix(".mp4").is_file()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["--landmark", "Cathedral"], "there is no --azimuth"),
        (["--azimuth", "3"], "no --landmark is named; there are Cathedral"),
        (["--landmark", "Tower", "--azimuth", "3"], "no model has learned 'Tower'; there are Cathedral"),
        (["--model", "lund", "--azimuth", "3"], "this model has no condition 'azimuth'"),
        (["--landmark", "Cathedral", "--azimuth", "nan"], "azimuth"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(line: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    assert main(["orbit", *line]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_how_far_the_camera_stands_is_one_of_its_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pictures = {}
    for distance in ("40", "160", "1000"):
        out = tmp_path / f"{distance}.png"
        line = ["--azimuth", "90", "--distance", distance, "--num-inference-steps", "2", "--out", str(out)]
        assert main(["orbit", "--landmark", "Cathedral", *line]) == 0
        pictures[distance] = pixels(out)
    assert (pictures["40"] != pictures["160"]).any()
    assert (pictures["160"] == pictures["1000"]).all()  # from beyond the ring it is seen as from its edge
    assert (read_provenance(tmp_path / "40.png") or {})["request"]["distance"] == 40.0
    assert main(["orbit", "--landmark", "Cathedral", "--azimuth", "90", "--distance", "-3"]) == 2
    assert "distance is -3" in capsys.readouterr().err


def test_a_film_around_it_keeps_its_distance():
    request = WalkRequest("lund-cathedral", kind="orbit", frames=4).validate()
    card = PlaceCard("Cathedral", ("azimuth", "distance"), kind="angle", min_distance_m=40.0, radius_m=160.0)
    assert {shot["distance"] for shot in shots_of(request, card)} == {80.0}
    assert {shot["distance"] for shot in shots_of(replace(request, distance=50.0), card)} == {50.0}
    plain = replace(card, conditions=("azimuth",))
    assert all("distance" not in shot for shot in shots_of(request, plain))


def test_a_request_without_an_azimuth_or_a_distance_is_what_it_was_before_there_were_any():
    told = ImageRequest("lund", None).validate().to_dict()
    assert not {"azimuth", "distance"} & told.keys()
