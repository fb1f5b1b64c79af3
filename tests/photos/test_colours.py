"""Colours: flat pictures are as far apart as CIELAB says, and of many photos the likest is found and kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.photos import colours
from engine.photos.colours import colours_of

Flats = Callable[..., list[Path]]


def lightness(grey: int) -> float:
    """L* of a grey by the formulas of sRGB and CIELAB, for greys that are not nearly black."""
    luminance = ((grey / 255 + 0.055) / 1.055) ** 2.4
    return 116 * luminance ** (1 / 3) - 16


@pytest.fixture
def flats(tmp_path: Path) -> Flats:
    """Files of flat grey pictures."""

    def write(*greys: int) -> list[Path]:
        paths = [tmp_path / f"{number}-{grey}.png" for number, grey in enumerate(greys)]
        for path, grey in zip(paths, greys, strict=True):
            Image.new("RGB", (40, 30), (grey,) * 3).save(path)
        return paths

    return write


def test_black_and_white_are_a_hundred_apart(flats: Flats, tmp_path: Path) -> None:
    number, distance = colours_of(flats(255), tmp_path / "cache").most_like(Image.new("RGB", (64, 64)))
    assert (number, round(distance, 2)) == (0, 100.0)


def test_greys_differ_by_their_lightness(flats: Flats, tmp_path: Path) -> None:
    found = colours_of(flats(60, 120, 200), tmp_path)
    number, distance = found.most_like(Image.new("RGB", (64, 64), (140,) * 3))
    assert number == 1
    assert distance == pytest.approx(lightness(140) - lightness(120), abs=0.02)
    apart = lightness(120) - lightness(60), lightness(120) - lightness(60), lightness(200) - lightness(120)
    assert found.usual == pytest.approx(float(np.median(apart)), abs=0.02)


def test_half_of_the_picture_counts_by_the_root_of_a_half(flats: Flats, tmp_path: Path) -> None:
    half = Image.new("RGB", (64, 64))
    half.paste((255, 255, 255), (32, 0, 64, 64))
    assert colours_of(flats(0), tmp_path).most_like(half)[1] == pytest.approx(100 / 2**0.5, abs=0.02)


def test_only_the_square_in_the_middle_counts(flats: Flats, tmp_path: Path) -> None:
    wide = Image.new("RGB", (120, 40), "red")
    wide.paste((120, 120, 120), (40, 0, 80, 40))
    assert colours_of(flats(120), tmp_path).most_like(wide)[1] == pytest.approx(0, abs=0.01)


def test_files_that_cannot_be_read_are_left_out(flats: Flats, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"\xff\xd8\xff\xe0 no more")
    found = colours_of([torn, tmp_path / "gone.jpg", *flats(90)], tmp_path / "cache")
    assert found.number.tolist() == [2]
    assert found.usual == float("inf")
    assert found.most_like(Image.new("RGB", (64, 64), (90,) * 3))[0] == 2
    assert not len(colours_of([torn], tmp_path / "cache").number)


def test_of_many_photos_some_are_taken_evenly(
    flats: Flats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colours, "MOST", 3)
    assert colours_of(flats(*range(10, 80, 10)), tmp_path).number.tolist() == [0, 3, 6]


def test_what_was_measured_is_kept_and_what_is_damaged_is_measured_again(
    flats: Flats, tmp_path: Path
) -> None:
    paths, cache = flats(50, 150), tmp_path / "cache"
    first = colours_of(paths, cache)
    (kept,) = cache.iterdir()
    for path in paths:
        path.unlink()  # so that nothing can be measured
    again = colours_of(paths, cache)
    assert np.array_equal(first.squares, again.squares)
    assert (again.number.tolist(), again.usual) == ([0, 1], first.usual)
    kept.write_bytes(kept.read_bytes()[:200])
    assert not len(colours_of(paths, cache).number)
    assert len(colours_of(flats(50), cache).number) == 1  # other photos, another file
