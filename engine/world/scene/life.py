"""Life in the streets around one camera: cars along the kerbs and on the road, people on the pavements."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.world.raycast.solids import Quarry
from engine.world.scene.figures import PERSON_COLOURS, cars, people, umbrellas
from engine.world.scene.streets import Stretch

_NEAR_M = 150.0
_SPACING_M: Mapping[str, float] = MappingProxyType(
    {"Times Square": 3.0, "Midtown": 7.0, "Financial District": 8.0, "Chinatown": 7.0, "SoHo": 8.0}
)
"""Metres of pavement for each person, where it is not 15."""
_CARS = (
    "#e8e6e0",
    "#2b2d30",
    "#8a8f94",
    "#b9bcc0",
    "#4a5a6b",
    "#7a2f2a",
    "#3c4a42",
    "#f0b81f",
    "#f0b81f",
    "#f0b81f",
)


@dataclass(frozen=True, eq=False)
class View:
    """Where the camera stands and looks, and the line to its subject, which is kept clear."""

    eye: np.ndarray
    heading_deg: float
    towards: np.ndarray | None = None
    subject_m: float = 0.0


def bustle(
    pieces: Sequence[Stretch],
    view: View,
    rain: bool,
    quarry: Quarry,
    rng: np.random.Generator,
) -> None:
    """Adds cars and people before the camera; none stands within three metres of it."""
    spots, turns, colours = _all(_parked_and_driving(piece, view, rng) for piece in pieces)
    cars(quarry, spots, turns, colours, rng)
    spots, turns, colours = _all(_walkers(piece, view, rng) for piece in pieces)
    people(quarry, spots, turns, colours, rng)
    if rain:
        sheltered = np.flatnonzero(rng.random(len(spots)) < 0.6)
        tops = [colours[number] if number % 3 == 0 else "#2f3338" for number in sheltered]
        umbrellas(quarry, spots[sheltered], tops, 2.05)


Group = tuple[np.ndarray, np.ndarray, list[str]]


def _all(groups: Iterable[Group]) -> Group:
    """The groups as one."""
    found = [group for group in groups if len(group[0])]
    if not found:
        return np.zeros((0, 2)), np.zeros(0), []
    spots, turns, colours = zip(*found, strict=True)
    return np.concatenate(spots), np.concatenate(turns), list(itertools.chain(*colours))


def _frame(piece: Stretch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    angle = np.radians(piece.turn_deg)
    forward = np.array([np.cos(angle), np.sin(angle)])
    return np.array([piece.east, piece.north]), forward, np.array([-forward[1], forward[0]])


def _seen(spots: np.ndarray, view: View, reach_m: float, clear_m: float) -> np.ndarray:
    """Where a thing can be in the picture without filling it or hiding the subject."""
    gap = spots - view.eye
    away = np.hypot(gap[:, 0], gap[:, 1])
    turn = np.radians(view.heading_deg)
    ahead = gap[:, 0] * np.sin(turn) + gap[:, 1] * np.cos(turn)
    keep = (away > clear_m) & (away < reach_m) & (ahead > 0.35 * away)
    if view.towards is not None:
        along = gap @ view.towards
        aside = np.abs(gap[:, 0] * view.towards[1] - gap[:, 1] * view.towards[0])
        keep &= (along > view.subject_m + 3.0) | (aside > 2.6)
    return keep


def _parked_and_driving(piece: Stretch, view: View, rng: np.random.Generator) -> Group:
    middle, forward, left = _frame(piece)
    if piece.street.kind == "highway" or piece.length_m < 24:
        return np.zeros((0, 2)), np.zeros(0), []
    along = np.arange(-piece.length_m / 2 + 9, piece.length_m / 2 - 9, 6.4)
    rows = [
        np.column_stack([along, np.full(len(along), side * (piece.road_m / 2 - 1.25))]) for side in (-1, 1)
    ]
    parked = np.concatenate(rows)
    parked[:, 0] += rng.uniform(-0.4, 0.4, len(parked))
    parked = parked[rng.random(len(parked)) < 0.62]
    lanes = max(1, int((piece.road_m - 5.0) / 3.3))
    count = rng.poisson(lanes * piece.length_m / 38)
    lane = rng.integers(lanes, size=count)
    # Each lane is cut into places of nine metres, and a place holds one car.
    place = rng.permutation(max(1, int(piece.length_m / 9)))[:count]
    driving = np.column_stack(
        [place * 9.0 - piece.length_m / 2 + 5, (lane[: len(place)] - (lanes - 1) / 2) * 3.3]
    )
    turns = np.concatenate([np.where(parked[:, 1] < 0, 0.0, 180.0), np.zeros(len(driving))]) + piece.turn_deg
    colours = [_CARS[number] for number in rng.integers(7, size=len(parked))]
    colours += [_CARS[number] for number in rng.integers(len(_CARS), size=len(driving))]
    local = np.concatenate([parked, driving])
    spots = middle + local[:, :1] * forward + local[:, 1:] * left
    clear = np.where(np.arange(len(spots)) < len(parked), 6.5, 11.0)
    keep = np.flatnonzero(_seen(spots, view, _NEAR_M, 0.0) & (np.hypot(*(spots - view.eye).T) > clear))
    return spots[keep], turns[keep], [colours[number] for number in keep]


def _walkers(piece: Stretch, view: View, rng: np.random.Generator) -> Group:
    middle, forward, left = _frame(piece)
    count = int(2 * piece.length_m / _SPACING_M.get(piece.neighbourhood, 15.0))
    along = rng.uniform(-piece.length_m / 2, piece.length_m / 2, count)
    out = (piece.road_m / 2 + rng.uniform(0.9, 3.0, count)) * np.where(rng.random(count) < 0.5, -1, 1)
    spots = middle + along[:, None] * forward + out[:, None] * left
    turns = piece.turn_deg + np.where(rng.random(count) < 0.5, 0.0, 180.0)
    colours = [PERSON_COLOURS[number] for number in rng.integers(len(PERSON_COLOURS), size=count)]
    keep = np.flatnonzero(_seen(spots, view, 90.0, 4.0))
    return spots[keep], turns[keep], [colours[number] for number in keep]
