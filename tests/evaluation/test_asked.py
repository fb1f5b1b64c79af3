"""Asked: in the tourists' own words, at held-out places, never for a pair that it should not be."""

from collections import Counter
from datetime import datetime

import numpy as np
import pytest

from engine.errors import BadRequest
from engine.evaluation.asked import CAPTIONS, OPEN, STREET, held_out_wishes, seen_wishes, texts_without_place
from engine.evaluation.judges.questions import KNOWN_NEIGHBOURHOODS, city_questions
from engine.evaluation.judges.renders import Renders, is_held_out_place, truth_of
from engine.evaluation.visitors import Visitors, rows_among, visitors
from engine.geo.region import Box
from engine.world.captions import Words, city_caption
from engine.world.held_out import HELD_OUT_STYLES, HELD_OUT_SUBJECTS


@pytest.fixture(scope="module")
def people() -> Visitors:
    return visitors(250)


@pytest.mark.parametrize(
    ("question", "answer"), [(question, answer) for question in CAPTIONS for answer in CAPTIONS[question]]
)
def test_the_words_are_those_of_tourists(question: str, answer: str) -> None:
    words = Words(
        subject=answer if question == "subject" else None,
        style=answer if question == "style" else None,
        weather=answer if question == "weather" else "clear",
        taken_at=datetime(2023, 1, 15, 22 if answer == "night" else 12),
    )
    for surroundings, view in (("street", STREET), ("park", OPEN)):
        said = {
            city_caption(words, "Main Street", "", None, surroundings, np.random.default_rng(seed)).lower()
            for seed in range(1500)
        }
        assert CAPTIONS[question][answer].format(view) in said


def test_every_attribute_is_one_that_the_judge_knows() -> None:
    choices = city_questions().choices
    assert set(CAPTIONS["subject"]) == set(choices["subject"]) - {"nothing"}
    assert set(CAPTIONS["style"]) == set(choices["style"]) - {"photo"}
    assert set(CAPTIONS["weather"]) == set(choices["weather"])
    assert set(CAPTIONS["light"]) <= set(choices["light"])


def test_visitors_are_at_held_out_places_where_there_are_any(people: Visitors) -> None:
    assert people.held_out == 250
    assert all(is_held_out_place(shot.place_true) for shot in people.shots[:250])
    others = people.shots[250:]
    assert {shot.neighbourhood for shot in others} == set(KNOWN_NEIGHBOURHOODS) - set(people.known)
    assert not any(is_held_out_place(shot.place_true) for shot in others)


def test_neighbourhoods_are_even_and_away_from_borders(people: Visitors) -> None:
    rows = people.evenly(3 * len(people.known))
    assert Counter(people.neighbourhood[rows].tolist()) == dict.fromkeys(people.known, 3)
    assert people.away[rows].all()
    assert (rows < people.held_out).all()
    with pytest.raises(BadRequest, match="well within Atlantis"):
        people.within("Atlantis", 1)


def test_only_visitors_within_a_models_box_come(people: Visitors) -> None:
    uptown = Box(south=40.79, west=-73.98, north=40.84, east=-73.92)
    inside = [shot for shot in people.shots[:100] if uptown.contains(shot.place_true)]
    found = visitors(100, box=uptown)
    assert list(found.shots[: found.held_out]) == inside
    assert 0 < len(inside) < 100
    assert all(uptown.contains(shot.place_true) for shot in found.shots)


def test_seen_pairs_are_seen_and_held_out_pairs_are_not(people: Visitors) -> None:
    pairs = HELD_OUT_SUBJECTS | HELD_OUT_STYLES
    seen = seen_wishes(people, 38)
    assert set(Counter(wish.answer for wish in seen).values()) == {2}
    for wish in seen:
        assert (wish.answer, people.neighbourhood[wish.row]) not in pairs
        assert wish.row < people.held_out
        assert not (wish.answer in ("taxi", "bus") and people.in_the_open[wish.row])
    unseen = held_out_wishes(people, 28)
    assert Counter((wish.answer, people.neighbourhood[wish.row]) for wish in unseen) == dict.fromkeys(
        pairs, 2
    )
    asks = [wish.ask(people, 5) for wish in unseen]
    assert all(ask.seed == 5 and set(ask.conditions) == {"latitude", "longitude"} for ask in asks)
    assert all(wish.held_out for wish in unseen)


def test_a_text_names_no_place_and_nothing_held_out(people: Visitors) -> None:
    rows = people.evenly(160)
    texts = texts_without_place(people, rows)
    assert len(texts) == len(rows)
    assert len(set(texts)) > 6
    for text, row in zip(texts, rows.tolist(), strict=True):
        name = people.neighbourhood[row]
        assert not any(place.lower() in text.lower() for place in KNOWN_NEIGHBOURHOODS)
        assert not any(
            CAPTIONS["subject"][kind] == text for kind, place in HELD_OUT_SUBJECTS if place == name
        )


def test_photos_are_found_by_who_took_them(people: Visitors) -> None:
    shots = people.shots[:5]
    photos = Renders(np.zeros((3, 8, 8, 3), np.uint8), truth_of([shots[4], shots[0], shots[2]]))
    assert rows_among(shots, photos).tolist() == [1, -1, 2, -1, 0]
