"""Captions: people's words are kept, machines' words are not."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from engine.photos.captions import caption_beside, clean_caption, text_of
from engine.photos.exif import read_metadata


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("  A wet \n street\t", "A wet street"),
        ("Cafe\u0301", "Café"),
        ("雨の通り", "雨の通り"),
        ("1984", "1984"),
        ("OLYMPUS DIGITAL CAMERA         ", ""),
        ("DCIM\\100MEDIA\\DJI_0018.JPG", ""),
        ("IMG_1234.jpg", ""),
        ("DSC_0042", ""),
        ("SONY DSC", ""),
        ("KODAK Digital Still Camera", ""),
        ('{"MAPSettingsEmail":"someone@example.org", ' + "x" * 2000, ""),
        ("...", ""),
        ("x" * 5000, "x" * 1000),
    ],
)
def test_cleaning(text: str, caption: str) -> None:
    assert clean_caption(text) == caption


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_clean_caption_stays_as_it_is(text: str) -> None:
    once = clean_caption(text)
    assert clean_caption(once) == once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Stra\xc3\x9fe\0junk", "Straße"),
        (b"Stra\xdfe", "Straße"),
        ("Stra\xc3\x9fe", "Straße"),
        ("雨", "雨"),
        ((65, 66, 0), "AB"),
        (12, ""),
        (None, ""),
    ],
)
def test_text_of_any_value(value: object, text: str) -> None:
    assert text_of(value) == text


def test_where_captions_are_found(tmp_path: Path) -> None:
    picture = Image.fromarray(np.zeros((64, 64, 3), np.uint8))
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "SONY DSC"
    exif[ExifTags.Base.XPTitle] = "Straße\0".encode("utf-16-le")
    picture.save(tmp_path / "windows.jpg", exif=exif)
    assert read_metadata(tmp_path / "windows.jpg").caption == "Straße"

    text = PngImagePlugin.PngInfo()
    text.add_itxt("Description", "Rain on the 通り")
    picture.save(tmp_path / "text.png", pnginfo=text)
    assert read_metadata(tmp_path / "text.png").caption == "Rain on the 通り"

    field = b"\x1c\x02\x78\x00\x0bA red house"
    resource = b"8BIM\x04\x04\x00\x00" + len(field).to_bytes(4) + field
    segment = b"Photoshop 3.0\x00" + resource + b"\0"
    jpeg = (tmp_path / "windows.jpg").read_bytes()
    plain = tmp_path / "iptc.jpg"
    picture.save(plain)
    jpeg = plain.read_bytes()
    plain.write_bytes(jpeg[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2) + segment + jpeg[2:])
    assert read_metadata(plain).caption == "A red house"


def test_the_text_file_beside(tmp_path: Path) -> None:
    assert caption_beside(tmp_path / "a.jpg") == ""
    (tmp_path / "a.jpg.txt").write_text("From an archive\n")
    assert caption_beside(tmp_path / "a.jpg") == "From an archive"
    (tmp_path / "a.txt").write_text("A street in Lund, Straße\n", encoding="utf-8")
    assert caption_beside(tmp_path / "a.jpg") == "A street in Lund, Straße"
