"""Credit: what a file says of who took it, on one line, and nothing where it says nothing."""

from pathlib import Path

import pytest
from PIL import ExifTags, Image

from engine.photos.credit import credit_of
from engine.photos.stamp import write_picture


@pytest.mark.parametrize(
    ("artist", "rights", "said"),
    [
        ("Jane Doe", "", "Jane Doe"),
        ("", "CC BY 4.0", "CC BY 4.0"),
        ("Jane Doe", "CC BY 4.0", "Jane Doe, CC BY 4.0"),
        ("Jane Doe", "© 2020 JANE DOE", "© 2020 JANE DOE"),
        ("Jane\n\x1b[31m Doe ", "", "Jane [31m Doe"),
        ("x" * 900, "", "x" * 120),
        ("", "", None),
    ],
)
def test_artist_and_copyright(tmp_path: Path, artist: str, rights: str, said: str | None) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = artist.encode()
    exif[ExifTags.Base.Copyright] = rights.encode()
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 64), "teal").save(path, exif=exif)
    assert credit_of(path) == said


def test_a_rendering_says_that_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "000001.jpg"
    picture = Image.new("RGB", (64, 64), "teal")
    write_picture(path, picture, provenance={"rendered": "a simplified model of the city, not a photograph"})
    assert credit_of(path) == "a simplified model of the city, not a photograph"
    write_picture(path, picture, provenance={"rendered": ["no words"]})
    assert credit_of(path) is None


def test_a_file_that_is_gone_or_torn_says_nothing(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"\xff\xd8\xff\xe0 no more")
    assert credit_of(torn) is None
    assert credit_of(tmp_path / "gone.jpg") is None
