"""Cleaning: which photos belong together at one place on Earth, and how they are split without a leak."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import h3
import numpy as np
from numpy.typing import NDArray

CELL_RESOLUTION = 9
"""h3 resolution of the cells of a split: hexagons about 350 m wide."""

_LINK_RESOLUTION = 6
_LINK_STEPS = 4


def far_from_all_others(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which photos are not of the city that most photos are of (N,).

    Photos are linked into cities by single linkage: two photos are linked when their h3 cells of resolution 6 (about
    6 km from one to the next) are at most 4 steps apart: always within 15 km of each other, mostly within 25, never
    beyond 40. The city with the most photos stays, and among equals that of the photo that comes first. However few
    they are, photos that are alone in the world are a city.
    """
    cells = [
        h3.latlng_to_cell(lat, lon, _LINK_RESOLUTION)
        for lat, lon in zip(latitude.tolist(), longitude.tolist(), strict=True)
    ]
    city_of: dict[str, int] = {}
    occupied = set(cells)
    for city, cell in enumerate(dict.fromkeys(cells)):  # each cell once, in the order of the photos
        if cell in city_of:
            continue
        city_of[cell] = city
        frontier = [cell]
        while frontier:
            near = occupied.intersection(h3.grid_disk(frontier.pop(), _LINK_STEPS)) - city_of.keys()
            city_of.update(dict.fromkeys(near, city))
            frontier.extend(near)
    cities = [city_of[cell] for cell in cells]
    largest = Counter(cities).most_common(1)[0][0] if cities else 0  # the first among equals
    return np.array(cities, np.int64) != largest


def cells_of(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> list[str]:
    """The h3 cell of each photo, at CELL_RESOLUTION."""
    return [
        h3.latlng_to_cell(lat, lon, CELL_RESOLUTION)
        for lat, lon in zip(latitude.tolist(), longitude.tolist(), strict=True)
    ]


def split_by_cell(cells: Sequence[str]) -> list[str]:
    """train, validation or test for each photo: whole cells, so that no place is learned and tested at once.

    A cell's share is its hash, the first 8 bytes of sha256 of its name, as a fraction: below 0.8 is train, below 0.9
    validation, the rest test; a photo keeps its part when the collection grows. With three cells or more no part is
    empty: the cells of the highest fractions fill what would be. One or two cells are all train.
    """
    names = sorted(set(cells), key=_fraction)
    fractions = np.array([_fraction(name) for name in names])
    if len(names) < 3:
        return ["train"] * len(cells)
    test = min(max(int((fractions >= 0.9).sum()), 1), len(names) - 2)
    held_out = test + min(max(int(((fractions >= 0.8) & (fractions < 0.9)).sum()), 1), len(names) - test - 1)
    part = dict.fromkeys(names, "train")
    part.update(dict.fromkeys(names[len(names) - held_out :], "validation"))
    part.update(dict.fromkeys(names[len(names) - test :], "test"))
    return [part[cell] for cell in cells]


def _fraction(cell: str) -> float:
    return int.from_bytes(hashlib.sha256(cell.encode()).digest()[:8]) / 2**64
