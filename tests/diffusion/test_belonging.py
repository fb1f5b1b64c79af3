"""Belonging: a place is found in a known landscape of errors, and how sure the search says that it is."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diffusion.belonging import FINEST_M, Belonging, Errors, Search, quarters, tiles
from engine.errors import BadModel, Cancelled
from engine.geo import ellipsoid
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.geo.region import Box

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
PEAK = Place(40.7614, -73.9776)
FINE = Search(BOX, count=64, draws=4)


def bump(peak: Place, own: float, seed: int = 0) -> Errors:
    """Errors that are 1 less at the peak, by a bell of 2 km, with noise of its own at each place and draw, and noise
    50 times as large as the bump that all places of a draw share.
    """

    def errors(places, draw):
        latitude, longitude = np.array([(place.latitude, place.longitude) for place in places]).T
        away_m, _ = ellipsoid.inverse(peak.latitude, peak.longitude, latitude, longitude)
        shared = 50 * np.random.default_rng([seed, draw]).normal()
        alone = [
            np.random.default_rng([seed, draw, *np.abs([y, x]).view(np.uint64)]).normal()
            for y, x in zip(latitude, longitude, strict=True)
        ]
        return 60 - np.exp(-((away_m / 2_000) ** 2) / 2) + shared + own * np.array(alone)

    return errors


def flat(places, draw):
    return np.full(len(places), 0.5 + draw)


@pytest.mark.parametrize("peak", [PEAK, Place(40.71, -74.01), Place(40.87, -73.905)])
def test_a_bump_is_found_within_a_fine_cell_under_noise_that_all_places_share(peak: Place) -> None:
    found = FINE.run(bump(peak, own=0))
    best = found.cells[found.best]
    assert max(best.width_m, best.height_m) <= FINEST_M
    assert distance_m(found.place, peak) < FINEST_M
    assert found.uncertainty_m < 2 * FINEST_M
    assert found.likeness.max() == found.likeness[found.best] == 1
    assert found.plausibility.sum() == pytest.approx(1)


def test_the_radius_is_about_as_long_as_the_way_to_the_truth() -> None:
    rng = np.random.default_rng(0)
    off_m, radii_m = [], []
    for seed in range(12):
        peak = Place(rng.uniform(40.72, 40.86), rng.uniform(-74.01, -73.92))
        found = FINE.run(bump(peak, own=0.2, seed=seed))
        off_m.append(distance_m(found.place, peak))
        radii_m.append(found.uncertainty_m)
    assert 0.5 < np.median(radii_m) / np.median(off_m) < 5
    assert np.mean(np.less(off_m, radii_m)) >= 0.5


def test_more_draws_make_it_surer() -> None:
    few, many = (Search(BOX, 64, draws, rounds=0).run(bump(PEAK, own=0.5)) for draws in (4, 64))
    assert many.uncertainty_m < 0.7 * few.uncertainty_m


def test_where_all_places_are_alike_the_radius_is_that_of_half_the_box() -> None:
    found = FINE.run(flat)
    assert np.all(found.likeness == 1)
    assert found.plausibility == pytest.approx(
        np.array([cell.area_m2 for cell in found.cells]) / BOX.area_m2, rel=1e-6
    )
    rng = np.random.default_rng(0)
    latitude, longitude = rng.uniform([[BOX.south], [BOX.west]], [[BOX.north], [BOX.east]], (2, 20_000))
    away_m, _ = ellipsoid.inverse(found.place.latitude, found.place.longitude, latitude, longitude)
    assert found.uncertainty_m == pytest.approx(np.median(away_m), rel=0.03)


def test_the_likeness_is_a_softmax_over_the_standard_error_of_the_mean() -> None:
    cells = quarters(BOX)
    errors = np.array([[1.0, 3.0], [2.0, 4.5], [1.5, 3.5]])
    found = Belonging(cells[:3], errors)
    assert found.best == 0
    assert found.gaps == pytest.approx([0, 1.25, 0.5])
    scatter = np.mean([np.var([1.0, 1.5], ddof=1), 0.0])  # of the differences from the best cell
    temperature = math.sqrt(6) / math.pi * math.sqrt(scatter / 2 / 2)
    assert found.likeness == pytest.approx(np.exp(-found.gaps / temperature))


def test_a_cell_with_fewer_draws_is_compared_over_those_that_it_shares_and_never_the_best() -> None:
    errors = np.array([[9.0, 1.0, 1.0], [9.5, 2.0, np.nan], [8.0, 1.0, np.nan]])
    found = Belonging(quarters(BOX)[:3], errors)
    assert found.best == 0
    assert found.gaps == pytest.approx([0, 0.75, 0])


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-70, 70),
    st.floats(-170, 170),
    st.floats(0.0005, 3),
    st.floats(0.0005, 3),
    st.integers(2, 400),
    st.integers(0, 6),
)
def test_cells_always_fill_the_box_without_overlap(
    south: float, west: float, tall: float, wide: float, count: int, rounds: int
) -> None:
    box = Box(south, west, south + tall, west + wide)
    asked = []

    def errors(places, draw):
        asked.extend(places)
        return np.random.default_rng([draw, len(places)]).normal(size=len(places))

    search = Search(box, count, 2, rounds)
    assert len(search.tiles) <= count
    cells = search.run(errors).cells
    assert len(asked) == search.evaluations
    south_, west_, north_, east_ = np.array([(c.south, c.west, c.north, c.east) for c in cells]).T
    assert (south_.min(), west_.min(), north_.max(), east_.max()) == (
        box.south,
        box.west,
        box.north,
        box.east,
    )
    assert np.sum((north_ - south_) * (east_ - west_)) == pytest.approx(tall * wide, rel=1e-6)
    overlap = (np.minimum.outer(north_, north_) - np.maximum.outer(south_, south_)).clip(0) * (
        np.minimum.outer(east_, east_) - np.maximum.outer(west_, west_)
    ).clip(0)
    assert np.triu(overlap, 1).max() <= 1e-9 * tall * wide


def test_tiles_are_about_as_wide_as_high_and_almost_as_many_as_allowed() -> None:
    for count in (16, 100, 144, 400):
        cells = tiles(BOX, count)
        assert 0.85 * count <= len(cells) <= count
        assert all(0.6 < cell.width_m / cell.height_m < 1.6 for cell in cells)


def test_it_tells_what_it_knows_so_far_and_can_be_stopped() -> None:
    heard: list[Belonging] = []
    found = FINE.run(bump(PEAK, own=0.1), heard.append)
    assert len(heard) == FINE.draws - 1 + FINE.halvings
    assert heard[-1] is found
    assert found.errors.shape[1] == FINE.most_draws

    def stop(found: Belonging) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        FINE.run(flat, stop)


def test_errors_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(BadModel, match="not finite numbers; copy or train the model again"):
        FINE.run(lambda places, draw: np.full(len(places), np.nan))
