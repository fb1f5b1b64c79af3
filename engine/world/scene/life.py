"""Life in the streets around one camera: cars along the kerbs and on the road, people on the pavements."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.world.raycast.solids import Quarry
from engine.world.scene.figures import PERSON_COLOURS, car, person, umbrella
from engine.world.scene.streets import Stretch

_NEAR_M = 150.0
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
    for piece in pieces:
        _cars(piece, view, quarry, rng)
        _walkers(piece, view, rain, quarry, rng)


def _frame(piece: Stretch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    angle = np.radians(piece.turn_deg)
    forward = np.array([np.cos(angle), np.sin(angle)])
    return np.array([piece.east, piece.north]), forward, np.array([-forward[1], forward[0]])


def _seen(spot: np.ndarray, view: View, reach_m: float, clear_m: float) -> bool:
    """Whether a thing there can be in the picture without filling it or hiding the subject."""
    gap = spot - view.eye
    away = float(np.hypot(*gap))
    turn = np.radians(view.heading_deg)
    ahead = gap[0] * np.sin(turn) + gap[1] * np.cos(turn)
    if not clear_m < away < reach_m or ahead < 0.35 * away:
        return False
    if view.towards is None:
        return True
    along = float(gap @ view.towards)
    aside = abs(float(gap[0] * view.towards[1] - gap[1] * view.towards[0]))
    return along > view.subject_m + 3.0 or aside > 2.6


def _cars(piece: Stretch, view: View, quarry: Quarry, rng: np.random.Generator) -> None:
    middle, forward, left = _frame(piece)
    if piece.street.kind == "highway" or piece.length_m < 24:
        return
    for side in (-1, 1):
        for along in np.arange(-piece.length_m / 2 + 9, piece.length_m / 2 - 9, 6.4):
            out = side * (piece.road_m / 2 - 1.25)
            spot = middle + forward * (along + rng.uniform(-0.4, 0.4)) + left * out
            present, colour = rng.random() < 0.62, _CARS[rng.integers(7)]
            if present and _seen(spot, view, _NEAR_M, 6.5):
                car(quarry, spot, piece.turn_deg + (0 if side < 0 else 180), colour, rng)
    lanes = max(1, int((piece.road_m - 5.0) / 3.3))
    for lane in range(lanes):
        out = (lane - (lanes - 1) / 2) * 3.3
        along = -piece.length_m / 2 + rng.uniform(8, 30)
        while along < piece.length_m / 2 - 8:
            spot = middle + forward * along + left * out
            if _seen(spot, view, _NEAR_M, 11.0):
                car(quarry, spot, piece.turn_deg, _CARS[rng.integers(len(_CARS))], rng)
            along += rng.uniform(9, 60)


def _walkers(piece: Stretch, view: View, rain: bool, quarry: Quarry, rng: np.random.Generator) -> None:
    middle, forward, left = _frame(piece)
    busy = {"Times Square": 3.0, "Midtown": 7.0, "Financial District": 8.0, "Chinatown": 7.0, "SoHo": 8.0}
    spacing = busy.get(piece.neighbourhood, 15.0)
    for side in (-1, 1):
        for along in np.arange(-piece.length_m / 2, piece.length_m / 2, spacing):
            out = side * (piece.road_m / 2 + rng.uniform(0.9, 3.0))
            spot = middle + forward * (along + rng.uniform(-0.5, 0.5) * spacing) + left * out
            way = piece.turn_deg + (0 if rng.random() < 0.5 else 180)
            colour = PERSON_COLOURS[rng.integers(len(PERSON_COLOURS))]
            if _seen(spot, view, 90.0, 4.0):
                person(quarry, spot, way, colour, rng)
                if rain and rng.random() < 0.6:
                    umbrella(quarry, spot, "#2f3338" if rng.random() < 0.7 else colour, 2.05)
