"""Haunts: which of all standpoints tourists choose, strolling, on a boat, or around a sight."""

from functools import lru_cache

import numpy as np

from engine.world.plan.city import manhattan
from engine.world.plan.elements import Landmark
from engine.world.plan.grid import trace
from engine.world.sightlines import views
from engine.world.standpoints import Floats, Stand, metres, standpoints

POPULARITY = {
    "Midtown": 9, "Times Square": 8, "Central Park": 9, "Financial District": 7, "Battery Park": 5, "SoHo": 5,
    "Greenwich Village": 5, "West Village": 5, "Chinatown": 5, "East Village": 5, "Lower East Side": 5, "Tribeca": 5,
    "Chelsea": 5, "Upper East Side": 5, "Upper West Side": 5, "Harlem": 5, "Flatiron District": 2, "Little Italy": 1.5,
    "Liberty Island": 1.5, "Gramercy": 1, "Murray Hill": 1, "Hell's Kitchen": 1, "Civic Center": 1,
    "Morningside Heights": 1, "East Harlem": 0.7, "Hamilton Heights": 0.5, "Washington Heights": 0.7, "Inwood": 0.4,
    "Governors Island": 0.4,
}  # fmt: skip
"""How many of about a hundred strolling tourists are in each neighbourhood; the first sixteen are the known ones."""

# What draws people beside the landmarks.
_ATTRACTIONS = trace(
    """40.7070,-74.0108 40.7063,-74.0034 59/8 50/w150 41/w10 15.5/e300 88.5/e10 79/w880 64/w1180 40.7743,-73.9708
    125.5/w640 40.7338,-74.0021 40.7222,-73.9873 40.7155,-73.9989 40.7243,-73.9977 8/e760 17/w1430 45/w580"""
)
_DRAW_M = 260.0
_DRAW = 7.0


def stroll(rng: np.random.Generator) -> Stand:
    """A tourist on foot: in a neighbourhood by its popularity, there more often near what draws people."""
    names = list(POPULARITY)
    shares = np.cumsum(list(POPULARITY.values()))
    numbers, crowds = _crowds()[names[int(np.searchsorted(shares, rng.random() * shares[-1]))]]
    return standpoints().at(int(numbers[np.searchsorted(crowds, rng.random() * crowds[-1])]), rng)


def sail(rng: np.random.Generator) -> Stand:
    """A tourist on a boat."""
    return standpoints().at(int(rng.choice(np.flatnonzero(standpoints().afloat))), rng)


def around(mark: Landmark, azimuth_deg: float, rng: np.random.Generator) -> Stand:
    """A tourist who looks at a sight of the city from about that azimuth.

    Sights between houses are seen along the streets that lead to them, so the azimuth is met where someone can
    stand and see it: within 10 degrees where possible, else as near as the houses allow.
    """
    numbers, azimuths, away = views(mark.key)
    off = np.abs((azimuths - azimuth_deg + 180) % 360 - 180)
    chosen = (off <= max(10.0, float(off.min()) + 3.0)) / away
    picked = int(rng.choice(len(numbers), p=chosen / chosen.sum()))
    return standpoints().at(int(numbers[picked]), rng, look_deg=azimuths[picked] + 180)


def sights(stand: Stand) -> list[Landmark]:
    """Landmarks that are in view from where someone stands."""
    return _sights().get(stand.number, [])


@lru_cache(maxsize=1)
def _crowds() -> dict[str, tuple[np.ndarray, Floats]]:
    """Numbers of the standpoints in each neighbourhood, and their cumulative weights."""
    plan, points = manhattan(), standpoints()
    draws = metres(plan, [*_ATTRACTIONS, *(mark.place for mark in plan.landmarks)])
    away = np.hypot(points.east[:, None] - draws[:, 0], points.north[:, None] - draws[:, 1])
    weight = 1 + _DRAW * np.exp(-away / _DRAW_M).max(1)
    where = np.array(points.neighbourhoods)
    found = {}
    for name in POPULARITY:
        numbers = np.flatnonzero((where == name) & ~points.afloat)
        found[name] = numbers, np.cumsum(weight[numbers])
    return found


@lru_cache(maxsize=1)
def _sights() -> dict[int, list[Landmark]]:
    """Landmarks in view of each standpoint that sees any."""
    found: dict[int, list[Landmark]] = {}
    for mark in manhattan().landmarks:
        for number in views(mark.key)[0]:
            found.setdefault(int(number), []).append(mark)
    return found
