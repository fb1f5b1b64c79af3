"""Pictures of many asks: as one by one, kept, and never made twice."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.evaluation.pictures import Ask, Settings, paint, there
from engine.geo.region import Box
from engine.world.tourist import tourist

SETTINGS = Settings(2, 2.0, 2.0)
PLACE = {"latitude": 40.75, "longitude": -73.98}
ASKS = [
    Ask("a street", PLACE, 1),
    Ask("", PLACE, 2),
    Ask("a dog", {}, 1),
    Ask("", PLACE | {"latitude": 40.8, "heading": 90.0}, 3),
]


@pytest.fixture(scope="module")
def pipe() -> PlacePipeline:
    card = PlaceCard(name="Tiny", box=Box(40.7, -74.03, 40.88, -73.9), resolution_px=64, untrained=True)
    pipe = build_tiny(card)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def test_batches_are_as_one_by_one(pipe: PlacePipeline, tmp_path: Path) -> None:
    together = paint(pipe, ASKS, SETTINGS, tmp_path / "together", batch_size=3)
    alone = paint(pipe, ASKS, SETTINGS, tmp_path / "alone", batch_size=1)
    assert together.shape == (4, 64, 64, 3)
    assert np.abs(together.astype(int) - alone).max() <= 1  # a batch sums floats in another order
    assert np.abs(together[0].astype(int) - together[2]).mean() > 1, "words and place make another picture"


def test_what_is_there_is_not_made_again(pipe: PlacePipeline, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    first = paint(pipe, ASKS[:2], SETTINGS, tmp_path, on_progress=lambda *done: told.append(done))
    more = paint(pipe, ASKS, SETTINGS, tmp_path, 1, on_progress=lambda *done: told.append(done))
    np.testing.assert_array_equal(more[:2], first)
    assert told == [(2, 2), (3, 4), (4, 4)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{number:04d}-{ask.digest}.png" for number, ask in enumerate(ASKS)
    ]
    changed = [replace(ASKS[0], seed=9), *ASKS[1:]]
    told.clear()
    paint(pipe, changed, SETTINGS, tmp_path, on_progress=lambda *done: told.append(done))
    assert told == [(4, 4)], "only the changed one is made"


def test_an_ask_is_known_by_all_of_it() -> None:
    digests = {ask.digest for ask in ASKS}
    assert len(digests) == len(ASKS)
    assert Ask("a dog", dict(reversed(PLACE.items()))).digest == Ask("a dog", PLACE).digest


def test_a_shot_says_where_and_what_is_named() -> None:
    shot = tourist(4, 2)
    assert there(shot) == {"latitude": shot.place_true.latitude, "longitude": shot.place_true.longitude}
    moment = there(shot, "heading", "hour", "month")
    assert (moment["heading"], moment["hour"]) == (shot.heading_deg, shot.hour)
    assert moment["month"] == shot.taken_at.month
