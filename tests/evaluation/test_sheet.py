"""Sheets: every picture with its label, in a file that is small enough to keep."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadRequest
from engine.evaluation.sheet import contact_sheet, save_sheet

COLOURS = np.array([[200, 0, 0], [0, 200, 0], [0, 0, 200]], np.uint8)
PICTURES = np.broadcast_to(COLOURS[:, None, None], (3, 64, 64, 3)).copy()


def test_pictures_stand_in_rows_above_their_labels() -> None:
    sheet = contact_sheet(
        PICTURES, ["one\nof two lines", "", "a label that is far too long for its picture"], 2, 48
    )
    assert sheet.size == (2 * 54 + 6, 2 * (48 + 24 + 6) + 6)
    middles = [(6 + 24, 6 + 24), (60 + 24, 6 + 24), (6 + 24, 84 + 24)]
    assert [sheet.getpixel(middle) for middle in middles] == [tuple(colour) for colour in COLOURS.tolist()]
    label = np.asarray(sheet)[84 + 48 : 84 + 48 + 24]
    assert (label[:, 6:54] < 100).any(), "the label is written"
    assert (label[:, 56:] > 200).all(), "and does not run into its neighbour"


def test_a_file_fits_or_says_why_not(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 3), np.uint8)
    sheet = contact_sheet(noise, [""] * 4, 2, 64)
    size = save_sheet(sheet, tmp_path / "new" / "sheet.jpg", most_bytes=8_000)
    assert size == (tmp_path / "new" / "sheet.jpg").stat().st_size <= 8_000
    save_sheet(sheet, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as kept:
        np.testing.assert_array_equal(np.asarray(kept), np.asarray(sheet))
    with pytest.raises(BadRequest, match="8,000 bytes as PNG"):
        save_sheet(sheet, tmp_path / "large.png", most_bytes=8_000)
    with pytest.raises(BadRequest, match=r"\.jpg, \.jpeg, \.png"):
        save_sheet(sheet, tmp_path / "sheet.bmp")
