"""The judge: its scores are well formed, the same alone, in batches and from disk, and its heat is a probability."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.errors import BadModel, BadRequest, MissingModel
from engine.evaluation.gps_clip.config import load_gps_clip_preset
from engine.evaluation.gps_clip.judge import GpsClip
from engine.evaluation.gps_clip.making import train_gps_clip
from engine.geo.place import Place

CONFIG = load_gps_clip_preset(
    "small-judge",
    resolution_px=16,
    width=8,
    embedding_width=16,
    place_width=32,
    num_frequencies=2,
    batch_size=32,
    max_train_steps=20,
)


@pytest.fixture(scope="module")
def judge(town: Path, tmp_path_factory: pytest.TempPathFactory) -> GpsClip:
    return GpsClip.load(train_gps_clip(town, tmp_path_factory.mktemp("models") / "judge", CONFIG))


@pytest.fixture(scope="module")
def shown() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 40, 30, 3), dtype=np.uint8)


PLACES = [Place(55.70 + 0.003 * number, 13.19) for number in range(5)]


def test_scores_are_cosines_times_a_hundred_alone_and_in_batches(judge: GpsClip, shown: np.ndarray) -> None:
    together = judge.place_scores(shown, PLACES)
    assert together.shape == (5,)
    assert (np.abs(together) <= 100.001).all()
    assert np.ptp(together) > 1e-3
    alone = [judge.place_scores(shown[i : i + 1], PLACES[i : i + 1])[0] for i in range(5)]
    np.testing.assert_allclose(together, alone, atol=1e-3)
    opened = [Image.fromarray(picture) for picture in shown]
    np.testing.assert_allclose(judge.place_scores(opened, PLACES), together, atol=1e-3)
    np.testing.assert_allclose(
        judge.word_scores(opened, ["a boat"] * 5), judge.word_scores(shown, ["Boat, A"] * 5), atol=1e-3
    )


def test_unknown_words_have_no_score(judge: GpsClip, shown: np.ndarray) -> None:
    scores = judge.word_scores(shown[:3], ["a boat", "zeppelin", ""])
    assert np.isfinite(scores).tolist() == [True, False, False]


def test_heat_is_the_softmax_of_the_scores(judge: GpsClip, shown: np.ndarray) -> None:
    picture = Image.fromarray(shown[0])
    latitudes, longitudes = [p.latitude for p in PLACES], [p.longitude for p in PLACES]
    heat = judge.heat(picture, latitudes, longitudes)
    assert heat.sum() == pytest.approx(1)
    scores = judge.place_scores([picture] * 5, PLACES).astype(float)
    expected = np.exp((scores - scores.max()) / 100 / judge.card.temperature)
    np.testing.assert_allclose(heat, expected / expected.sum(), rtol=1e-3)
    weights = np.array([0, 1, 1, 3, 0.0])
    weighed = judge.heat(picture, latitudes, longitudes, weights)
    np.testing.assert_allclose(weighed, heat * weights / (heat * weights).sum(), rtol=1e-9)
    for bad in (np.zeros(5), np.ones(4), np.array([1, 1, 1, 1, -1.0])):
        with pytest.raises(BadRequest, match="weights of 5 places"):
            judge.heat(picture, latitudes, longitudes, bad)
    with pytest.raises(BadRequest, match="no places to choose from"):
        judge.heat(picture, [], [])


def test_a_saved_judge_gives_the_same_answers(judge: GpsClip, shown: np.ndarray, tmp_path: Path) -> None:
    again = GpsClip.load(judge.save(tmp_path / "judge"))
    assert again.card == judge.card
    np.testing.assert_array_equal(again.place_scores(shown, PLACES), judge.place_scores(shown, PLACES))
    np.testing.assert_array_equal(again.photo_places.latitude, judge.photo_places.latitude)
    assert len(again.photo_places) == again.card.counts["train"]
    assert {path.suffix for path in (tmp_path / "judge").iterdir()} == {".json", ".safetensors"}


def test_half_precision_takes_half_the_room_and_scores_alike(
    judge: GpsClip, shown: np.ndarray, tmp_path: Path
) -> None:
    whole, half = judge.save(tmp_path / "whole"), judge.save(tmp_path / "half", torch.float16)
    sizes = [(folder / "gps_clip.safetensors").stat().st_size for folder in (whole, half)]
    assert sizes[1] < 0.8 * sizes[0]
    scores = GpsClip.load(half).place_scores(shown, PLACES)
    np.testing.assert_allclose(scores, judge.place_scores(shown, PLACES), atol=0.5)
    assert GpsClip.load(half).network.to_place.weight.dtype == torch.float32


def test_what_cannot_be_judged_is_refused(judge: GpsClip, shown: np.ndarray) -> None:
    with pytest.raises(BadRequest, match="5 pictures and 2 places"):
        judge.place_scores(shown, PLACES[:2])
    with pytest.raises(BadRequest, match="5 pictures and 1 prompts"):
        judge.word_scores(shown, ["a boat"])
    with pytest.raises(BadRequest, match="there are no pictures"):
        judge.place_scores([], [])
    with pytest.raises(BadRequest, match="float64 shaped"):
        judge.place_scores(np.zeros((1, 8, 8, 3)), PLACES[:1])


def test_a_folder_that_is_no_judge_is_refused(judge: GpsClip, town: Path, tmp_path: Path) -> None:
    folder = judge.save(tmp_path / "judge")
    (folder / "gps_clip.safetensors").write_bytes(b"nothing")
    with pytest.raises(BadModel, match="is not the file that was saved"):
        GpsClip.load(folder)
    with pytest.raises(BadModel, match="is not a GPS judge"):
        GpsClip.load(tmp_path / "none")
    lost = replace(CONFIG, vision=str(tmp_path / "no-dino"), closest=1.0)
    with pytest.raises(MissingModel, match="no-dino"):
        train_gps_clip(town, tmp_path / "other", lost)
