"""Stamp: a picture carries its place, date, words and whole request, or none of its place."""

import errno
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from engine.errors import BadFile, BadRequest, DiskFull
from engine.geo.place import Place
from engine.photos.exif import read_metadata
from engine.photos.stamp import read_provenance, write_picture

KINDS = ["png", "jpg", "webp"]
REQUEST = {
    "version": 1,
    "request": "image",
    "place": {"latitude": 55.6985, "longitude": 13.1955},
    "prompt": "Straße im Regen, 雨の通り, \U0001f327",
    "gps_guidance_scale": 7.5,
    "nested": [{"box": [1, 2, 3, 4], "seed": 7}],
}


def picture(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    shape = (*size[::-1], len(mode)) if len(mode) > 1 else size[::-1]
    return Image.fromarray(
        np.random.default_rng(3).integers(0, 255, shape, np.uint8), mode if mode == "RGBA" else None
    )


@pytest.mark.parametrize("kind", KINDS)
def test_everything_comes_back(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out.{kind}"
    taken_at = datetime(2024, 3, 9, 17, 5, 2, tzinfo=timezone(timedelta(hours=-4)))
    write_picture(
        path,
        picture(),
        place=Place(-33.8568, -151.2153),
        heading_deg=271.25,
        taken_at=taken_at,
        caption="A wet street, Straße, 雨",
        provenance=REQUEST,
    )
    found = read_metadata(path)
    assert (found.latitude, found.longitude) == pytest.approx((-33.8568, -151.2153), abs=1e-9)
    assert (found.heading_deg, found.heading_reference) == (271.25, "T")
    assert found.taken_at == taken_at
    assert found.taken_at.utcoffset() == timedelta(hours=-4)
    assert found.caption == "A wet street, Straße, 雨"
    assert (found.width_px, found.height_px, found.orientation) == (96, 64, 1)
    assert read_provenance(path) == REQUEST
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", KINDS)
def test_without_gps_there_is_no_position_anywhere(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out.{kind}"
    write_picture(
        path,
        picture(),
        place=Place(55.6985, 13.1955),
        heading_deg=90,
        caption="a street",
        provenance=REQUEST,
        gps=False,
    )
    found = read_metadata(path)
    assert (found.latitude, found.longitude, found.heading_deg) == (None, None, None)
    with Image.open(path) as image:
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert b"55.69" not in path.read_bytes()
    assert read_provenance(path) == REQUEST | {"place": None, "nested": [{"box": None, "seed": 7}]}
    assert found.caption == "a street"


@pytest.mark.parametrize("kind", KINDS)
def test_the_metadata_of_a_source_photo_does_not_leak(tmp_path: Path, kind: str) -> None:
    source, path = tmp_path / "source.jpg", tmp_path / f"out.{kind}"
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "secret garden"
    picture().save(source, exif=exif, comment=b"secret garden")
    with Image.open(source) as image:
        write_picture(path, image, provenance={"seed": 1})
    assert b"secret" not in path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, kind: str) -> None:
    for name in "ab":
        write_picture(tmp_path / f"{name}.{kind}", picture(), place=Place(1, 2), provenance=REQUEST)
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_png_keeps_every_pixel_and_its_transparency(tmp_path: Path) -> None:
    for mode in ("RGB", "RGBA"):
        write_picture(tmp_path / "out.png", picture(mode))
        with Image.open(tmp_path / "out.png") as image:
            assert image.mode == mode
            assert np.array_equal(np.asarray(image), np.asarray(picture(mode)))


@settings(deadline=None)
@given(
    st.floats(-90, 90),
    st.floats(-180, 180, exclude_max=True),
    st.floats(-720, 720).map(lambda x: round(x, 4)),
)
def test_any_place_and_heading_survive_exif(
    tmp_path_factory: pytest.TempPathFactory, latitude: float, longitude: float, heading: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jpg"
    write_picture(path, Image.new("RGB", (64, 64)), place=Place(latitude, longitude), heading_deg=heading)
    found = read_metadata(path)
    if abs(latitude) >= 1e-3 or abs(longitude) >= 1e-3:
        assert found.latitude == pytest.approx(latitude, abs=1e-9)
        assert (found.longitude - longitude + 180) % 360 - 180 == pytest.approx(0, abs=1e-9)
    assert found.heading_deg == pytest.approx(heading % 360, abs=1e-4) or found.heading_deg == 0
    assert 0 <= found.heading_deg < 360


def test_a_picture_of_another_hand_has_no_provenance(tmp_path: Path) -> None:
    for name in ("plain.png", "plain.jpg", "plain.webp"):
        picture().save(tmp_path / name)
        assert read_provenance(tmp_path / name) is None
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(BadFile, match=r"text\.png cannot be used: not a JPEG"):
        read_provenance(tmp_path / "text.png")


def test_a_prompt_of_ten_thousand_characters_fits_and_more_is_refused(tmp_path: Path) -> None:
    long = {"prompt": "é" * 10_000}
    write_picture(tmp_path / "long.jpg", picture(), provenance=long, caption="é" * 1000)
    assert read_provenance(tmp_path / "long.jpg") == long
    with pytest.raises(BadRequest, match=r"a JPEG holds 65,533; save it as \.png"):
        write_picture(tmp_path / "longer.jpg", picture(), provenance={"prompt": "é" * 20_000})
    write_picture(tmp_path / "longer.png", picture(), provenance={"prompt": "é" * 20_000})
    with pytest.raises(BadRequest, match=r"'out\.gif'; its name must end in"):
        write_picture(tmp_path / "out.gif", picture())
    with pytest.raises(BadRequest, match="cannot be written"):
        write_picture(tmp_path / "long.jpg" / "out.png", picture())
    assert {file.name for file in tmp_path.iterdir()} == {"long.jpg", "longer.png"}


def test_a_full_disk_keeps_the_old_picture_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.png"
    write_picture(path, picture(), provenance={"seed": 1})

    def half(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(DiskFull, match="the disk is full"):
        write_picture(path, picture(), provenance={"seed": 2})
    monkeypatch.undo()
    assert read_provenance(path) == {"seed": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["out.png"]
