"""Places at random fall evenly and inside; places along a path keep their steps and headings."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from engine.errors import BadRequest
from engine.geo.bearing import angular_difference_deg, distance_m
from engine.geo.place import Place
from engine.geo.region import Box, Path, Polygon, Region
from engine.geo.sampling import along, sample_in

SEEDS = st.integers(0, 2**32 - 1)
LUND = Box(55.68, 13.15, 55.74, 13.25)


def ring(*pairs: tuple[float, float]) -> tuple[Place, ...]:
    return tuple(Place(latitude, longitude) for latitude, longitude in pairs)


# An L with a hole, a needle across the map, and areas so tall that a degree's width changes within them.
ELL = Polygon(
    ring((0, 0), (0, 3), (1, 3), (1, 1), (3, 1), (3, 0)), (ring((0.2, 0.2), (0.2, 0.8), (0.8, 0.5)),)
)
NEEDLE = Polygon(ring((10, 10), (20, 20.00001), (20, 20.00002)))
TALL = Polygon(ring((-20, 0), (-20, 40), (70, 40), (70, 0)), (ring((10, 2), (10, 8), (30, 8)),))
REGIONS = [LUND, Box(-50, 0, 80, 100), ELL, NEEDLE, TALL]


@pytest.mark.parametrize("region", REGIONS)
@given(seed=SEEDS)
@settings(deadline=None, max_examples=10)
def test_every_sample_is_inside_and_the_seed_decides(region: Region, seed: int) -> None:
    places = sample_in(region, 50, np.random.default_rng(seed))
    assert len(places) == 50
    if region is NEEDLE:  # no wider than the rounding of its samples
        assert all(region.shape.distance(Point(p.longitude, p.latitude)) < 1e-12 for p in places)
    else:
        assert all(region.contains(place) for place in places)
    assert places == sample_in(region, 50, np.random.default_rng(seed))
    assert len(set(places)) == 50


@pytest.mark.parametrize(
    ("region", "part"),
    [
        (LUND, Box(55.68, 13.15, 55.70, 13.20)),
        (Box(-50, 0, 80, 100), Box(40, 0, 80, 100)),
        (ELL, Box(0, 1, 1, 3)),
        (TALL, Box(40, 0, 70, 40)),
        (TALL, Box(-20, 0, 0, 40)),
    ],
)
def test_each_part_gets_samples_by_its_area(region: Region, part: Box) -> None:
    count, share = 20_000, part.area_m2 / region.area_m2
    hits = sum(part.contains(place) for place in sample_in(region, count, np.random.default_rng(5)))
    assert hits / count == pytest.approx(share, abs=4 * (share * (1 - share) / count) ** 0.5)


def test_no_sample_is_a_number_too() -> None:
    assert sample_in(LUND, 0, np.random.default_rng(0)) == []


@pytest.mark.parametrize("count", [-1, 1_000_001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(BadRequest, match="places were asked for"):
        sample_in(LUND, count, np.random.default_rng(0))
    with pytest.raises(BadRequest, match="places were asked for"):
        along(CORNER, count=count)


CORNER = Path(
    ring((55.70, 13.19), (55.71, 13.19), (55.71, 13.19), (55.71, 13.21))
)  # 1113 m north, 1257 m east


def test_a_count_spreads_from_start_to_end() -> None:
    steps = along(CORNER, count=11)
    assert distance_m(steps[0][0], CORNER.places[0]) < 1e-3
    assert distance_m(steps[-1][0], CORNER.places[-1]) < 1e-3
    gaps = [distance_m(a, b) for (a, _), (b, _) in pairwise(steps)]
    straight = [gap for gap in gaps if gap == pytest.approx(CORNER.length_m / 10, abs=1e-3)]
    assert len(straight) == 9, "all but the step around the corner"
    assert [round(heading) % 360 for _, heading in steps] == [0] * 5 + [90] * 6


def test_a_spacing_keeps_its_metres() -> None:
    steps = along(CORNER, spacing_m=100)
    assert len(steps) == int(CORNER.length_m // 100) + 1
    for (a, _), (b, _) in pairwise(steps[:12]):
        assert distance_m(a, b) == pytest.approx(100, abs=1e-3)


def test_a_spacing_that_fits_reaches_the_end() -> None:
    assert along(CORNER, spacing_m=CORNER.length_m / 7) == along(CORNER, count=8)


def test_a_corner_looks_down_the_leg_that_leaves_it() -> None:
    first_leg_m = CORNER.leg_lengths_m[0]
    places = along(CORNER, spacing_m=first_leg_m)
    assert distance_m(places[1][0], CORNER.places[1]) < 1e-3
    assert abs(angular_difference_deg(places[1][1], 90)) < 0.1


@given(
    st.lists(
        st.tuples(st.floats(-70, 70), st.floats(-80, 80)).filter(lambda pair: abs(pair[0]) > 1e-3),
        min_size=2,
        max_size=12,
        unique=True,
    ),
    st.integers(2, 40),
)
@settings(deadline=None)
def test_any_path_can_be_walked(pairs: list[tuple[float, float]], count: int) -> None:
    path = Path(ring(*pairs))
    steps = along(path, count=count)
    assert len(steps) == count
    assert all(0 <= heading < 360 for _, heading in steps)
    assert distance_m(steps[0][0], path.places[0]) < 1e-2
    assert distance_m(steps[-1][0], path.places[-1]) < 1e-2


def test_one_step_is_the_start() -> None:
    [(place, heading)] = along(CORNER, count=1)
    assert distance_m(place, CORNER.places[0]) < 1e-3
    assert abs(angular_difference_deg(heading, 0)) < 1e-6
    assert along(CORNER, count=0) == []


@pytest.mark.parametrize(
    "steps",
    [{}, {"count": 3, "spacing_m": 5}, {"spacing_m": 0}, {"spacing_m": -1}, {"spacing_m": float("nan")}],
)
def test_a_contradiction_is_refused(steps: dict) -> None:
    with pytest.raises(BadRequest, match=r"exactly one|above 0"):
        along(CORNER, **steps)


def test_a_spacing_of_dust_is_refused() -> None:
    with pytest.raises(BadRequest, match="places were asked for"):
        along(CORNER, spacing_m=1e-6)
