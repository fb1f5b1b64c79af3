"""Learned: the pictures that a model saw, and asks that say them again."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.evaluation.judges.renders import Renders, truth_of
from engine.evaluation.learned import learned_from_collection, learned_from_renders
from engine.evaluation.pictures import there
from engine.geo.place import Place
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture
from engine.world.tourist import tourists


def test_renders_are_asked_for_as_their_tourists_would() -> None:
    shots = list(tourists(120, 0))
    pixels = np.arange(120, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    known = [shot for shot in shots if not shot.split_pair_held_out]
    learned = learned_from_renders(Renders(pixels, truth_of(shots)), asks=5)
    assert len(known) < 120, "somebody took what is held out"
    assert learned.pixels[:, 0, 0, 0].tolist() == [shot.index for shot in known]
    assert [ask.prompt for ask in learned.asks] == [shot.caption for shot in known[:5]]
    for ask, shot in zip(learned.asks, known, strict=False):
        assert ask.conditions == pytest.approx(there(shot, "heading", "hour", "month"))


def test_a_collection_gives_its_part_for_training(tmp_path: Path) -> None:
    rng, photos = np.random.default_rng(0), tmp_path / "photos"
    photos.mkdir()
    for number in range(30):
        place = Place(40.71 + 0.004 * number, -73.99 + 0.001 * number)
        picture = Image.fromarray(rng.integers(0, 255, (12, 12, 3), np.uint8)).resize(
            (96, 96), Image.Resampling.BOX
        )
        write_picture(
            photos / f"{number}.jpg", picture, place=place, heading_deg=12.0 * number, caption="a dog"
        )
    ingest([photos], tmp_path / "collection", workers=1)
    learned = learned_from_collection(tmp_path / "collection", asks=4, size_px=32)
    assert 4 < len(learned.pixels) < 30, "validation and test are left out"
    assert learned.pixels.shape[1:] == (32, 32, 3)
    assert len(learned.asks) == 4
    assert {ask.prompt for ask in learned.asks} == {"a dog"}
    assert all({"latitude", "longitude", "heading"} == ask.conditions.keys() for ask in learned.asks)
