"""EXIF: every value within its bounds or absent, whatever a file holds."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from engine.errors import BadFile
from engine.photos.exif import open_upright, read_metadata
from engine.photos.opening import Limits
from engine.photos.refusal import Refusal, Refused

BASE, GPS = ExifTags.Base, ExifTags.GPS
LUND = {
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (55.0, 41.0, 53.4),
    GPS.GPSLongitudeRef: "E",
    GPS.GPSLongitude: (13.0, 11.0, 43.4),
}


def photo(
    path: Path,
    *,
    gps: dict[int, Any] | None = None,
    details: dict[int, Any] | None = None,
    size: tuple[int, int] = (96, 64),
    **tags: Any,
) -> Path:
    """A small picture at `path` with this EXIF; keywords are names of EXIF's first directory."""
    exif = Image.Exif()
    for name, value in tags.items():
        exif[BASE[name]] = value
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    exif.get_ifd(ExifTags.IFD.Exif).update(details or {})
    pixels = np.random.default_rng(1).integers(0, 255, (*size[::-1], 3), np.uint8)
    Image.fromarray(pixels).save(path, exif=exif.tobytes())
    return path


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "heic"])
def test_position_and_heading_in_every_format(tmp_path: Path, kind: str) -> None:
    if kind == "heic":
        pytest.importorskip("pillow_heif").register_heif_opener()
    path = photo(
        tmp_path / f"a.{kind}",
        gps=LUND
        | {
            GPS.GPSAltitude: 12.5,
            GPS.GPSAltitudeRef: b"\x01",
            GPS.GPSImgDirection: 359.5,
            GPS.GPSImgDirectionRef: "M",
        },
        details={BASE.DateTimeOriginal: "2024:06:30 23:59:60", BASE.OffsetTimeOriginal: "+05:45"},
        Make="NIKON CORPORATION",
        Model="NIKON D300",
        ImageDescription="Lund in June",
    )
    found = read_metadata(path)
    assert (found.latitude, found.longitude) == pytest.approx((55.698167, 13.195389), abs=1e-6)
    assert found.position_fault is None
    assert (found.altitude_m, found.heading_deg, found.heading_reference) == (-12.5, 359.5, "M")
    assert found.taken_at == datetime(
        2024, 6, 30, 23, 59, 59, tzinfo=timezone(timedelta(hours=5, minutes=45))
    )
    assert (found.camera, found.caption) == ("NIKON D300", "Lund in June")
    assert (found.width_px, found.height_px) == (96, 64)
    assert found.format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF", "heic": "HEIF"}[kind]


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({GPS.GPSLatitude: (IFDRational(55, 0), 41.0, 53.4)}, Refusal.IMPOSSIBLE, "latitude"),
        ({GPS.GPSLongitude: (13.0, 11.0, IFDRational(0, 0))}, Refusal.IMPOSSIBLE, "longitude"),
        ({GPS.GPSLatitude: (91.0, 0.0, 0.0)}, Refusal.IMPOSSIBLE, "91 is not on Earth"),
        ({GPS.GPSLatitude: (90.0, 0.0, 1.0)}, Refusal.IMPOSSIBLE, "90.0003 is not on Earth"),
        ({GPS.GPSLongitude: (181.0, 0.0, 0.0)}, Refusal.IMPOSSIBLE, "181 is not on Earth"),
        ({GPS.GPSLatitude: (55.0, 61.0, 0.0)}, Refusal.IMPOSSIBLE, "55 61 0 is not degrees"),
        ({GPS.GPSLatitude: (55.0, 41.0, 99.0)}, Refusal.IMPOSSIBLE, "55 41 99 is not degrees"),
        ({GPS.GPSLatitudeRef: "X"}, Refusal.IMPOSSIBLE, "reference 'X', not N or S"),
        ({GPS.GPSLatitudeRef: "E"}, Refusal.IMPOSSIBLE, "reference 'E', not N or S"),
        ({GPS.GPSLongitudeRef: None}, Refusal.IMPOSSIBLE, "reference '', not E or W"),
        ({GPS.GPSLongitude: None}, Refusal.IMPOSSIBLE, "longitude None"),
        ({GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)}, Refusal.ZERO, ""),
        ({GPS.GPSLatitude: (0.0, 0.0, 1.0), GPS.GPSLongitude: (0.0, 0.0, 1.0)}, Refusal.ZERO, ""),
        ({GPS.GPSLatitude: None, GPS.GPSLongitude: None}, Refusal.NO_GPS, ""),
    ],
)
def test_a_position_that_cannot_be_is_none_with_its_reason(
    tmp_path: Path, change: dict[int, Any], reason: Refusal, detail: str
) -> None:
    gps = {tag: value for tag, value in (LUND | change).items() if value is not None}
    found = read_metadata(photo(tmp_path / "a.jpg", gps=gps | {GPS.GPSMapDatum: "WGS-84"}))
    assert (found.latitude, found.longitude) == (None, None)
    assert found.position_fault is not None
    assert found.position_fault[0] is reason
    assert detail in found.position_fault[1]


