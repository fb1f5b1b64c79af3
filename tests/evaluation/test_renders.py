"""Renders: kept in shards that go on where they stopped, with a truth that is the tourists' own and no place twice."""

from datetime import timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadFile, BadRequest
from engine.evaluation.judges import renders
from engine.evaluation.judges.questions import MISSING, city_labels, city_questions
from engine.evaluation.judges.renders import (
    Renders,
    folder_of,
    is_held_out_place,
    open_renders,
    render_photos,
    shots_of,
    truth_of,
    with_grey_copies,
)
from engine.geo.bearing import azimuth_deg
from engine.photos.cleaning import cells_of
from engine.world.plan.landmarks import find_landmark


def test_no_place_is_on_both_sides() -> None:
    train, held_out = (list(islice(shots_of(part, 3), 400)) for part in ("train", "held_out"))
    cells = [
        set(cells_of(*np.array([(s.place_true.latitude, s.place_true.longitude) for s in shots]).T))
        for shots in (train, held_out)
    ]
    assert not cells[0] & cells[1]
    assert all(is_held_out_place(shot.place_true) for shot in held_out)
    assert held_out[-1].index / 400 == pytest.approx(5, rel=0.4), "about one photo in five"


def test_the_truth_is_the_tourists() -> None:
    shots = list(islice(shots_of("train", 1), 300))
    truth, labels, questions = truth_of(shots), None, city_questions()
    labels = city_labels(truth)
    for row, shot in enumerate(shots):
        said = {
            name: answers[labels[name][row]] if labels[name][row] != MISSING else ""
            for name, answers in questions.choices.items()
        }
        assert said["neighbourhood"] == shot.neighbourhood
        assert said["weather"] == shot.weather
        assert said["subject"] == (shot.subject.kind if shot.subject else "nothing")
        assert said["style"] == (shot.style or "photo")
        assert said["third"] == ("0 to 8 h", "8 to 16 h", "16 to 24 h")[int(shot.hour // 8)]
        if shot.hour > 22 or shot.hour < 3:
            assert said["light"] == "night"
        if 11 <= shot.hour <= 14:
            assert said["light"] == "high sun" or shot.season == "winter"
    np.testing.assert_allclose(labels["heading"], [shot.heading_deg for shot in shots], rtol=1e-6)
    assert all(labels[name].shape == (300,) for name in questions)


def test_around_a_landmark_both_sides_of_the_split_stand_everywhere_as_other_tourists() -> None:
    sides = [list(islice(shots_of(part, 3, "arc-de-triomphe"), 72)) for part in ("train", "held_out")]
    for shots in sides:
        truth = truth_of(shots)
        centre = find_landmark("arc-de-triomphe").place
        assert truth["azimuth_deg"].tolist() == [azimuth_deg(centre, shot.place_true) for shot in shots]
        assert np.histogram(truth["azimuth_deg"], 12, (0, 360))[0].min() >= 3
        assert set(truth["sight"].tolist()) == {"arc-de-triomphe"}
    assert not {shot.place_true for shot in sides[0]} & {shot.place_true for shot in sides[1]}


def test_in_one_light_a_landmark_is_alone_on_clear_days_from_where_its_tourists_stand() -> None:
    as_they_come = list(islice(shots_of("train", 3, "stonehenge"), 40))
    shots = list(islice(shots_of("train", 3, "stonehenge", (16.0, 6)), 40))
    assert [shot.place_true for shot in shots] == [shot.place_true for shot in as_they_come]
    assert {(shot.hour, shot.taken_at.month, shot.weather, shot.subject, shot.style) for shot in shots} == {
        (16.0, 6, "clear", None, None)
    }
    assert {shot.taken_at.utcoffset() for shot in shots} == {timedelta(hours=1)}
    assert not any("snow" in shot.caption or "sketch" in shot.caption for shot in shots)
    assert truth_of(shots)["sun_deg"].min() > 30


def test_photos_of_a_landmark_lie_apart_from_those_of_the_city(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renders, "_SHARD", 4)
    home = render_photos(tmp_path, "train", 1, size_px=32, landmark="stonehenge", seed=2)
    photos = open_renders(home, 5)
    assert set(photos.truth["sight"].tolist()) == {"stonehenge"}
    assert photos.pixels.std() > 10
    with pytest.raises(BadFile):
        open_renders(folder_of(tmp_path, "train", 2, 32))


def test_grey_copies_follow_the_photos_and_know_their_style() -> None:
    truth = truth_of(list(islice(shots_of("train", 1), 60)))
    pixels = np.random.default_rng(0).integers(0, 256, (60, 32, 32, 3), np.uint8)
    plain = int((truth["style"] == "").sum())
    more = with_grey_copies(Renders(pixels, truth), 0.5, seed=2)
    assert len(more) == 60 + plain // 2
    np.testing.assert_array_equal(more.pixels[:60], pixels)
    copies = more[slice(60, None)]
    assert set(copies.truth["style"]) <= {"pencil sketch", "black and white", "sepia"}
    numbers = {index: row for row, index in enumerate(truth["index"].tolist())}
    rows = [numbers[index] for index in copies.truth["index"].tolist()]
    assert all(truth["style"][row] == "" for row in rows)
    assert (copies.truth["neighbourhood"] == truth["neighbourhood"][rows]).all()
    colourful = np.ptp(copies.pixels[copies.truth["style"] == "black and white"].astype(int), axis=-1)
    assert colourful.max() <= 8
    np.testing.assert_array_equal(with_grey_copies(Renders(pixels, truth), 0.5, seed=2).pixels, more.pixels)


def test_a_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of two photos stand for those of a hundred; rendering itself is the world's."""
    monkeypatch.setattr(renders, "_SHARD", 2)
    taken: list[int] = []

    def shard(path: Path, shots: list, size_px: int, landmark: str | None) -> None:
        assert landmark is None
        taken.extend(shot.index for shot in shots)
        pictures = np.stack([np.full((size_px, size_px, 3), shot.index, np.uint8) for shot in shots])
        with path.open("wb") as file:
            np.savez_compressed(file, pixels=pictures, **truth_of(shots))

    monkeypatch.setattr(renders, "_render_shard", shard)
    monkeypatch.setattr(renders, "ProcessPoolExecutor", _InThisProcess)
    heard: list[tuple[int, int]] = []
    home = render_photos(tmp_path, "train", 4, size_px=32)
    render_photos(tmp_path, "train", 7, size_px=32, on_progress=lambda *done: heard.append(done))
    assert heard == [(6, 7), (7, 7)]
    assert taken == [shot.index for shot in islice(shots_of("train", 0), 8)]
    photos = open_renders(home, 7)
    assert len(photos) == 7
    assert photos.pixels[:, 0, 0, 0].tolist() == taken[:7] == photos.truth["index"].tolist()
    assert photos[photos.truth["index"] > 3].truth["index"].min() > 3
    (home / "00001.npz").write_bytes(b"PK damaged")
    with pytest.raises(BadFile, match="remove it to have it rendered again"):
        open_renders(home)


@pytest.mark.slow
def test_photos_are_those_of_the_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renders, "_SHARD", 2)
    photos = open_renders(render_photos(tmp_path, "held_out", 2, seed=4, size_px=32, processes=2))
    assert photos.pixels.shape == (2, 32, 32, 3)
    assert photos.pixels.std() > 10


def test_numbers_out_of_range_are_refused(tmp_path: Path) -> None:
    for wrong in ({"count": 0}, {"count": 10**6}, {"count": 10, "size_px": 8}, {"count": 10, "processes": 0}):
        with pytest.raises(BadRequest, match="give a whole number from"):
            render_photos(tmp_path, "train", **wrong)
    with pytest.raises(BadFile, match="holds no rendered photos"):
        open_renders(tmp_path)


class _InThisProcess:
    """An executor that does at once what it is given."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> "_InThisProcess":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work, *values):
        from concurrent.futures import Future

        done: Future = Future()
        done.set_result(work(*values))
        return done

    def shutdown(self, **_: object) -> None:
        pass
