"""Panoramas: all directions of one place, rendered once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadFile
from engine.evaluation.judges.renders import city_version
from engine.evaluation.panorama import panoramas, views_of
from engine.world import scene
from engine.world.scene import build_scene, render_shot
from engine.world.shot import Subject
from engine.world.tourist import tourist

STONEHENGE = tourist(3, 1, "stonehenge")


def test_views_are_all_directions_and_two_other_people() -> None:
    shot = replace(
        STONEHENGE, style="sepia", subject=Subject("dog", 5, 0, 0), weather="rain", heading_deg=357.0
    )
    around, others = views_of(shot)
    assert [view.heading_deg for view in around] == list(range(0, 360, 10))
    assert {view.weather for view in around} == {"clear"}
    assert {view.taken_at for view in around} == {shot.taken_at}
    assert {view.place_true for view in [*around, *others]} == {shot.place_true}
    assert all(view.subject is None and view.style is None for view in [*around, *others])
    off = [(view.heading_deg - shot.heading_deg + 180) % 360 - 180 for view in others]
    assert off == pytest.approx([-6, 6])
    assert len({view.index for view in [around[0], *others]}) == 3, "other people are in the street"


def test_what_was_rendered_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stage = build_scene("stonehenge")
    monkeypatch.setattr(scene, "build_scene", lambda: stage)
    told: list[tuple[int, int]] = []
    (found,) = panoramas([STONEHENGE], tmp_path, 32, lambda *done: told.append(done))
    assert found.pixels.shape == (36, 32, 32, 3)
    assert found.others.shape == (2, 32, 32, 3)
    assert found.city == city_version()
    np.testing.assert_array_equal(found.pixels[9], render_shot(stage, views_of(STONEHENGE)[0][9], 32))
    assert found.others_deg == pytest.approx([(STONEHENGE.heading_deg + off) % 360 for off in (-6, 6)])
    monkeypatch.setattr(scene, "build_scene", lambda: pytest.fail("it is there already"))
    (again,) = panoramas([STONEHENGE], tmp_path, 32)
    np.testing.assert_array_equal(again.pixels, found.pixels)
    assert told == [(1, 1)]
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadFile, match=path.name):
        list(panoramas([STONEHENGE], tmp_path, 32))
