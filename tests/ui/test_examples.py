"""The examples and the dials without a browser: which models they are for, and what may be sent in their name."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.card import PlaceCard
from engine.errors import BadRequest
from engine.geo.region import Box
from engine.studio.notices import unknown_words
from engine.studio.requests import ImageRequest
from engine.world.captions import Words, city_caption, landmark_caption
from engine.world.plan.city import BOX, manhattan
from engine.world.plan.water import water_at
from ui import units
from ui.dials import DIALS, dial_value, dialled
from ui.examples import all_examples, examples_for, left_behind

CARD = PlaceCard("Manhattan", ("longitude", "latitude", "heading", "hour", "month"), box=BOX)


def test_there_are_ten_and_their_requests_are_sound():
    assert len({each.title for each in all_examples()}) == 10
    assert examples_for(CARD) == all_examples()
    for each in all_examples():
        ImageRequest("demo", each.place, prompt=each.prompt, heading=each.heading, hour=each.hour).validate()
        assert water_at(each.place) is None
        assert dialled("month", each.settings["month"]) == each.month


def test_they_are_spread_over_the_city():
    parts = {
        part.name
        for part in manhattan().neighbourhoods
        for each in all_examples()
        if part.polygon.contains(each.place)
    }
    assert len(parts) >= 8


def test_they_use_words_that_captions_of_the_city_teach():
    rng = np.random.default_rng(0)
    plan = manhattan()
    names = [part.name for part in plan.neighbourhoods]
    captions = [
        landmark_caption(Words(None, None, "clear", datetime(2024, 5, 1)), mark.name, rng)
        for mark in plan.landmarks
    ]
    for _ in range(4_000):
        taken_at = datetime(2024, int(rng.integers(1, 13)), 1, int(rng.integers(0, 24)))
        words = Words(
            rng.choice(["taxi", "bus", "bench", "balloon", "dog", "person in red", "umbrella"]),
            rng.choice([None, "pencil sketch", "watercolour", "black and white"]),
            rng.choice(["clear", "rain", "snow"]),
            taken_at,
        )  # fmt: skip
        captions.append(city_caption(words, "Broadway", str(rng.choice(names)), None, "street", rng))
        captions.append(
            city_caption(
                replace(words, subject=None), "Broadway", str(rng.choice(names)), None, "street", rng
            )
        )
    known = set(" ".join(captions).lower().replace(",", "").split())
    assert {each.title: unknown_words(each.prompt, known) for each in all_examples()} == {
        each.title: [] for each in all_examples()
    }


@pytest.mark.parametrize(
    "card",
    [
        None,
        replace(CARD, untrained=True),
        replace(CARD, box=None),
        replace(CARD, box=Box(55.6, 13.1, 55.8, 13.3)),
        replace(CARD, conditions=("azimuth",)),
        replace(CARD, words=("street",)),
    ],
)
def test_a_model_of_something_else_has_none(card: PlaceCard | None):
    assert examples_for(card) == ()


def test_a_model_gets_those_that_it_can_make():
    without_time = examples_for(replace(CARD, conditions=("longitude", "latitude", "heading")))
    assert 0 < len(without_time) < 10
    assert all(each.hour is None and each.month is None for each in without_time)
    south = examples_for(replace(CARD, box=Box(40.69, -74.03, 40.75, -73.96)))
    assert 0 < len(south) < 10


STATUE = PlaceCard("Statue of Liberty", ("azimuth", "hour"), kind="angle")


def _held(**values: str | None) -> dict[str, str | None]:
    return {"prompt": "", "place": "", "heading": "", "hour": "", "month": ""} | values


def test_what_an_example_had_set_makes_way_for_a_landmark():
    night = all_examples()[0]
    assert night.hour is not None
    assert night.heading is not None
    assert left_behind(night.settings, CARD, STATUE) == {"prompt": STATUE.prompt, "heading": "", "hour": ""}
    late = left_behind(night.settings, replace(STATUE, name="Stonehenge"), STATUE)
    assert late["prompt"] == STATUE.prompt  # it came into the fields after another model had been chosen
    turned = left_behind(night.settings | {"hour": "3"}, CARD, STATUE)
    assert "hour" not in turned  # the visitor has turned it since


def test_the_words_of_a_landmark_make_way_for_those_of_the_next_model():
    pisa = replace(STATUE, name="Leaning Tower of Pisa")
    taught = _held(prompt="A photo of Statue of Liberty", hour="13")
    assert left_behind(_held(), CARD, STATUE) == {"prompt": "A photo of Statue of Liberty"}
    assert left_behind(_held(prompt=None), None, STATUE) == {"prompt": "A photo of Statue of Liberty"}
    assert left_behind(taught, STATUE, pisa) == {"prompt": "A photo of Leaning Tower of Pisa"}
    assert left_behind(taught, STATUE, CARD) == {"prompt": ""}
    assert left_behind(taught, STATUE, STATUE) == {}


def test_the_visitors_own_words_stay_whichever_model_is_chosen():
    own = _held(prompt="the statue in the snow", hour="7")
    for before, after in ((CARD, STATUE), (STATUE, CARD), (None, CARD), (CARD, CARD)):
        assert left_behind(own, before, after) == {}


def test_an_example_stays_with_another_model_that_has_it():
    lund = replace(CARD, name="Lund")
    assert left_behind(all_examples()[0].settings, CARD, lund) == {}
    assert left_behind(_held(), CARD, lund) == {}


@given(st.none() | st.floats(-1e9, 1e9))
def test_a_dial_holds_a_number_to_its_last_digit_or_any(value: float | None):
    assert dialled("heading", dial_value(value)) == value


def test_a_dial_shows_whole_numbers_as_such():
    assert (dial_value(9.0), dial_value(13.5), dial_value(None)) == ("9", "13.5", "")


@pytest.mark.parametrize("sent", ["north", "nan", "1e999", [], {"a": 1}, "<b>"])
def test_what_is_no_number_is_refused(sent: object):
    with pytest.raises(BadRequest, match=r"the hour .* is no number"):
        dialled("hour", sent)


def test_a_dial_has_words_for_each_of_its_numbers():
    for dial in DIALS.values():
        assert len(dial.says) == dial.highest - dial.lowest + 1
    assert DIALS["heading"].says[:2] == ("N 0°", "N 1°")
    assert DIALS["heading"].says[350] == "N 350°"
    parts = [units.part_of_day(hour) for hour in (0, 6, 9, 12, 15, 19, 22)]
    assert parts == ["night", "dawn", "morning", "noon", "afternoon", "evening", "night"]
