"""Belonging by the judge: a probability over the cells of a box, which follows the picture and the photos."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadRequest
from engine.evaluation.gps_clip.belonging import JudgedBelonging, judged_belonging
from engine.evaluation.gps_clip.judge import GpsClip
from engine.geo.bearing import distance_m
from engine.geo.region import Box

BOX = Box(south=55.69, west=13.17, north=55.72, east=13.22)
ELSEWHERE = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)


@pytest.fixture(scope="module")
def judge(lay_judge: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> GpsClip:
    """One of random weights, whose photos were all taken in the northern half."""
    return GpsClip.load(lay_judge(tmp_path_factory.mktemp("models") / "town", BOX))


def test_cells_fill_the_box_and_share_one(judge: GpsClip) -> None:
    found = judged_belonging(judge, Image.new("RGB", (40, 30), "red"), BOX, 400)
    assert 350 <= len(found.cells) <= 400
    assert sum(cell.area_m2 for cell in found.cells) == pytest.approx(BOX.area_m2, rel=1e-6)
    assert found.plausibility.sum() == pytest.approx(1)
    assert found.likeness.max() == found.likeness[found.best] == 1
    assert found.place == found.cells[found.best].centre
    assert 0 < found.uncertainty_m < distance_m(*(BOX.corners[index] for index in (0, 2)))
    north = np.array([cell.centre.latitude > BOX.centre.latitude for cell in found.cells])
    assert found.plausibility[north].sum() > 0.7, "photos were taken there alone"


def test_another_picture_has_another_heat(judge: GpsClip) -> None:
    heats = [
        judged_belonging(judge, Image.new("RGB", (40, 30), colour), BOX, 100).plausibility
        for colour in ("red", "blue")
    ]
    assert np.abs(heats[0] - heats[1]).max() > 1e-6


def test_cells_outside_of_the_judges_box_are_impossible(judge: GpsClip) -> None:
    wide = Box(south=BOX.south, west=BOX.west, north=BOX.north, east=BOX.east + 0.05)
    found = judged_belonging(judge, Image.new("RGB", (40, 30)), wide, 100)
    outside = np.array([not BOX.contains(cell.centre) for cell in found.cells])
    assert outside.any()
    assert (found.plausibility[outside] == 0).all()
    assert found.plausibility.sum() == pytest.approx(1)
    with pytest.raises(BadRequest, match="the judge is of Town, and the model is at home elsewhere"):
        judged_belonging(judge, Image.new("RGB", (40, 30)), ELSEWHERE)


def test_the_radius_holds_half() -> None:
    south, north = BOX, Box(BOX.north, BOX.west, BOX.north + 0.03, BOX.east)
    sure = JudgedBelonging((south, north), np.array([0.999, 0.001]))
    unsure = JudgedBelonging((south, north), np.array([0.5, 0.5]))
    assert sure.uncertainty_m < unsure.uncertainty_m
    assert sure.best == 0
