"""World photos on disk: EXIF that reads back, runs that go on, and refusals in one sentence."""

import json
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadRequest, Cancelled, DiskFull, OutputExists
from engine.photos.collection import Collection
from engine.photos.exif import read_metadata
from engine.photos.ingest import ingest
from engine.photos.stamp import read_provenance
from engine.world.photos import write_photos
from engine.world.tourist import training_tourists

SEED = 25  # its first six shots have a sketch, a watercolour and a black and white
SMALL = {"landmark": "stonehenge", "size_px": 32, "workers": 1, "device": "cpu"}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world") / "photos"
    assert write_photos(out, 6, SEED, **SMALL) == 6
    return out


def test_exif_says_where_when_and_in_which_direction(made: Path) -> None:
    for shot in islice(training_tourists(SEED, "stonehenge"), 6):
        path = made / f"{shot.index:06d}.jpg"
        metadata = read_metadata(path)
        assert metadata.latitude == pytest.approx(shot.place_gps.latitude, abs=1e-8)
        assert metadata.longitude == pytest.approx(shot.place_gps.longitude, abs=1e-8)
        assert metadata.heading_deg == pytest.approx(shot.heading_deg, abs=1e-3)
        assert metadata.heading_reference == "T"
        assert metadata.taken_at == shot.taken_at
        assert metadata.caption == shot.caption
        assert (metadata.width_px, metadata.height_px) == (32, 32)


def test_every_file_says_that_it_is_rendered_and_tells_the_truth(made: Path) -> None:
    shot = next(training_tourists(SEED, "stonehenge"))
    truth = read_provenance(made / f"{shot.index:06d}.jpg")
    assert truth is not None
    assert "not a photograph" in truth["rendered"]
    assert (truth["latitude"], truth["longitude"]) == (shot.place_true.latitude, shot.place_true.longitude)
    assert (truth["seed"], truth["index"], truth["weather"]) == (SEED, shot.index, shot.weather)


def test_in_one_light_all_are_taken_on_a_clear_day_with_nothing_before_the_camera(tmp_path: Path) -> None:
    out = tmp_path / "photos"
    assert write_photos(out, 6, SEED, light=(13.0, 6), **SMALL) == 6
    for shot, path in zip(
        training_tourists(SEED, "stonehenge", (13.0, 6)), sorted(out.glob("*.jpg")), strict=False
    ):
        truth, taken_at = read_provenance(path), read_metadata(path).taken_at
        assert truth is not None
        assert taken_at is not None
        assert (truth["weather"], truth["subject"], truth["style"]) == ("clear", None, None)
        assert (taken_at.month, taken_at.hour, taken_at.minute) == (6, 13, 0)
        assert truth["longitude"] == shot.place_true.longitude
    assert write_photos(out, 6, SEED, light=(13.0, 6), **SMALL) == 0


def test_the_same_request_writes_the_same_bytes_in_one_process_and_in_two(tmp_path: Path) -> None:
    for workers in (1, 2):
        assert write_photos(tmp_path / f"by{workers}", 18, SEED, **SMALL | {"workers": workers}) == 18
    assert files(tmp_path / "by1") == files(tmp_path / "by2")


def test_only_photos_of_this_request_count_as_taken(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "999999.jpg").write_bytes((tmp_path / "000000.jpg").read_bytes())
    (tmp_path / "000000.jpg").unlink()
    assert write_photos(tmp_path, 6, SEED, **SMALL) == 1
    assert files(tmp_path)["000000.jpg"] == files(made)["000000.jpg"]


def test_styles_are_applied_to_the_shots_that_ask_for_them(made: Path) -> None:
    styled = [
        shot for shot in islice(training_tourists(SEED, "stonehenge"), 6) if shot.style == "black and white"
    ]
    assert styled
    for shot in styled:
        with Image.open(made / f"{shot.index:06d}.jpg") as image:
            pixels = np.asarray(image, dtype=int)
        assert np.abs(pixels[..., 0] - pixels[..., 2]).max() <= 2


