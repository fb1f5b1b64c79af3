"""Styles: what each does to a picture, measured."""

import numpy as np
import pytest

from engine.world.shot import StyleKind
from engine.world.styles import styled
from engine.world.tourist import STYLES

SIZE = 96


def picture() -> np.ndarray:
    """Sky above, a red house with windows, a green lawn."""
    made = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
    made[:] = (150, 190, 230)
    made[40:70, 20:80] = (170, 60, 50)
    made[46:54, 28:74:8] = (30, 30, 40)
    made[70:] = (90, 140, 60)
    return made


def colourfulness(image: np.ndarray) -> float:
    return float((image.max(2).astype(int) - image.min(2)).mean())


@pytest.mark.parametrize("style", STYLES)
def test_a_style_repeats_with_its_seed_and_leaves_the_picture_untouched(style: StyleKind) -> None:
    before = picture()
    once = styled(before, style, 7)
    assert once.shape == before.shape
    assert once.dtype == np.uint8
    assert np.array_equal(once, styled(picture(), style, 7))
    assert not np.array_equal(once, styled(picture(), style, 8)), "the paper has no grain"
    assert np.array_equal(before, picture())


def test_black_and_white_has_no_colour_and_keeps_the_order_of_brightness() -> None:
    made = styled(picture(), "black and white", 1)
    assert colourfulness(made) == 0
    assert made[5, 5, 0] > made[90, 5, 0] > made[50, 31, 0]


def test_sepia_runs_from_brown_to_cream() -> None:
    made = styled(picture(), "sepia", 1).astype(int)
    assert (made[..., 0] >= made[..., 1]).all()
    assert (made[..., 1] >= made[..., 2]).all()
    assert colourfulness(made) > 15


def test_a_sketch_is_mostly_paper_with_lines_where_things_end() -> None:
    made = styled(picture(), "pencil sketch", 1)
    assert colourfulness(made) < 14
    assert made[:36].mean() > 215  # a bright sky is bare paper
    assert made[68:72, 20:80].min(0).mean() < made[5:9, 20:80].min(0).mean() - 40


def test_a_watercolour_is_lighter_and_flatter_and_keeps_its_colours() -> None:
    before, made = picture(), styled(picture(), "watercolour", 1)
    assert made.mean() > before.mean() + 10
    house, lawn, sky = (made[60, 50].astype(int), made[85, 50].astype(int), made[15, 50].astype(int))
    assert house.argmax() == 0
    assert lawn.argmax() == 1
    assert sky.argmax() == 2
    noisy = np.clip(before + np.random.default_rng(0).normal(0, 14, before.shape), 0, 255).astype(np.uint8)
    assert styled(noisy, "watercolour", 1)[5:35].std((0, 1)).mean() < noisy[5:35].std((0, 1)).mean()


def test_styles_work_at_any_size() -> None:
    small = picture()[::3, ::4]
    for style in STYLES:
        assert styled(small, style, 1).shape == small.shape