def test_forms_of_a_position_that_are_right(tmp_path: Path) -> None:
    south_west = LUND | {GPS.GPSLatitudeRef: "s", GPS.GPSLongitudeRef: "West"}
    found = read_metadata(photo(tmp_path / "a.jpg", gps=south_west))
    assert (found.latitude, found.longitude) == pytest.approx((-55.698167, -13.195389), abs=1e-6)
    minutes = LUND | {GPS.GPSLatitude: (55.0, 41.89, 0.0), GPS.GPSLongitude: (13.0, 11.0, 60.0)}
    found = read_metadata(photo(tmp_path / "b.jpg", gps=minutes))
    assert (found.latitude, found.longitude) == pytest.approx((55.698167, 13.2), abs=1e-6)
    edge = LUND | {GPS.GPSLongitude: (180.0, 0.0, 0.0)}
    assert read_metadata(photo(tmp_path / "c.jpg", gps=edge)).longitude == -180


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [
        (90.0, "T", (90, "T")),
        (360.0, "T", (0, "T")),
        (12.0, "M", (12, "M")),
        (12.0, "Q", (12, None)),
        (361.0, "T", (None, None)),
        (IFDRational(1, 0), "T", (None, None)),
    ],
)
def test_heading(
    tmp_path: Path, value: Any, reference: str, expected: tuple[float | None, str | None]
) -> None:
    gps = LUND | {GPS.GPSImgDirection: value, GPS.GPSImgDirectionRef: reference}
    found = read_metadata(photo(tmp_path / "a.jpg", gps=gps))
    assert (found.heading_deg, found.heading_reference) == expected
    assert found.latitude is not None


def test_the_date_falls_back_and_the_satellites_know_utc(tmp_path: Path) -> None:
    path = photo(
        tmp_path / "a.jpg", DateTime="2020:01:02 03:04:05", details={BASE.DateTimeOriginal: "0000:00:00"}
    )
    assert read_metadata(path).taken_at == datetime(2020, 1, 2, 3, 4, 5)
    stamp = {GPS.GPSTimeStamp: (14.0, 27.0, 7.24), GPS.GPSDateStamp: "2008:10:23"}
    assert read_metadata(photo(tmp_path / "b.jpg", gps=stamp)).taken_at == datetime(
        2008, 10, 23, 14, 27, 7, tzinfo=UTC
    )
    for nonsense in ("2020:13:02 03:04:05", "1066:10:14 09:00:00", "    :  :     :  :  ", "soon"):
        assert read_metadata(photo(tmp_path / "c.jpg", DateTime=nonsense)).taken_at is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_orientations_come_out_upright(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((64, 96, 3), np.uint8)
    upright[:32, :48], upright[:32, 48:], upright[32:, :48] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    # What the camera stored, by EXIF's table of where its first row and column lie in the upright picture.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    exif = Image.Exif()
    exif[BASE.Orientation] = orientation
    path = tmp_path / "a.png"
    Image.fromarray(np.ascontiguousarray(stored[orientation])).save(path, exif=exif)
    found = read_metadata(path)
    assert (found.orientation, found.width_px, found.height_px) == (orientation, 96, 64)
    assert np.array_equal(np.asarray(open_upright(path)), upright)


def test_real_photos_of_all_orientations_agree(shared: Path) -> None:
    for name in ("landscape", "portrait"):
        pictures = [open_upright(path) for path in sorted((shared / "photos" / "odd").glob(f"{name}_*.jpg"))]
        assert len(pictures) >= 3
        small = [np.asarray(picture.resize((12, 9)), float) for picture in pictures]
        assert {picture.size for picture in pictures} == {(600, 450) if name == "landscape" else (450, 600)}
        assert max(np.abs(other - small[0]).mean() for other in small) < 16


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (12_000, 12_000)).save(path)
    assert path.stat().st_size < 50_000
    for read in (read_metadata, open_upright):
        with pytest.raises(
            BadFile, match=r"too large \(12000 x 12000 pixels, at most 110,000,000 are read\)"
        ):
            read(path)
    Image.new("1", (20_000, 20_000)).save(path)
    with pytest.raises(Refused, match="too large"):
        read_metadata(path)
    small = photo(tmp_path / "a.jpg")
    with pytest.raises(Refused, match="too large") as caught:
        read_metadata(small, Limits(max_bytes=100))
    assert caught.value.reason is Refusal.TOO_LARGE
    with pytest.raises(Refused, match="too large"):
        open_upright(small, max_pixels=1000)


