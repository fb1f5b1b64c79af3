"""Ingest: every file is accounted for, and the same input gives the same collection, whole or not at all."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import BadCollection, BadFile, BadRequest, Cancelled, DiskFull, OutputExists
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.photos.ingest import ingest
from engine.photos.opening import Limits

Take = Callable[..., Path]
LUND, BERLIN = Place(55.70, 13.19), Place(52.52, 13.40)
ROOT = Path(__file__).parent.parent.parent


def test_one_of_each_kind(tmp_path: Path, take: Take, rows: Callable[[Any], Any]) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    take(photos / "a.jpg", 1, LUND, heading_deg=12, caption="A street")
    take(photos / "deep" / "er" / "b.png", 2, LUND)
    take(photos / "c.webp", 3, LUND)
    shutil.copy(photos / "a.jpg", photos / "copy of a.jpg")
    take(photos / "smaller a.jpg", 1, LUND, size=(120, 90), quality=40)
    take(photos / "no gps.jpg", 4, None)
    take(photos / "tiny.jpg", 5, LUND, size=(90, 60))
    take(photos / "berlin.jpg", 6, BERLIN)
    take(photos / "null island.jpg", 7, Place(0, 0))
    take(photos / "truncated.jpg", 8, LUND).write_bytes((photos / "truncated.jpg").read_bytes()[:2000])
    Image.new("1", (12_000, 12_000)).save(photos / "bomb.png")
    (photos / "page.jpg").write_text("<html>not found</html>")
    (photos / "empty.jpg").touch()
    (photos / "notes.txt").write_text("no photo")
    (photos / ".hidden.jpg").write_text("no photo")
    (photos / "c.txt").write_text("A red house")
    take(photos / "d.png", 9, LUND).rename(photos / "a photo without an ending")

    report = ingest([photos], out)
    refused = rows(Collection.open(out).refused)
    assert {name: row["reason"] for name, row in refused.items()} == {
        "copy of a.jpg": "exact duplicate",
        "smaller a.jpg": "near duplicate",
        "no gps.jpg": "no GPS position",
        "tiny.jpg": "too small",
        "berlin.jpg": "far from all others",
        "null island.jpg": "position is (0, 0)",
        "truncated.jpg": "unreadable",
        "bomb.png": "too large",
        "page.jpg": "not a JPEG, PNG, WEBP, TIFF or HEIC picture",
        "empty.jpg": "unreadable",
    }
    assert refused["berlin.jpg"]["detail"] == "52.520000, 13.400000"
    assert refused["copy of a.jpg"]["detail"] == f"same as {photos / 'a.jpg'}"
    assert report.taken == 4
    assert list(report.refused) == [
        "not a JPEG, PNG, WEBP, TIFF or HEIC picture",
        "unreadable",
        "too large",
        "too small",
        "no GPS position",
        "position is (0, 0)",
        "exact duplicate",
        "far from all others",
        "near duplicate",
    ]
    assert report.refused["unreadable"] == 2
    taken = rows(Collection.open(out).photos)
    assert set(taken) == {"a.jpg", "b.png", "c.webp", "a photo without an ending"}
    assert (taken["a.jpg"]["heading_deg"], taken["a.jpg"]["caption"]) == (12, "A street")
    assert taken["c.webp"]["caption"] == "A red house"
    assert json.loads((out / "collection.json").read_text())["counts"]["ignored"] == 2, "notes.txt and c.txt"
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "out"}


ODD = {  # all that is not "no GPS position"; each was compared with the picture and with its raw EXIF by eye
    "DSCN0010.jpg": "taken",
    "DSCN0012.jpg": "taken",
    "DSCN0021.jpg": "taken",
    "DSCN0025.jpg": "taken",
    "DSCN0027.jpg": "taken",
    "DSCN0029.jpg": "taken",
    "DSCN0038.jpg": "taken",
    "DSCN0040.jpg": "taken",
    "DSCN0042.jpg": "taken",
    "67-0_length_string.jpg": "far from all others",  # Germany; the others are of Arezzo
    "87_OSError.jpg": "far from all others",  # Florence, 60 km away
    "HMD_Nokia_8.3_5G.jpg": "far from all others",  # Helsinki
    "image01551.jpg": "too small",  # 61 x 58 pixels
}


def test_every_odd_file_is_accounted_for(shared: Path, tmp_path: Path, rows: Callable[[Any], Any]) -> None:
    files = {path.name for path in (shared / "photos" / "odd").iterdir()}
    report = ingest([shared / "photos" / "odd"], tmp_path / "out")
    collection = Collection.open(tmp_path / "out")
    verdicts = {name: row["reason"] for name, row in rows(collection.refused).items()}
    verdicts |= dict.fromkeys(rows(collection.photos), "taken")
    assert verdicts == dict.fromkeys(files, "no GPS position") | ODD
    assert len(files) == report.taken + sum(report.refused.values()) == 32


def test_a_photo_whose_content_was_lost_is_blank(shared: Path, tmp_path: Path) -> None:
    with pytest.raises(
        BadCollection, match=r"67-0_length_string\.jpg can be taken: 1 nothing but one flat colour"
    ):
        ingest([shared / "photos" / "odd" / "67-0_length_string.jpg"], tmp_path / "out")


def test_the_photos_of_one_city_stay_and_three_alone_are_a_collection(shared: Path, tmp_path: Path) -> None:
    photos = shared / "photos"
    for folder, count in (("lund", 29), ("berlin", 3), ("brighton", 18), ("seneca", 20)):
        report = ingest([photos / folder], tmp_path / folder)
        assert (report.taken, report.refused) == (count, {})
    both = ingest([photos / "berlin", photos / "lund"], tmp_path / "both")
    assert (both.taken, both.refused) == (29, {"far from all others": 3})
    everything = ingest([photos], tmp_path / "all")
    assert everything.taken + sum(everything.refused.values()) == 29 + 3 + 18 + 20 + 32
    assert everything.taken == 29


def test_a_region_decides_instead_of_the_largest_city(shared: Path, tmp_path: Path) -> None:
    berlin = Box(52.3, 13.0, 52.7, 13.8)
    report = ingest(
        [shared / "photos" / "berlin", shared / "photos" / "lund"], tmp_path / "out", region=berlin
    )
    assert (report.taken, report.refused) == (3, {"outside the region": 29})


def test_any_number_of_workers_gives_the_same_bytes(city: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    for workers in (1, 3):
        ingest(
            [city], tmp_path / f"by{workers}", workers=workers, on_progress=lambda *step: steps.append(step)
        )
    for name in ("photos.parquet", "refused.parquet"):
        assert (tmp_path / "by1" / name).read_bytes() == (tmp_path / "by3" / name).read_bytes()
    one, three = (
        {path.relative_to(tmp_path / run): path.read_bytes() for path in (tmp_path / run).rglob("*.jpg")}
        for run in ("by1", "by3")
    )
    assert one == three
    assert len(one) == 150
    assert steps[: len(steps) // 2] == steps[len(steps) // 2 :]
    assert steps[: len(steps) // 2] == sorted(steps[: len(steps) // 2])
    assert steps[-1] == (300, 300)


def test_a_killed_run_is_started_again_and_its_workers_do_not_stay(city: Path, tmp_path: Path) -> None:
    ingest([city], tmp_path / "whole", workers=1)
    script = (
        "import sys, time; from pathlib import Path; from engine.photos.ingest import ingest;"
        "slowly = lambda done, total: time.sleep(0.05 if done > 200 else 0);"
        "ingest([Path(sys.argv[1])], Path(sys.argv[2]), workers=2, on_progress=slowly)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(city), str(tmp_path / "out")], cwd=ROOT) as run:
        wait_for(lambda: any((tmp_path / ".out.partial").glob("thumbnails/*/*.jpg")))
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        run.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    assert len(children) >= 2
    wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
    ingest([city], tmp_path / "out", workers=1)
    assert not (tmp_path / ".out.partial").exists()
    for name in ("photos.parquet", "refused.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_nothing_is_overwritten(city: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputExists, match="out exists already"):
        ingest([city], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_cancelled_run_leaves_nothing(city: Path, tmp_path: Path) -> None:
    def cancel(done: int, total: int) -> None:
        if done > 200:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        ingest([city], tmp_path / "out", workers=2, on_progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull, match=r"the disk is full, so .*/out was not written"):
        ingest([city], tmp_path / "out", workers=1)
    assert list(tmp_path.iterdir()) == []


def test_folders_without_photos_are_named(tmp_path: Path, take: Take) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadCollection, match=r"empty holds no photos \(it is empty\)"):
        ingest([tmp_path / "empty"], tmp_path / "out")
    (tmp_path / "empty" / "a.txt").touch()
    (tmp_path / "empty" / "b.csv").touch()
    with pytest.raises(BadCollection, match=r"holds no photos \(found 1 \.csv, 1 \.txt\)"):
        ingest([tmp_path / "empty"], tmp_path / "out")
    with pytest.raises(BadFile, match="absent is not there"):
        ingest([tmp_path / "absent"], tmp_path / "out")
    take(tmp_path / "bare" / "a.jpg", 1, None)
    with pytest.raises(BadCollection, match="bare can be taken: 1 no GPS position"):
        ingest([tmp_path / "bare"], tmp_path / "out")
    with pytest.raises(BadRequest, match="nothing to ingest"):
        ingest([], tmp_path / "out")
    with pytest.raises(BadRequest, match="cannot be written"):
        ingest([take(tmp_path / "one" / "a.jpg", 1, LUND)], tmp_path / "one" / "a.jpg" / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "bare", "one"}


def test_collections_and_overlaps_among_the_sources_are_passed_over(
    city: Path, tmp_path: Path, take: Take
) -> None:
    for index in range(3):
        take(tmp_path / "photos" / f"{index}.jpg", index, LUND)
    ingest([tmp_path / "photos"], tmp_path / "photos" / "made before")
    sources = [tmp_path / "photos", tmp_path / "photos" / "1.jpg", tmp_path / "photos"]
    report = ingest(sources, tmp_path / "photos" / "out")
    assert (report.taken, report.refused) == (3, {})


def test_names_that_are_not_utf8_are_refused_aloud(tmp_path: Path, take: Take) -> None:
    take(tmp_path / "photos" / "Straße 雨.jpg", 1, LUND)
    take(tmp_path / "photos" / "b.jpg", 2, LUND).rename(tmp_path / "photos" / os.fsdecode(b"stra\xdfe.jpg"))
    report = ingest([tmp_path / "photos"], tmp_path / "out")
    assert (report.taken, report.refused) == (1, {"unreadable": 1})
    (row,) = Collection.open(tmp_path / "out").refused.to_pylist()
    assert row["detail"] == "its name is not UTF-8; rename it"


def test_our_own_limits(tmp_path: Path, take: Take) -> None:
    take(tmp_path / "photos" / "a.jpg", 1, LUND)
    take(tmp_path / "photos" / "b.jpg", 2, LUND, size=(320, 240))
    limits = Limits(max_pixels=160 * 120, min_side_px=100)
    report = ingest([tmp_path / "photos"], tmp_path / "out", limits=limits)
    assert (report.taken, report.refused) == (1, {"too large": 1})
