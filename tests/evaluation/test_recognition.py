"""Recognition: what a judge says, held against what was asked for."""

from pathlib import Path

import numpy as np
import torch

from engine.diffusion.card import PlaceCard
from engine.diffusion.tiny import build_tiny
from engine.evaluation.asked import Wish
from engine.evaluation.judges.judge import Judge, Reading
from engine.evaluation.judges.network import JudgeNetwork
from engine.evaluation.judges.questions import KNOWN_NEIGHBOURHOODS, Questions, city_questions
from engine.evaluation.judges.renders import Renders, truth_of
from engine.evaluation.pictures import Settings
from engine.evaluation.recognition import attribute_figures, is_likeliest, neighbourhood_figures
from engine.evaluation.sitting import Sitting
from engine.evaluation.visitors import Visitors
from engine.world.plan.city import manhattan
from engine.world.tourist import tourists

WISHES = [
    Wish("subject", "taxi", 0, False),
    Wish("subject", "bus", 0, False),
    Wish("style", "sepia", 0, True),
]


def test_nothing_and_photo_are_answers_until_they_are_ruled_out() -> None:
    questions = Questions({"subject": ("nothing", "taxi", "bus"), "style": ("photo", "sepia", "watercolour")})
    probabilities = {
        "subject": np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [1.0, 0.0, 0.0]]),
        "style": np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.6, 0.1, 0.3]]),
    }
    reading = Reading(questions, probabilities, {}, {})
    assert is_likeliest(reading, WISHES).tolist() == [False, True, False]
    assert is_likeliest(reading, WISHES, among_asked=True).tolist() == [True, True, False]


def a_sitting(folder: Path) -> Sitting:
    """An untrained model and an untrained judge, with one visitor in each known neighbourhood but Times Square."""
    shots = {shot.neighbourhood: shot for shot in tourists(800, 1)}
    names = [*sorted(set(KNOWN_NEIGHBOURHOODS) - {"Times Square"}), "Times Square"]
    own = tuple(shots[name] for name in names)
    yes = np.ones(16, bool)
    people = Visitors(own, 15, np.array(names), yes, yes, ~yes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        judge = Judge(JudgeNetwork(city_questions(), 4), city_questions(), 32, 4)
    photos = Renders(np.full((16, 32, 32, 3), 90, np.uint8), truth_of(own))
    pipe = build_tiny(PlaceCard(name="Tiny", box=manhattan().frame.box, resolution_px=64, untrained=True))
    pipe.set_progress_bar_config(disable=True)
    return Sitting(pipe, judge, people, Settings(1, 1.0, 1.0), folder, 1, batch_size=16, real=photos)


def test_figures_come_with_their_parts_and_their_measure(tmp_path: Path) -> None:
    sitting = a_sitting(tmp_path)
    found = {figure.name: figure for figure in neighbourhood_figures(sitting)}
    assert {name: figure.target for name, figure in found.items()} == {
        "neighbourhood, GPS alone": "at least 70 %",
        "neighbourhood, GPS alone, where it can be seen": "",
        "neighbourhood, GPS and a text that does not name it": "at least 60 %",
        "neighbourhood, text alone": "chance, 6 %",
        "neighbourhood, real photos at the same places": "",
    }
    assert {figure.count for figure in found.values()} == {15}, "Times Square has no held-out place"
    detail = found["neighbourhood, GPS alone"].detail
    assert np.isnan(detail["Times Square"])
    assert np.nanmean(list(detail.values())) == found["neighbourhood, GPS alone"].value
    attributes = {figure.name: figure for figure in attribute_figures(sitting)}
    assert attributes["attributes, seen pairs"].count == 19
    assert attributes["attributes, held-out pairs"].count == 14
    assert len(list((tmp_path / "gps").iterdir())) == 15
    assert len(list((tmp_path / "held-out").iterdir())) == 14
