"""Sides: a judge that has learned painted sides reads them, tells the wrong ones, and becomes a landmark's meter."""

import numpy as np
import pytest
import torch

from engine.diffusion.conditions import SIDES
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.learning import JudgeConfig, train_judge
from engine.evaluation.judges.questions import side_labels, side_questions
from engine.evaluation.sides import mark_sides, reader_of, side_asks

SIZE = 32


def painted(azimuths_deg: np.ndarray, seed: int = 0) -> np.ndarray:
    """Pictures with a colour of their own from every side, and a bar that walks across them."""
    rng = np.random.default_rng(seed)
    angle = np.radians(azimuths_deg)[:, None, None]
    columns = np.arange(SIZE)[None, None, :] / SIZE * 2 * np.pi
    planes = [
        np.broadcast_to(wave, (len(angle), SIZE, SIZE))
        for wave in (np.cos(columns - angle), np.sin(angle), np.cos(angle))
    ]
    noise = rng.normal(0, 6, (len(angle), SIZE, SIZE, 3))
    return (127 + 90 * np.stack(planes, axis=3) + noise).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def judge() -> Judge:
    azimuths = np.random.default_rng(1).uniform(0, 360, 1200)
    config = JudgeConfig(size_px=SIZE, width=8, epochs=12, closest=1.0, dropout=0.0)
    return train_judge(painted(azimuths), side_labels(azimuths), side_questions(), config)


def test_bins_lie_around_their_middle() -> None:
    labels = side_labels(np.array([0.0, 4.9, 5.1, 355.1, 354.9, 180.0]))
    assert labels["bin"].tolist() == [0, 0, 1, 0, 35, 18]


def test_sides_are_read(judge: Judge) -> None:
    azimuths = np.random.default_rng(2).uniform(0, 360, 200)
    marks = mark_sides(judge, painted(azimuths, 3), azimuths)
    assert marks.near > 0.9
    assert marks.exact > 0.5
    assert marks.median_off_deg < 8
    assert marks.count == 200


def test_wrong_sides_are_told(judge: Judge) -> None:
    azimuths = np.arange(0, 360, 5.0)
    turned = mark_sides(judge, painted(azimuths + 90), azimuths)
    assert turned.near < 0.1
    assert turned.median_off_deg == pytest.approx(90, abs=10)
    mirrored = mark_sides(judge, painted(-azimuths), azimuths)
    assert mirrored.near < 0.2


def test_a_growing_landmark_is_read_as_its_pictures_are(judge: Judge) -> None:
    azimuths = np.arange(0, 360, 45.0)
    views = torch.from_numpy(painted(azimuths)).permute(0, 3, 1, 2).float() / 255
    read = reader_of(judge)
    assert read(views, azimuths.tolist()) == mark_sides(judge, painted(azimuths), azimuths).near > 0.8
    assert read(views, (azimuths + 180).tolist()) < 0.2


def test_every_bin_is_asked_for_as_often_with_noise_of_its_own() -> None:
    asks, azimuths = side_asks("A photo of a tower", 2, seed=5, told={"hour": 13.0})
    assert np.bincount(side_labels(azimuths)["bin"]).tolist() == [2] * SIDES
    assert [ask.conditions["azimuth"] for ask in asks] == azimuths.tolist()
    assert len({ask.seed for ask in asks}) == len(asks)
    plain, _ = side_asks("A photo of a tower", 2, seed=5, told={"hour": 13.0}, azimuth=False)
    assert all(ask.conditions == {"hour": 13.0} for ask in plain)
    assert [ask.seed for ask in plain] == [ask.seed for ask in asks]
