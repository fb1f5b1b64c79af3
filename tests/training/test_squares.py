"""Squares: upright, centred, never mirrored."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.errors import BadFile
from engine.training.squares import read_batches, read_square


def write_four_corners(path: Path, orientation: int = 1) -> None:
    """96 x 64 px: red at the top left, green at the top right, blue at the bottom left, white at the bottom right."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, :48], pixels[:32, 48:] = (255, 0, 0), (0, 255, 0)
    pixels[32:, :48], pixels[32:, 48:] = (0, 0, 255), (255, 255, 255)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=exif)


def corners(square: torch.Tensor) -> list[list[int]]:
    places = [(8, 8), (8, -8), (-8, 8), (-8, -8)]
    return [square[:, row, column].round().int().tolist() for row, column in places]


def test_left_stays_left(tmp_path: Path) -> None:
    write_four_corners(tmp_path / "a.png")
    square = read_square(tmp_path / "a.png", 32)
    assert square.shape == (3, 32, 32)
    assert corners(square) == [[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, 1]]


def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    write_four_corners(tmp_path / "a.png", orientation=6)  # a quarter turn clockwise makes it upright
    assert corners(read_square(tmp_path / "a.png", 32)) == [[-1, -1, 1], [1, -1, -1], [1, 1, 1], [-1, 1, -1]]


def test_the_middle_is_what_is_kept(tmp_path: Path) -> None:
    pixels = np.zeros((64, 192, 3), np.uint8)
    pixels[:, 64:128] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    assert read_square(tmp_path / "wide.png", 64).min() == 1


def test_batches_come_in_order(tmp_path: Path) -> None:
    for index in range(5):
        Image.new("RGB", (64, 64), (index * 50,) * 3).save(tmp_path / f"{index}.png")
    paths = sorted(tmp_path.iterdir())
    batches = list(read_batches(paths, 64, 2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    shades = [round((image.mean().item() + 1) * 127.5) for batch in batches for image in batch]
    assert shades == [0, 50, 100, 150, 200]
    assert list(read_batches([], 64, 2)) == []


def test_a_photo_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"gone\.jpg"):
        list(read_batches([tmp_path / "gone.jpg"], 64, 2))
