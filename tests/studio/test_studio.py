"""The studio: the same request makes the same bytes, and nothing is left of what was stopped or refused."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadModel, BadRequest, Cancelled, DiskFull, MissingModel
from engine.geo.place import Place
from engine.studio import gallery as gallery_module
from engine.studio import models as models_module
from engine.studio.gallery import recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import ImageRequest
from engine.studio.studio import HOME_VARIABLE, Studio

MOMA = Place(40.7614, -73.9776)
REQUEST = ImageRequest(model="tiny", place=MOMA, prompt="a street", num_inference_steps=3, seed=7)


@pytest.fixture(scope="module")
def warm() -> Studio:
    """A studio whose model is in memory; each test gives it a home of its own."""
    studio = Studio(Path("unused"))
    studio.shelf.load("tiny")
    return studio


@pytest.fixture
def studio(warm: Studio, tmp_path: Path) -> Studio:
    """A studio with an empty home."""
    fresh = Studio(tmp_path)
    fresh.shelf._loaded = warm.shelf._loaded
    return fresh


def test_a_request_becomes_a_picture_in_the_gallery(studio: Studio) -> None:
    artefact = studio.run(REQUEST)
    with Image.open(artefact.path) as image:
        assert image.size == (64, 64)
        assert image.format == "PNG"
    # What was left to the model is written down, so that the file says every number.
    explicit = replace(REQUEST, guidance_scale=2.0, gps_guidance_scale=2.0)
    assert artefact.request == recall(artefact.path) == explicit
    assert artefact.seconds is not None
    assert artefact.details["model"] == {"name": "tiny", "manifest": None}
    assert [found.id for found in studio.gallery.list()] == [artefact.id]


def test_a_picture_that_was_made_is_found_by_its_request(studio: Studio) -> None:
    assert studio.made(REQUEST) is None
    artefact = studio.run(REQUEST)
    found = studio.made(replace(REQUEST, guidance_scale=2.0))  # what the model would have taken anyway
    assert found is not None
    assert found.id == artefact.id
    assert studio.made(replace(REQUEST, seed=8)) is None


def test_without_a_word_the_steps_are_the_models_own(studio: Studio, tmp_path: Path) -> None:
    pipe = build_tiny(PlaceCard("Quick", resolution_px=64, num_inference_steps=2))
    save_pipeline(pipe, tmp_path / "checkpoints" / "quick")
    events: list[Progress] = []
    made = studio.run(ImageRequest(model="quick", place=None), events.append)
    assert made.request.to_dict()["num_inference_steps"] == 2
    assert (events[0].total, events[-1].done) == (2, 2)


def test_the_same_request_makes_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    first = studio.run(REQUEST).path.read_bytes()
    assert studio.run(recall(studio.gallery.list()[0].path)).path.read_bytes() == first
    assert studio.run(REQUEST, out=tmp_path / "a.png").path.read_bytes() == first
    assert Studio(tmp_path / "other").run(REQUEST).path.read_bytes() == first
    assert studio.run(replace(REQUEST, seed=8)).path.read_bytes() != first


@pytest.mark.parametrize(
    "change",
    [
        {"place": Place(40.80, -73.95)},
        {"place": None},
        {"prompt": "a park"},
        {"negative_prompt": "cars"},
        {"guidance_scale": 1.0},
        {"gps_guidance_scale": 0.0},
        {"num_inference_steps": 2},
    ],
)
def test_every_setting_changes_the_picture(studio: Studio, change: dict[str, object]) -> None:
    with (
        Image.open(studio.run(REQUEST).path) as one,
        Image.open(studio.run(replace(REQUEST, **change)).path) as two,
    ):
        assert one.tobytes() != two.tobytes()


def test_the_size_is_the_one_that_was_asked_for(studio: Studio) -> None:
    with Image.open(studio.run(replace(REQUEST, width_px=96, height_px=32)).path) as image:
        assert image.size == (96, 32)


def test_progress_counts_the_steps_and_shows_previews(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.studio.picture.PREVIEWS_PER_S", 1e9)
    events: list[Progress] = []
    studio.run(REQUEST, events.append)
    steps = [event for event in events if event.preview]
    assert [(event.done, event.total) for event in steps] == [(1, 3), (2, 3), (3, 3)]
    assert {event.preview.size for event in steps if event.preview} == {(64, 64)}
    assert steps[-1].eta_s == 0
    assert steps[0].preview != steps[-1].preview


def test_previews_come_no_faster_than_eyes(studio: Studio) -> None:
    events: list[Progress] = []
    started = time.monotonic()
    studio.run(replace(REQUEST, num_inference_steps=40), events.append)
    most = 1 + 8 * (time.monotonic() - started)
    assert 1 <= sum(event.preview is not None for event in events) <= most


def test_a_run_that_is_stopped_leaves_nothing(studio: Studio, tmp_path: Path) -> None:
    cancel = CancelToken()
    events: list[Progress] = []

    def on_progress(progress: Progress) -> None:
        events.append(progress)
        if progress.done == 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(replace(REQUEST, num_inference_steps=50), on_progress, cancel)
    assert events[-1].done == 2
    assert list(tmp_path.rglob("*")) == []


def test_the_queue_stops_a_picture_within_a_step(studio: Studio, tmp_path: Path) -> None:
    try:
        job = studio.jobs.submit(replace(REQUEST, num_inference_steps=999))
        assert any(event.done > 0 for event in job.events())
        job.cancel()
        with pytest.raises(Cancelled):
            job.result(5)
        assert list(tmp_path.rglob("*")) == []
        assert studio.jobs.submit(REQUEST).result(30).path.is_file()
    finally:
        studio.close()


def test_runs_from_many_threads_do_not_mix(studio: Studio, tmp_path: Path) -> None:
    expected = studio.run(REQUEST).path.read_bytes()
    results: list[bytes] = []

    def run(number: int) -> None:
        results.append(studio.run(REQUEST, out=tmp_path / f"{number}.png").path.read_bytes())

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


def test_a_place_outside_comes_with_a_notice(studio: Studio) -> None:
    made = studio.run(replace(REQUEST, place=Place(55.6985, 13.1955)))
    (said,) = made.notices
    assert "km outside of what the model knows" in said
    assert studio.run(REQUEST).notices == ()


@pytest.mark.parametrize("condition", ["heading", "hour", "month"])
def test_a_condition_that_the_model_lacks_is_refused(studio: Studio, condition: str) -> None:
    with pytest.raises(BadRequest, match=f"no condition '{condition}'; it knows longitude, latitude"):
        studio.run(replace(REQUEST, **{condition: 3.0}))


def test_a_missing_model_names_those_that_exist(studio: Studio) -> None:
    with pytest.raises(MissingModel, match="no model 'paris'; there are tiny"):
        studio.run(replace(REQUEST, model="paris"))


def test_a_broken_model_says_what_is_broken(studio: Studio) -> None:
    folder = studio.home / "checkpoints" / "lund"
    folder.mkdir(parents=True)
    (folder / "place.json").write_text("[]")
    with pytest.raises(BadModel, match=r"place\.json"):
        studio.run(replace(REQUEST, model="lund"))


@pytest.mark.parametrize("name", ["picture.gif", "picture", "folder.png"])
def test_an_output_that_cannot_be_is_refused_before_the_work(
    studio: Studio, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder.png").mkdir()
    events: list[Progress] = []
    with pytest.raises(BadRequest):
        studio.run(REQUEST, events.append, out=tmp_path / name)
    assert events == []


def test_a_full_disk_is_said_so(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *arguments: object, **options: object) -> None:
        raise DiskFull(f"the disk has no room for {path}; free some space and try again")

    monkeypatch.setattr(gallery_module, "write_picture", full)
    with pytest.raises(DiskFull, match="no room"):
        studio.run(REQUEST)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_warm_studio_has_loaded_what_the_first_picture_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Studio(tmp_path)
    studio.warm_up()
    monkeypatch.setattr(models_module, "_load", lambda entry: pytest.fail(f"{entry.name} is loaded again"))
    studio.run(REQUEST)


def test_a_model_that_cannot_be_loaded_is_said_so_when_a_picture_is_asked_for(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    folder = tmp_path / "checkpoints" / "demo"
    folder.mkdir(parents=True)
    PlaceCard("Demo").write(folder)
    (folder / "manifest.json").write_text("no JSON")
    studio.warm_up()
    with pytest.raises(BadModel, match="is damaged"):
        studio.run(replace(REQUEST, model="demo", place=None))


def test_the_home_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert Studio().home == tmp_path
    monkeypatch.delenv(HOME_VARIABLE)
    assert (Studio().home / "engine" / "studio").is_dir()


def test_collections_are_folders_with_photos(studio: Studio, tmp_path: Path) -> None:
    assert studio.collections() == ()
    for name in ("lund", "berlin", "half"):
        (tmp_path / "collections" / name).mkdir(parents=True)
    for name in ("lund", "berlin"):
        (tmp_path / "collections" / name / "photos.parquet").touch()
    assert [path.name for path in studio.collections()] == ["berlin", "lund"]
