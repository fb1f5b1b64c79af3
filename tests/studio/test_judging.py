"""Judging: which judge a model has, that the model does not change by it, and what is said of one that is damaged."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadModel, BadRequest
from engine.evaluation.gps_clip.judge import GpsClip
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.stamp import read_provenance
from engine.studio.gallery import recall
from engine.studio.grid_sheet import GridSheet
from engine.studio.judging import Judges, scores_of
from engine.studio.lettering import PAPER
from engine.studio.requests import Axis, GridRequest
from engine.studio.rerun import rerun
from engine.studio.studio import HOME_VARIABLE, Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MOMA, LUND = Place(40.7614, -73.9776), Place(55.6985, 13.1955)
GRID = GridRequest(
    "town",
    MOMA,
    rows=Axis("place", (MOMA, LUND)),
    columns=Axis("prompt", ("a street", "zeppelin")),
    num_inference_steps=1,
)
LayJudge = Callable[..., Path]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio of its own with one tiny model, `town`, without a judge."""
    card = PlaceCard("Town", ("longitude", "latitude"), box=BOX, resolution_px=32, base_model="tiny")
    save_pipeline(build_tiny(card), tmp_path / "checkpoints" / "town")
    return Studio(tmp_path)


@pytest.fixture
def town(studio: Studio) -> Path:
    """The folder of the model."""
    return studio.shelf.folder / "town"


def test_a_judge_lies_beside_its_model_and_changes_nothing_of_it(
    studio: Studio, town: Path, lay_judge: LayJudge
) -> None:
    before = studio.shelf.get("town").identity
    assert not studio.has_judge("town")
    assert studio.judges.beside(town) is None
    lay_judge(town, BOX)
    assert [entry.name for entry in studio.shelf.entries()] == ["town", "tiny"]
    assert studio.shelf.get("town").identity == before
    assert studio.has_judge("town")
    assert not studio.has_judge("tiny")
    studio.shelf.load("town")


def test_a_judge_stays_in_memory_until_another_takes_its_place(town: Path, lay_judge: LayJudge) -> None:
    judges = Judges()
    lay_judge(town, BOX)
    first = judges.beside(town)
    assert isinstance(first, GpsClip)
    assert judges.beside(town) is first
    lay_judge(town, BOX, seed=1)
    assert judges.beside(town) is not first


@pytest.mark.parametrize("lost", ["gps_clip.json", "gps_clip.safetensors", "manifest.json"])
def test_a_damaged_judge_is_named_and_is_no_model(
    studio: Studio, town: Path, lay_judge: LayJudge, lost: str
) -> None:
    (lay_judge(town, BOX) / lost).unlink()
    with pytest.raises(BadModel, match=r"town\.judge"):
        studio.run(GRID)
    assert studio.gallery.list() == ()
    assert [entry.name for entry in studio.shelf.entries()] == ["town", "tiny"]


def test_models_and_check_tell_of_the_judge(
    studio: Studio,
    town: Path,
    lay_judge: LayJudge,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(studio.home))
    judge = lay_judge(town, BOX)
    assert main(["models"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in listed] == ["town", "tiny"]
    assert listed[0].endswith("with a judge")
    assert main(["models", "--json"]) == 0
    assert [each["judge"] for each in json.loads(capsys.readouterr().out)] == [True, False]
    assert main(["check", "town"]) == 0
    assert capsys.readouterr().out.startswith("town and its judge are whole")
    assert main(["check", str(judge)]) == 0
    assert capsys.readouterr().out.startswith("the judge town.judge is whole")
    weights = judge / "gps_clip.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    for checked in ("town", str(judge)):
        assert main(["check", checked]) == 2
        assert "is not the file that was saved" in capsys.readouterr().err


def test_each_picture_of_a_grid_has_the_scores_that_the_judge_can_give(
    studio: Studio, town: Path, lay_judge: LayJudge
) -> None:
    plain = studio.run(GRID).details
    assert all("scores" not in cell for cell in plain["cells"])
    lay_judge(town, BOX, words=("a", "street"))
    artefact = studio.run(GRID)
    cells = artefact.details["cells"]
    assert [sorted(cell["scores"]) for cell in cells] == [["gps", "words"], ["gps"], ["words"], []]
    judge = GpsClip.load(town.with_name("town.judge"))
    with Image.open(artefact.path) as sheet:
        first = sheet.crop(tuple(cells[0]["box_px"]))
        below = [sheet.crop((left, bottom, right, bottom + 30)) for left, _, right, bottom in _boxes(cells)]
    assert cells[0]["scores"]["gps"] == pytest.approx(judge.place_scores([first], [MOMA])[0], abs=0.01)
    assert cells[0]["scores"]["words"] == pytest.approx(judge.word_scores([first], ["street a"])[0], abs=0.01)
    written = [any(pixel != PAPER for pixel in each.get_flattened_data()) for each in below]
    assert written == [True, True, True, False]
    provenance = read_provenance(artefact.path)
    assert provenance is not None
    assert provenance["details"]["cells"][0]["scores"] == cells[0]["scores"]
    assert recall(artefact.path) == artefact.request


def _boxes(cells: list[dict]) -> list[list[int]]:
    return [cell["box_px"] for cell in cells]


def test_a_sheet_with_room_for_scores_has_every_other_label_where_it_was() -> None:
    without, scored = (GridSheet(GRID.rows, GRID.columns, (256, 256), True, each) for each in (False, True))
    assert scored.size[0] == without.size[0]
    assert scored.size[1] > without.size[1]
    assert scored.boxes[0] == without.boxes[0]
    sheet = scored.blank()
    before = sheet.copy()
    scored.write_scores(sheet, 0, {"gps": 31.25})
    changed = [box for box in scored.boxes if sheet.crop(box).tobytes() != before.crop(box).tobytes()]
    assert changed == []
    assert sheet.tobytes() != before.tobytes()


def test_a_judge_that_knows_no_words_gives_none(town: Path, lay_judge: LayJudge) -> None:
    judge = GpsClip.load(lay_judge(town, BOX))
    picture = Image.new("RGB", (32, 32), "red")
    assert list(scores_of(judge, picture, MOMA, "a street")) == ["gps"]
    assert scores_of(judge, picture, None, "a street") == {}


def test_what_another_judge_said_is_not_made_again(studio: Studio, town: Path, lay_judge: LayJudge) -> None:
    lay_judge(town, BOX)
    artefact = studio.gallery.get(studio.run(replace(GRID, rows=Axis("seed", (1,)))).id)
    assert rerun(studio, artefact).details["differing"] == []
    lay_judge(town, BOX, seed=1)
    with pytest.raises(BadRequest, match="the judge of 'town' is not the one that judged"):
        rerun(studio, artefact)