def test_an_interrupted_run_goes_on_where_it_stopped(made: Path, tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []

    def stop_at_three(done: int, total: int) -> None:
        progress.append((done, total))
        if done == 3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write_photos(tmp_path, 6, SEED, on_progress=stop_at_three, **SMALL)
    assert progress == [(1, 6), (2, 6), (3, 6)]
    there = len(list(tmp_path.glob("*.jpg")))
    assert 3 <= there <= 5
    (tmp_path / ".000004.jpg.77.partial").write_bytes(b"half a photo of a killed run")
    progress.clear()
    assert write_photos(tmp_path, 6, SEED, on_progress=lambda *at: progress.append(at), **SMALL) == 6 - there
    assert progress == [(done, 6) for done in range(there + 1, 7)]
    assert files(tmp_path) == files(made)
    assert write_photos(tmp_path, 6, SEED, **SMALL) == 0


@pytest.mark.parametrize(
    "other", [{"size_px": 48}, {"landmark": "pisa"}, {"seed": 4}, {"count": 7}, {"light": (9.0, 1)}]
)
def test_a_folder_of_another_request_is_left_alone(made: Path, other: dict) -> None:
    before = files(made)
    with pytest.raises(OutputExists, match=r"holds the photos of another request .*choose another folder"):
        write_photos(made, **{"count": 6, "seed": SEED} | SMALL | other)
    assert files(made) == before


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("dear diary")
    with pytest.raises(OutputExists, match=r"is not empty and holds no world\.json"):
        write_photos(tmp_path, 6, SEED, **SMALL)
    with pytest.raises(OutputExists, match="is a file"):
        write_photos(tmp_path / "diary.txt", 6, SEED, **SMALL)
    assert files(tmp_path) == {"diary.txt": b"dear diary"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"count": 0}, "count is 0; give a whole number from 1 to 200,000"),
        ({"count": 1_000_000}, "count is 1,000,000; give a whole number from 1 to 200,000"),
        ({"size_px": 8}, "size_px is 8; give a whole number from 32 to 2,048"),
        ({"seed": -1}, "seed is -1"),
        ({"workers": 0}, "workers is 0"),
        ({"light": (25.0, 6)}, "the light is of hour 25 in month 6; give an hour from 0 to 24"),
        ({"light": (13.0, 13)}, "the light is of hour 13 in month 13; .* a month from 1 to 12"),
        ({"landmark": "Atlantis"}, 'there is no landmark "Atlantis"; choose one of arc-de-triomphe'),
    ],
)
def test_impossible_requests_are_refused_before_anything_is_written(
    tmp_path: Path, asked: dict, sentence: str
) -> None:
    with pytest.raises(BadRequest, match=sentence):
        write_photos(tmp_path / "out", **{"count": 6, "seed": SEED} | SMALL | asked)
    assert not (tmp_path / "out").exists()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 600 bytes, which is the same error to the writer as a full disk.

    Only inside the block: the test runner's own log must go on growing.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    with full_disk(), pytest.raises(DiskFull, match="free some space and try again"):
        write_photos(tmp_path / "out", 6, SEED, **SMALL)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["world.json"]


def test_photos_go_through_ingest_like_anyone_s(tmp_path: Path) -> None:
    out = tmp_path / "photos"
    write_photos(out, 12, 8, **SMALL | {"landmark": "space-needle", "size_px": 96})
    report = ingest([out], tmp_path / "collection", workers=1)
    assert (report.taken, dict(report.refused)) == (12, {})
    rows = {
        Path(row["path"]).name: row for row in Collection.open(tmp_path / "collection").photos.to_pylist()
    }
    for shot in islice(training_tourists(8, "space-needle"), 12):
        row = rows[f"{shot.index:06d}.jpg"]
        assert (row["latitude"], row["longitude"]) == pytest.approx(
            (shot.place_gps.latitude, shot.place_gps.longitude), abs=1e-8
        )
        assert row["heading_deg"] == pytest.approx(shot.heading_deg, abs=1e-3)
        assert row["hour"] == pytest.approx(shot.hour, abs=1e-3)
        assert row["month"] == shot.taken_at.month
        assert row["caption"] == shot.caption


def test_the_request_stands_in_the_folder(made: Path) -> None:
    request = json.loads((made / "world.json").read_text())
    assert request == {"count": 6, "seed": SEED, "landmark": "stonehenge", "size_px": 32, "version": 1}
