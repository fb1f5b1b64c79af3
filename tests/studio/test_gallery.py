"""The gallery: files are the truth, they tell how they were made, and a full disk leaves nothing behind."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import BadFile, BadRequest, DiskFull
from engine.geo.place import Place
from engine.photos.exif import read_metadata
from engine.studio.gallery import Gallery, recall, write_artefact
from engine.studio.made import Made
from engine.studio.requests import ImageRequest

REQUEST = ImageRequest(model="tiny", place=Place(55.6985, 13.1955), prompt="a café, Østergade", heading=90.0)
MODEL = {"name": "tiny", "manifest": None}
PICTURE = Image.linear_gradient("L").convert("RGB").resize((32, 32))
MADE = Made(PICTURE)


def test_a_picture_is_found_again_with_its_whole_request(tmp_path: Path) -> None:
    added = Gallery(tmp_path / "gallery").add(MADE, REQUEST, MODEL, seconds=1.5)
    assert added.seconds == 1.5
    (found,) = Gallery(tmp_path / "gallery").list()
    assert found == replace(added, seconds=None)
    assert found.request == REQUEST
    assert found.details == {"model": MODEL}
    assert Gallery(tmp_path / "gallery").get(added.id) == found
    with Image.open(found.path) as image:
        assert image.tobytes() == PICTURE.tobytes()


def test_the_same_request_is_the_same_file(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    first = gallery.add(MADE, REQUEST, MODEL)
    before = first.path.read_bytes()
    assert gallery.add(MADE, REQUEST, MODEL).path == first.path
    assert first.path.read_bytes() == before
    assert gallery.add(MADE, REQUEST, {"name": "tiny", "manifest": "other"}).path != first.path
    assert gallery.add(MADE, replace(REQUEST, seed=1), MODEL).path != first.path
    assert len(gallery.list()) == 3


def test_the_newest_comes_first(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    made = [gallery.add(MADE, replace(REQUEST, seed=seed), MODEL) for seed in range(3)]
    for artefact, age in zip(made, (300, 100, 200), strict=True):
        os.utime(artefact.path, (1_700_000_000 - age,) * 2)
    assert [artefact.request.seed for artefact in gallery.list()] == [1, 2, 0]  # pyright: ignore


def test_a_deleted_picture_is_gone(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    artefact = gallery.add(MADE, REQUEST, MODEL)
    gallery.delete(artefact.id)
    assert gallery.list() == ()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadRequest, match="has no picture"):
        gallery.delete(artefact.id)


@pytest.mark.parametrize("id", ["../secret", "", "0" * 16, "0" * 15 + "/", "x" * 10_000])
def test_an_unknown_id_is_refused(tmp_path: Path, id: str) -> None:
    with pytest.raises(BadRequest, match="the gallery has no picture") as caught:
        Gallery(tmp_path).get(id)
    assert len(str(caught.value)) < 150


def test_files_of_others_are_passed_over(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    ours = gallery.add(MADE, REQUEST, MODEL)
    PICTURE.save(tmp_path / f"{'a' * 16}.png")
    (tmp_path / f"{'b' * 16}.png").write_bytes(b"not a picture")
    (tmp_path / "notes.txt").write_text("mine")
    shutil.copy(ours.path, tmp_path / "copy.png")
    assert [artefact.id for artefact in gallery.list()] == [ours.id]


def test_a_gallery_without_a_folder_is_empty(tmp_path: Path) -> None:
    assert Gallery(tmp_path / "none").list() == ()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_copy_anywhere_recalls_its_request(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "deep" / f"picture{suffix}"
    write_artefact(path, MADE, REQUEST, MODEL)
    assert recall(path) == REQUEST
    metadata = read_metadata(path)
    assert metadata.latitude == pytest.approx(55.6985)
    assert metadata.longitude == pytest.approx(13.1955)
    assert metadata.heading_deg == pytest.approx(90)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_the_place_stays_out_of_the_file_where_that_is_wished(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    request = replace(REQUEST, gps_in_exif=False)
    write_artefact(path, MADE, request, MODEL)
    assert read_metadata(path).latitude is None
    assert recall(path) == replace(request, place=None)
    assert b"55.69" not in path.read_bytes()


def test_a_picture_of_somebody_else_recalls_nothing(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "foreign.png")
    with pytest.raises(BadFile, match=r"foreign\.png does not say how it was made"):
        recall(tmp_path / "foreign.png")
    with pytest.raises(BadFile):
        recall(tmp_path / "missing.png")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery(tmp_path)
    kept = gallery.add(MADE, REQUEST, MODEL)

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull):
        gallery.add(MADE, replace(REQUEST, seed=9), MODEL)
    assert [path.name for path in tmp_path.iterdir()] == [kept.path.name]
    assert gallery.list() == (kept,)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadRequest, match="cannot be made"):
        Gallery(tmp_path / "file" / "gallery").add(MADE, REQUEST, MODEL)
