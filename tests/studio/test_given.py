"""A picture that is handed in: what is told of it, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from engine.errors import BadFile
from engine.geo.place import Place
from engine.photos.refusal import Refusal, Refused
from engine.photos.stamp import write_picture
from engine.studio.given import MIN_SIDE_PX, given_picture
from engine.studio.requests import AttentionRequest, ImageRequest

LUND = Place(55.6985, 13.1955)
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    NOISE.save(path)
    return path


def test_it_is_known_by_its_name_and_its_pixels(photo: Path, tmp_path: Path) -> None:
    found = given_picture(photo)
    assert (found.name, found.asked, found.path) == ("photo.png", None, photo)
    assert found.validate() == found
    copy = tmp_path / "other" / "photo.webp"
    copy.parent.mkdir()
    NOISE.save(copy, lossless=True)
    assert given_picture(copy).sha256 == found.sha256
    changed = NOISE.copy()
    changed.putpixel((3, 3), (0, 0, 0))
    changed.save(photo)
    assert given_picture(photo).sha256 != found.sha256


def test_it_is_looked_at_upright(photo: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned by 90 degrees clockwise
    lying = tmp_path / "lying.png"
    NOISE.transpose(Image.Transpose.ROTATE_90).save(lying, exif=exif)
    assert given_picture(lying).sha256 == given_picture(photo).sha256


def test_the_size_is_part_of_what_it_is(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    Image.new("RGB", (64, 32)).save(grey)
    wide = given_picture(grey)
    Image.new("RGB", (32, 64)).save(grey)
    assert given_picture(grey).sha256 != wide.sha256


def test_the_place_is_told_by_a_picture_of_ours_of_one_place_alone(tmp_path: Path) -> None:
    path = tmp_path / "ours.png"
    one, sheet = ImageRequest("lund", LUND), AttentionRequest("lund", LUND)
    for request, gps, asked in ((one, True, LUND), (one, False, None), (sheet, True, None)):
        write_picture(path, NOISE, place=LUND, provenance={"request": request.to_dict()}, gps=gps)
        assert given_picture(path).asked == asked
    write_picture(path, NOISE, place=LUND)
    assert given_picture(path).asked is None  # where a photo was taken is no request
    write_picture(path, NOISE, provenance={"request": {"request": "image", "place": "here"}})
    assert given_picture(path).asked is None


def test_there_must_be_a_picture(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(BadFile, match=r"there is no picture at .*; give the file of one"):
            given_picture(path)
    words = tmp_path / "words.png"
    words.write_text("no picture")
    with pytest.raises(Refused) as caught:
        given_picture(words)
    assert caught.value.reason is Refusal.NOT_A_PICTURE


def test_it_must_not_be_too_small(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    Image.new("RGB", (MIN_SIDE_PX, MIN_SIDE_PX)).save(path)
    given_picture(path)
    Image.new("RGB", (500, MIN_SIDE_PX - 1)).save(path)
    with pytest.raises(Refused, match=r"too small \(500 x 31 pixels; give one of at least 32 x 32\)"):
        given_picture(path)
