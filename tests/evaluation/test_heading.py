"""Heading: read out of pictures of a made-up place, whose every direction looks a little like its neighbours."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest
from engine.evaluation.heading import Around, heading_figures, is_distinct, off_deg
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.network import JudgeNetwork
from engine.evaluation.judges.questions import Questions
from engine.evaluation.panorama import Panorama
from engine.evaluation.pictures import Settings
from engine.evaluation.sitting import Sitting
from engine.evaluation.visitors import Visitors
from engine.world.tourist import tourist

SIZE, STEP = 32, 6  # pixels; a turn of 10 degrees


def strip(seed: int) -> np.ndarray:
    """All directions of a place, unrolled: coarse blocks of colour, 216 pixels wide and twice round."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 255, (4, 27, 3)).repeat(8, 0).repeat(8, 1)
    return np.concatenate([blocks, blocks], 1).astype(np.uint8)


def looks(strip: np.ndarray, degrees: list[float]) -> np.ndarray:
    starts = [round(each / 10 * STEP) for each in degrees]
    return np.stack([strip[:, start : start + SIZE] for start in starts])


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Untrained: even random features tell blocks of colour apart."""
    torch.manual_seed(0)
    questions = Questions({"shade": ("a", "b")})
    return Judge(JudgeNetwork(questions, 8), questions, SIZE, 8)


def panorama(others: np.ndarray, others_deg: list[float], seed: int = 1) -> Panorama:
    around = looks(strip(seed), list(range(0, 360, 10)))
    return Panorama(around, others, np.array(others_deg), "city")


def test_a_darker_noisy_photo_is_read_to_the_nearest_direction(judge: Judge) -> None:
    true = [3.0, 88.0, 176.0, 264.0, 355.0]
    noise = np.random.default_rng(9).normal(0, 15, (5, SIZE, SIZE, 3))
    photos = np.clip(looks(strip(1), true) * 0.8 + 10 + noise, 0, 255).astype(np.uint8)
    around = Around.of(judge, panorama(photos, true).pixels)
    assert off_deg(around.read_deg(photos), np.array(true)).max() <= 7
    assert around.likeness(photos).shape == (5, 36)
    elsewhere = off_deg(around.read_deg(looks(strip(2), true)), np.array(true))
    assert np.median(elsewhere) > 20, "another place says nothing"


def test_a_direction_is_most_like_itself(judge: Judge) -> None:
    pixels = panorama(looks(strip(1), [0]), [0]).pixels
    likeness = Around.of(judge, pixels).likeness(pixels)
    np.testing.assert_allclose(likeness.diagonal(), 1, atol=1e-5)
    assert likeness.argmax(1).tolist() == list(range(36))


def test_a_view_is_distinct_where_both_others_are_read(judge: Judge) -> None:
    own, foreign = looks(strip(1), [94, 106]), looks(strip(2), [94, 106])
    fair, unfair = panorama(own, [94, 106]), panorama(np.stack([own[0], foreign[1]]), [94, 286])
    assert is_distinct(Around.of(judge, fair.pixels), fair)
    assert not is_distinct(Around.of(judge, unfair.pixels), unfair)


def test_degrees_go_round() -> None:
    off = off_deg(np.array([350.0, 10.0, 0.0, 90.0]), np.array([10.0, 350.0, 180.0, 90.0]))
    assert off.tolist() == [20, 20, 180, 0]


def test_a_model_without_a_heading_is_told_apart(judge: Judge, tmp_path: Path) -> None:
    no = np.zeros(1, bool)
    shot = replace(tourist(1, 1), neighbourhood="SoHo")
    people = Visitors((shot,), 1, np.array(["SoHo"]), no, no, no)
    sitting = Sitting(build_tiny(), judge, people, Settings(1, 1, 1), tmp_path, 1)
    with pytest.raises(BadRequest, match="no condition 'heading'"):
        heading_figures(sitting, 1, tmp_path)
