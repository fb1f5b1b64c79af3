"""The run: photos of a painted tower become a field at its place, with every side where it belongs; or one sentence."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import ExifTags, Image

pytest.importorskip("pycolmap", reason="structure from motion needs pycolmap (pip install pycolmap)")

from engine.errors import BadCollection, Cancelled
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.landmark.camera import Camera
from engine.landmark.rendering import render_look
from engine.landmark.sfm.config import SfmConfig
from engine.landmark.sfm.mapping import map_photos
from engine.landmark.sfm.run import FromPhotos, landmark_from_photos
from engine.photos.collection import Collection
from engine.photos.ingest import ingest
from engine.training.ring import Ring

CENTRE, HEIGHT_M = Place(48.8738, 2.2950), 14.0
SIDES = {0: (0,), 90: (1,), 180: (2,), 270: (0, 1)}
"""Bearing of a side of the tower -> which of red, green and blue are strong there."""
QUICK = SfmConfig(max_train_steps=90, field_cells=40, num_samples=48, view_px=48, rays_per_step=4096)


def ring() -> Ring:
    return Ring("Tower", CENTRE, 60.0)


def around(count: int) -> np.ndarray:
    """Where the first photos of the tower were taken, in metres."""
    azimuths = np.radians(18.0 * np.arange(count))
    return 26 * np.column_stack([np.sin(azimuths), np.cos(azimuths)])


@pytest.fixture(scope="module")
def seen() -> list[tuple[str, int, int]]:
    return []


@pytest.fixture(scope="module")
def found(tower: Collection, seen: list[tuple[str, int, int]]) -> FromPhotos:
    return landmark_from_photos(tower, ring(), QUICK, lambda *step: seen.append(step))


def test_the_cameras_are_found_and_the_cube_stands_on_the_ground_at_its_place(found: FromPhotos):
    assert (found.photos, found.registered) == (20, 20)
    assert found.error_px < 0.6
    assert found.residual_m < 4
    place = found.georeference
    assert distance_m(place.place, CENTRE) < 0.01
    assert place.centre_height_m == place.scale_m  # it stands on the ground
    assert HEIGHT_M / 2 < place.scale_m < 1.3 * HEIGHT_M / 2
    assert place.scale_note.startswith("measured by structure from motion on 20 of 20 photos, whose GPS fits")


@pytest.mark.parametrize("bearing", SIDES)
def test_every_side_is_seen_from_where_it_is(found: FromPhotos, bearing: int):
    look = render_look(
        found.field, Camera(float(bearing), 5.0, 3.2), 40, 40, torch.zeros(3), occupancy=found.occupancy
    )
    middle = look.colour[14:26, 15:25].mean((0, 1))
    strong, weak = middle[list(SIDES[bearing])], middle[[i for i in range(3) if i not in SIDES[bearing]]]
    assert strong.min() > 1.4 * weak.max()


def test_the_photos_come_back_from_their_own_cameras(found: FromPhotos, tower: Collection):
    paths = [tower.path / path for path in tower.photos["path"].to_pylist()]
    photos = np.stack([np.asarray(Image.open(path).resize((48, 48))) for path in paths]) / 255
    plain = -10 * np.log10(photos.var(axis=(0, 1, 2)).mean())  # of their mean colour
    assert found.psnr > plain + 5


def test_it_says_how_far_it_is(found: FromPhotos, seen: list[tuple[str, int, int]]):
    said = [message.split(",")[0] for message, _, _ in seen]
    wanted = [
        "reading photos",
        "looking for features",
        "matching 60 pairs of photos",
        "registering photos",
        "taking photos out of their lens",
        "fitting the field",
    ]
    assert list(dict.fromkeys(said)) == wanted
    assert seen[-1][1:] == (QUICK.max_train_steps, QUICK.max_train_steps)
    assert all(0 <= done <= total for _, done, total in seen)


@pytest.mark.parametrize("where", ["looking for features", "matching", "registering"])
def test_it_can_be_stopped_everywhere(tower: Collection, tmp_path: Path, where: str):
    paths = [tower.path / path for path in tower.photos["path"].to_pylist()]

    def stop(message: str, done: int, total: int) -> None:
        if message.startswith(where):
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        map_photos(paths[:8], around(8), tmp_path, SfmConfig(), stop)
    assert not list(tmp_path.glob("models/*"))


def test_the_focal_length_in_exif_is_what_a_lens_begins_from(tower: Collection, tmp_path: Path):
    path = tower.path / tower.photos["path"][0].as_py()
    told, paths = {"lens.jpg": 30, "none.jpg": None, "broken.jpg": "wide"}, []
    for name, film_mm in told.items():
        with Image.open(path) as photo:
            exif = photo.getexif()
            if film_mm is not None:
                exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLengthIn35mmFilm] = film_mm
            if isinstance(film_mm, str):
                exif = exif.tobytes().replace(b"wide", b"\xff\0\xff\0")
            photo.save(tmp_path / name, exif=exif)
        paths.append(tmp_path / name)

    def stop(message: str, done: int, total: int) -> None:
        if message.startswith("matching"):
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        map_photos(paths, around(3), tmp_path, SfmConfig(), stop)
    with closing(sqlite3.connect(tmp_path / "database.db")) as database:
        rows = database.execute(
            "select params, prior_focal_length from cameras order by camera_id"
        ).fetchall()
    # 30 mm before 43.27 mm of diagonal.
    assert struct.unpack("4d", rows[0][0])[0] == pytest.approx(30 / 43.27 * 256 * 2**0.5, rel=0.01)
    assert [known for _, known in rows] == [1, 0, 0]


def test_photos_that_show_nothing_in_common_are_one_sentence(tmp_path: Path, strangers: Path):
    ingest([strangers], tmp_path / "strangers", workers=1)
    with pytest.raises(
        BadCollection, match="0 of 9 photos were registered, too few for structure from motion"
    ) as told:
        landmark_from_photos(Collection.open(tmp_path / "strangers"), ring(), QUICK, lambda *step: None)
    assert "which needs 8; add overlapping photos by day" in str(told.value)
