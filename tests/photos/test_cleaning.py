"""Cleaning: one city is kept, and no place is both learned and tested."""

from collections import Counter

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.photos.cleaning import cells_of, far_from_all_others, split_by_cell

LUND, BERLIN, MALMO = (55.70, 13.19), (52.52, 13.40), (55.605, 13.00)


def far(*places: tuple[float, float]) -> list[bool]:
    latitude, longitude = np.array(places).T
    return far_from_all_others(latitude, longitude).tolist()


def test_the_city_of_most_photos_stays() -> None:
    assert far(BERLIN, LUND, LUND) == [True, False, False]
    assert far(BERLIN, BERLIN, LUND) == [False, False, True]
    assert far(BERLIN, LUND) == [False, True], "the first among equals stays"


def test_few_photos_alone_are_a_city() -> None:
    assert far(BERLIN) == [False]
    assert far(BERLIN, BERLIN, BERLIN) == [False] * 3
    assert far_from_all_others(np.array([]), np.array([])).tolist() == []


def test_neighbouring_towns_are_linked_by_the_photos_between_them() -> None:
    assert far(LUND, MALMO) == [False, False]
    walk = [(55.0, 13.0 + 0.2 * step) for step in range(30)]
    assert far(*walk) == [False] * 30, "a walk of 370 km with a photo every 13 km"
    assert sum(far(*walk[:10], *walk[20:])) == 10, "with a hole of 140 km"


def test_a_city_may_lie_across_the_antimeridian() -> None:
    assert far((-16.8, 179.99), (-16.8, -179.99)) == [False, False]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-179, 179)), min_size=1, max_size=40))
def test_what_stays_is_the_largest_group_and_never_nobody(places: list[tuple[float, float]]) -> None:
    gone = far(*places)
    assert not all(gone)
    assert far(*[place for place, away in zip(places, gone, strict=True) if not away]) == [
        False
    ] * gone.count(False)


def test_shares_are_eight_one_one() -> None:
    places = np.random.default_rng(1).uniform((55, 13), (55.6, 14), (4000, 2))
    cells = cells_of(places[:, 0], places[:, 1])
    share = {part: count / len(cells) for part, count in Counter(split_by_cell(cells)).items()}
    assert share["train"] == pytest.approx(0.8, abs=0.03)
    assert share["validation"] == pytest.approx(0.1, abs=0.03)
    assert share["test"] == pytest.approx(0.1, abs=0.03)


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 10**6))
def test_no_cell_is_in_two_parts_and_none_of_the_parts_is_empty(photos: int, reach: int, seed: int) -> None:
    around = sorted(h3.grid_disk(h3.latlng_to_cell(*LUND, 9), 6))[:reach]
    cells = [around[index] for index in np.random.default_rng(seed).integers(0, len(around), photos)]
    parts = split_by_cell(cells)
    assert len(set(zip(cells, parts, strict=True))) == len(set(cells))
    assert "train" in parts
    assert set(parts) == ({"train", "validation", "test"} if len(set(cells)) >= 3 else {"train"})


def test_a_photo_keeps_its_part_when_the_collection_grows() -> None:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(*LUND, 9), 10))
    small, large = split_by_cell(cells[:150]), split_by_cell(cells)
    assert small == large[:150]
    assert split_by_cell(cells[::-1]) == large[::-1]
