"""The whole way through the house: a folder of photos, a collection, a model, a picture, by commands alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.errors import BadCollection, BadRequest, Cancelled, OutputExists
from engine.geo.place import Place
from engine.photos.stamp import write_picture
from engine.studio.gallery import recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import ImageRequest, IngestRequest, TrainRequest, WorldRequest
from engine.studio.studio import HOME_VARIABLE, Studio

QUICK = {
    "max_train_steps": 3,
    "total_batch_size": 4,
    "train_batch_size": 4,
    "autoencoder_steps": 2,
    "sample_every_steps": 2,
    "sample_count": 1,
    "sample_inference_steps": 2,
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 24 different photos in Lund, one without a place, and a text."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    taken_at = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for index in range(24):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        place = Place(55.70 + rng.uniform(-0.02, 0.02), 13.19 + rng.uniform(-0.03, 0.03))
        write_picture(
            folder / f"{index:02}.jpg",
            coarse.resize((256, 256)),
            place=place if index else None,
            taken_at=taken_at + timedelta(hours=index),
            caption="a street",
        )
    (folder / "notes.txt").write_text("where I was")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Path:
    """A home with a collection `lund` and the model that was trained on it."""
    home = tmp_path_factory.mktemp("home")
    studio = Studio(home)
    studio.run(IngestRequest((photos,), home / "collections" / "lund"))
    studio.run(TrainRequest(home / "collections" / "lund", home / "checkpoints" / "lund", overrides=QUICK))
    return home


def test_the_model_is_on_the_shelf_and_makes_a_picture_of_its_city(home: Path) -> None:
    studio = Studio(home)
    entry = studio.shelf.get("lund")
    assert entry.card is not None
    assert not entry.card.untrained
    assert entry.card.box is not None
    assert entry.card.box.contains(Place(55.70, 13.19))
    request = ImageRequest("lund", Place(55.70, 13.19), prompt="a street", num_inference_steps=2)
    artefact = studio.run(request)
    made = replace(
        request, guidance_scale=2.0, gps_guidance_scale=2.0
    )  # what the demo preset wrote into the card
    assert recall(artefact.path) == made
    assert len(artefact.details["model"]["manifest"]) == 64
    assert studio.shelf.default == "lund"
    assert [path.name for path in studio.collections()] == ["lund"]


def test_ingest_tells_what_was_taken_and_refused(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(photos), "--out", str(tmp_path / "lund")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "23 taken, 1 refused: no GPS position 1"
    assert main(["ingest", str(photos), "--out", str(tmp_path / "lund")]) == 2
    assert main(["ingest", str(photos), "--out", str(tmp_path / "again"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["taken"], result["refused"]) == (23, {"no GPS position": 1})


def test_ingest_takes_only_what_lies_in_the_region(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region = {
        "type": "Polygon",
        "coordinates": [[[13.1, 55.7], [13.3, 55.7], [13.3, 55.8], [13.1, 55.8], [13.1, 55.7]]],
    }
    (tmp_path / "north.geojson").write_text(json.dumps(region))
    counts = []
    for name, region in (("a", str(tmp_path / "north.geojson")), ("b", "55.7,13.1,55.8,13.3")):
        line = ["ingest", str(photos), "--out", str(tmp_path / name), "--region", region, "--json"]
        assert main(line) == 0
        counts.append(json.loads(capsys.readouterr().out))
    assert counts[0]["taken"] == counts[1]["taken"]
    assert 0 < counts[0]["taken"] < 23
    assert counts[0]["refused"]["outside the region"] == 23 - counts[0]["taken"]


def test_ingest_that_is_stopped_leaves_nothing(photos: Path, tmp_path: Path) -> None:
    cancel = CancelToken()

    def on_progress(progress: Progress) -> None:
        if progress.done >= 5:
            cancel.cancel()

    with pytest.raises(Cancelled):
        Studio(tmp_path).run(IngestRequest((photos,), tmp_path / "lund"), on_progress, cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_photos_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadCollection):
        Studio(tmp_path).run(IngestRequest((tmp_path / "empty",), tmp_path / "lund"))
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_training_tells_its_figures_stops_and_goes_on(home: Path, tmp_path: Path) -> None:
    studio, events, cancel = Studio(tmp_path), [], CancelToken()
    request = TrainRequest(home / "collections" / "lund", tmp_path / "checkpoints" / "lund", overrides=QUICK)

    def on_progress(progress: Progress) -> None:
        events.append(progress)
        if progress.message.startswith("training, step 2"):
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(request, on_progress, cancel)
    assert [entry.name for entry in studio.shelf.entries()] == ["tiny"]
    trained = [event for event in events if event.message.startswith("training")]
    assert {"loss", "learning_rate", "steps_per_s"} <= trained[-1].metrics.keys()
    assert trained[-1].total == 3

    resumed: list[Progress] = []
    again = TrainRequest(request.collection, request.out, overrides=QUICK, resume=True)
    assert studio.run(again, resumed.append).path == request.out
    steps = [event.done for event in resumed if event.message.startswith("training")]
    assert steps == [3]
    assert any(event.preview for event in [*events, *resumed])
    assert [entry.name for entry in studio.shelf.entries()] == ["lund", "tiny"]


def test_the_train_verb_asks_only_for_what_differs_from_the_preset(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in QUICK.items()]
    line = [
        "train",
        "gps",
        str(home / "collections" / "lund"),
        "--out",
        str(tmp_path / "checkpoints" / "lund"),
    ]
    assert main([*line, *flags, "--json"]) == 0
    request = json.loads(capsys.readouterr().out)["request"]
    assert request["preset"] == "demo"
    assert request["overrides"] == QUICK
    assert main([*line, *flags]) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_model_is_not_overwritten(home: Path) -> None:
    with pytest.raises(OutputExists):
        Studio(home).run(
            TrainRequest(home / "collections" / "lund", home / "checkpoints" / "lund", overrides=QUICK)
        )


def test_a_place_for_the_result_is_not_given_twice(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="part of this request"):
        Studio(home).run(IngestRequest((tmp_path,), tmp_path / "c"), out=tmp_path / "d")


def test_the_built_in_city_gives_photos_that_can_be_ingested(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["world", "photos", "--out", str(tmp_path / "photos"), "--seed", "3", "--size-px", "64"]
    assert main([*line, "--count", "2"]) == 0
    assert capsys.readouterr().out == f"2 photos are in {tmp_path / 'photos'}, 2 of them new\n"
    first = sorted(path.name for path in (tmp_path / "photos").glob("*.jpg"))
    assert len(first) == 2
    assert main([*line, "--count", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == 0
    assert main([*line, "--count", "2", "--landmark", "Eiffel Tower"]) == 2
    assert 'no landmark "Eiffel Tower"' in capsys.readouterr().err
    Studio(tmp_path).run(IngestRequest((tmp_path / "photos",), tmp_path / "collection"))


def test_photos_of_the_city_stop_and_go_on(tmp_path: Path) -> None:
    cancel = CancelToken()
    request = WorldRequest(tmp_path / "photos", 5, size_px=32)
    with pytest.raises(Cancelled):
        Studio(tmp_path).run(request, lambda progress: cancel.cancel(), cancel)
    events: list[Progress] = []
    written = Studio(tmp_path).run(request, events.append).details["written"]
    assert 0 < written < 5
    assert (events[-1].done, events[-1].total) == (5, 5)
