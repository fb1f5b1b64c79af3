"""Walking: headings that turn smoothly at corners, and paths that lose places but not their shape."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geo.bearing import angular_difference_deg, destination, distance_m
from engine.geo.place import Place
from engine.geo.region import Path
from engine.geo.sampling import along
from engine.geo.walking import MOST_TURN_DEG, eased, thinned, walk

START = Place(40.75, -73.99)
NORTH = destination(START, 0, 100)
CORNER = Path((START, NORTH, destination(NORTH, 90, 100)))
BACK = Path((START, NORTH, START))


def turns(headings: list[float]) -> np.ndarray:
    return np.array([angular_difference_deg(b, a) for a, b in pairwise(headings)])


def test_the_places_are_those_along_the_path() -> None:
    for by in ((7.0, None), (None, 9)):
        assert [place for place, _ in walk(CORNER, *by)] == [place for place, _ in along(CORNER, *by)]


def test_a_corner_is_taken_over_a_few_metres_and_the_legs_keep_their_headings() -> None:
    headings = [heading for _, heading in walk(CORNER, count=201)]
    assert headings[:95] == pytest.approx([0] * 95, abs=0.01)
    assert headings[106:] == pytest.approx([90] * 95, abs=0.01)
    assert headings[100] == pytest.approx(45, abs=1)
    assert (turns(headings) > -0.01).all()
    assert turns(headings).max() < 20


@pytest.mark.parametrize("path", [CORNER, BACK])
@pytest.mark.parametrize("by", [{"count": 14}, {"count": 61}, {"count": 333}, {"spacing_m": 9.5}])
def test_no_step_turns_far_even_where_the_path_turns_back(path: Path, by: dict) -> None:
    headings = [heading for _, heading in walk(path, **by)]
    assert np.abs(turns(headings)).max() <= MOST_TURN_DEG + 1e-6
    assert all(0 <= heading < 360 for heading in headings)
    assert headings[0] == pytest.approx(0, abs=0.01)
    assert headings[-1] == pytest.approx(90 if path is CORNER else 180, abs=0.01)


def test_the_jitter_of_a_receiver_does_not_shake_the_head() -> None:
    rng = np.random.default_rng(1)
    places = [
        destination(destination(START, 0, metres), 90, rng.normal(0, 0.5)) for metres in range(0, 100, 2)
    ]
    headings = [heading for _, heading in walk(Path(tuple(places)), count=100)]
    assert (
        np.abs(turns(headings)).mean()
        < 0.5 * np.abs(turns([h for _, h in along(Path(tuple(places)), count=100)])).mean()
    )


@given(st.lists(st.floats(-2_000, 2_000), min_size=1, max_size=60), st.floats(0.1, 90))
def test_eased_angles_turn_slowly_and_slow_ones_are_kept(angles: list[float], most: float) -> None:
    found = eased(np.array(angles), most)
    assert (np.abs(np.diff(found)) <= most + 1e-6).all()
    assert eased(found, most) == pytest.approx(found, abs=1e-6)


def test_eased_angles_share_a_jump_between_both_sides() -> None:
    found = eased(np.array([0.0] * 4 + [90.0] * 4), 30)
    assert found == pytest.approx([0, 0, 15, 30, 60, 75, 90, 90])


def test_a_path_of_few_places_is_kept_as_it_is() -> None:
    assert thinned(CORNER, 3) is CORNER


def test_a_long_track_keeps_its_ends_its_corner_and_its_length() -> None:
    rng = np.random.default_rng(2)
    track = [destination(place, 45, rng.normal(0, 0.05)) for place, _ in along(CORNER, count=5_000)]
    kept = thinned(Path((START, *track, CORNER.places[-1])), 50)
    assert len(kept.places) <= 50
    assert distance_m(kept.places[0], START) < 1e-6
    assert distance_m(kept.places[-1], CORNER.places[-1]) < 1e-6
    assert min(distance_m(place, NORTH) for place in kept.places) < 0.5
    assert kept.length_m == pytest.approx(CORNER.length_m, rel=0.02)


def test_a_line_with_a_thousand_places_on_it_needs_two() -> None:
    line = Path(tuple(place for place, _ in along(Path((START, NORTH)), count=1_000)))
    assert len(thinned(line, 300).places) == 2
