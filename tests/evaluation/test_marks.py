"""Marks: counted by hand, and distances from borders that a map confirms."""

import numpy as np
import pytest

from engine.evaluation.judges.marks import away_from_borders_m, can_be_seen, mark, mistakes
from engine.evaluation.judges.questions import MISSING

TRUE = np.array([0, 0, 0, 0, 1, 1, 2, MISSING])
SAID = np.array([0, 0, 0, 1, 1, 2, 0, 2])
ANSWERS = ("a", "b", "c")


def test_what_has_no_label_is_not_counted() -> None:
    result = mark(SAID, TRUE)
    assert (result.right, result.count) == (4, 7)
    assert result.share == pytest.approx(4 / 7)
    assert result.mean_by_answer == pytest.approx((3 / 4 + 1 / 2 + 0) / 3)


def test_only_what_is_counted_counts() -> None:
    counted = np.array([True, True, True, False, True, False, False, True])
    assert (mark(SAID, TRUE, counted).right, mark(SAID, TRUE, counted).count) == (4, 4)
    nothing = mark(SAID, TRUE, np.zeros(8, bool))
    assert np.isnan(nothing.share)
    assert np.isnan(nothing.mean_by_answer)


def test_the_worst_confusion_comes_first() -> None:
    found = mistakes(SAID, TRUE, ANSWERS)
    assert [(each.true, each.said, each.count) for each in found] == [
        ("c", "a", 1),
        ("b", "c", 1),
        ("a", "b", 1),
    ]
    assert str(found[2]) == "a taken for b: 25% (1)"


def test_distances_from_borders_are_those_of_the_map() -> None:
    """Seventh Avenue at 47th Street is 250 m from Sixth Avenue, where Midtown begins; the edge of a park is near."""
    places = {
        "Times Square": (40.7590, -73.9845),
        "Central Park": (40.7812, -73.9665),
        "Upper West Side": (40.7850, -73.9695),
        "": (40.70, -74.03),
    }
    latitude, longitude = np.array(list(places.values())).T
    inside, deep, near, water = away_from_borders_m(latitude, longitude, list(places))
    assert 150 < inside < 330
    assert deep > 300
    assert near < 120
    assert water == 0


def test_a_liberty_island_is_far_from_everything() -> None:
    assert away_from_borders_m(np.array([40.6892]), np.array([-74.0445]), ["Liberty Island"])[0] > 1500


def test_a_lawn_shows_a_neighbourhood_only_where_the_park_is_one() -> None:
    """Washington Square, Great Lawn, Broadway and Spring Street, the harbour."""
    latitude = np.array([40.7308, 40.7812, 40.7224, 40.70])
    longitude = np.array([-73.9975, -73.9665, -73.9977, -74.03])
    names = ["Greenwich Village", "Central Park", "SoHo", ""]
    assert can_be_seen(latitude, longitude, names).tolist() == [False, True, True, False]