def test_files_are_known_by_content_not_by_name(tmp_path: Path) -> None:
    png = photo(tmp_path / "a.png").rename(tmp_path / "really_a_png.jpg")
    assert read_metadata(png).format == "PNG"
    for name, content, reason in (
        ("page.jpg", b"<html>not found</html>", Refusal.NOT_A_PICTURE),
        ("anim.gif", b"GIF89a" + bytes(50), Refusal.NOT_A_PICTURE),
        ("empty.jpg", b"", Refusal.UNREADABLE),
        ("head.jpg", b"\xff\xd8\xff\xe0", Refusal.UNREADABLE),
        ("head.png", b"\x89PNG\r\n\x1a\n" + bytes(30), Refusal.UNREADABLE),
        ("head.tif", b"II*\0\xff\xff\xff\xff", Refusal.UNREADABLE),
        ("head.webp", b"RIFF\xff\xff\xff\xffWEBPVP8 ", Refusal.UNREADABLE),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused) as caught:
            read_metadata(tmp_path / name)
        assert caught.value.reason is reason, name
    with pytest.raises(Refused, match="No such file"):
        read_metadata(tmp_path / "absent.jpg")


def test_a_truncated_photo_keeps_its_metadata_but_does_not_decode(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", gps=LUND, size=(256, 256))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert read_metadata(path).latitude is not None
    with pytest.raises(Refused) as caught:
        open_upright(path)
    assert caught.value.reason is Refusal.UNREADABLE


def test_transparency_and_deep_grey_become_rgb(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert open_upright(tmp_path / "clear.png").getpixel((5, 5)) == (255, 255, 255)
    Image.fromarray(np.full((64, 64), 128 * 256, np.uint16)).save(tmp_path / "deep.png")
    assert open_upright(tmp_path / "deep.png").getpixel((5, 5)) == (128, 128, 128)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_gets_past_badfile(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp()
    kind = data.draw(st.sampled_from(["jpg", "png", "webp", "tif"]))
    whole = folder / f"whole.{kind}"
    if not whole.exists():
        photo(
            whole,
            gps=LUND,
            details={BASE.DateTimeOriginal: "2020:01:02 03:04:05"},
            Make="A",
            ImageDescription="b",
        )
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, min(len(content), 600) - 1))] = data.draw(st.integers(0, 255))
    damaged = folder / f"damaged.{kind}"
    damaged.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        found = read_metadata(damaged)
        picture = open_upright(damaged)
    except BadFile:
        return
    assert picture.size == (found.width_px, found.height_px)
    assert (found.latitude is None) == (found.position_fault is not None)
    assert found.latitude is None or (-90 <= found.latitude <= 90 and -180 <= found.longitude < 180)
    assert found.heading_deg is None or 0 <= found.heading_deg < 360


def test_heic_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    monkeypatch.setattr("engine.photos.opening.find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"\(install it with: pip install pillow-heif\)") as caught:
        read_metadata(path)
    assert caught.value.reason is Refusal.NO_HEIF
