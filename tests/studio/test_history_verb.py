"""The verb `history`: what was made is listed, found, taken along and deleted from the command line."""

import json
import os
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from engine.cli import main
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.gallery import Artefact, Gallery
from engine.studio.made import Made
from engine.studio.requests import AverageRequest, ImageRequest
from engine.studio.studio import HOME_VARIABLE, Studio

NOON = 1_769_860_800  # 31 January 2026 in UTC
PICTURE = Made(Image.linear_gradient("L").convert("RGB").resize((16, 16)))
REQUESTS = (
    ImageRequest(model="lund", place=Place(55.6985, 13.1955), prompt="a café\x1b[31m at\n night"),
    AverageRequest(model="lund", region=Box(40.75, -73.99, 40.76, -73.97), prompt="a street"),
    ImageRequest(model="oslo", place=None),
)


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gallery:
    """The gallery that the command finds, with three pictures, each a day older than the one before."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    gallery = Gallery(tmp_path / "home" / "gallery")
    for days, request in enumerate(REQUESTS):
        added = gallery.add(PICTURE, request, {"name": request.model})
        os.utime(added.path, (NOON - 86_400 * days,) * 2)
    return gallery


@pytest.fixture
def pictures(gallery: Gallery) -> tuple[Artefact, ...]:
    return gallery.list()


def said(capsys: pytest.CaptureFixture[str], *line: str) -> str:
    """What the command prints on stdout when all goes well."""
    assert main(["history", *line]) == 0
    return capsys.readouterr().out


def test_every_picture_is_one_line(
    gallery: Gallery, pictures: tuple[Artefact, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    gallery.star(pictures[1].id, True)
    ids = [picture.id for picture in pictures]
    assert said(capsys).split("\n") == [
        f"{ids[0]} 2026-01-31 12:00   image of lund at 55.698500, 13.195500: a café [31m at night",
        f"{ids[1]} 2026-01-30 12:00 * average of lund at 40.755000, -73.980000: a street",
        f"{ids[2]} 2026-01-29 12:00   image of oslo",
        "",
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("--words NIGHT", [0]),
        ("--words average", [1]),
        ("--region Midtown", [1]),
        ("--region 55,13,56,14", [0]),
        ("--model oslo", [2]),
        ("--kind image", [0, 2]),
        ("--since 2026-01-30", [0, 1]),
        ("--until 2026-01-30 --model lund", [1]),
        ("--starred", [2]),
    ],
)
def test_only_what_was_asked_for_is_listed(
    gallery: Gallery,
    pictures: tuple[Artefact, ...],
    capsys: pytest.CaptureFixture[str],
    line: str,
    found: list[int],
) -> None:
    gallery.star(pictures[2].id, True)
    listed = json.loads(said(capsys, *line.split(), "--json"))
    assert [each["id"] for each in listed] == [pictures[number].id for number in found]
    assert [each["starred"] for each in listed] == [number == 2 for number in found]


@pytest.mark.usefixtures("gallery")
def test_nothing_found_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--words", "zebra"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "notice: no picture was found; ask for less, or make one\n")


def test_what_was_found_is_taken_along(
    gallery: Gallery, pictures: tuple[Artefact, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lund.zip"
    assert said(capsys, "--model", "lund", "--zip", str(out)) == f"{out}, 2 pictures\n"
    with ZipFile(out) as bundle:
        pngs = {name for name in bundle.namelist() if name.endswith(".png")}
    assert pngs == {picture.path.name for picture in pictures[:2]}
    assert len(gallery.list()) == 3


def test_deleting_says_how_many_and_wants_a_yes(
    gallery: Gallery, pictures: tuple[Artefact, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["history", "--model", "lund", "--delete", "--zip", str(tmp_path / "lund.zip")]
    assert main(line) == 2
    assert capsys.readouterr().err == "2 pictures would be deleted; add --yes to delete, or ask for less\n"
    assert gallery.list() == pictures
    assert not (tmp_path / "lund.zip").exists()
    assert main([*line, "--yes", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["deleted"] == [picture.id for picture in pictures[:2]]
    assert gallery.list() == pictures[2:]
    assert (tmp_path / "lund.zip").exists()
    assert said(capsys, "--delete", "--yes") == "1 picture deleted\n"
    assert said(capsys, "--delete") == "0 pictures deleted\n"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--since yesterday", "since is 'yesterday'; write a day like 2026-01-31"),
        ("--until 2026-02-30", "until is '2026-02-30'; write a day like 2026-01-31"),
        ("--words zebra --zip none.zip", "there is no picture to take along"),
        ("--zip all.tar", "the pictures cannot be written as 'all.tar'"),
        ("--region Atlantis", 'there is no region "Atlantis" here'),
    ],
)
@pytest.mark.usefixtures("gallery")
def test_a_mistake_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], line: str, sentence: str
) -> None:
    assert main(["history", *line.split()]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(sentence)


def test_what_was_made_is_made_again_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    studio = Studio(tmp_path)
    made = studio.run(ImageRequest(model="tiny", place=Place(40.75, -73.98), num_inference_steps=1))
    painted = studio.gallery.add(PICTURE, replace(made.request, seed=2), made.details["model"])
    gone = studio.gallery.add(PICTURE, REQUESTS[0], {"name": "lund"})
    told = json.loads(said(capsys, "--rerun", "--json"))["rerun"]
    assert told[made.id] == "the same bytes"
    assert told[painted.id] == f"{painted.path.name}: other bytes"
    assert "lund" in told[gone.id]
    assert painted.path.is_file()
