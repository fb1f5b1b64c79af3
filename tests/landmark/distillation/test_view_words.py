"""View words: four quarters around the front, and the view from above."""

import pytest

from engine.landmark.camera import Camera
from engine.landmark.distillation.view_words import view_words


@pytest.mark.parametrize(
    ("azimuth", "words"),
    [
        (150, "front view"),
        (190, "front view"),
        (106, "front view"),
        (200, "side view"),
        (60, "side view"),
        (330, "back view"),
        (10, "back view"),
        (20, "side view"),
    ],
)
def test_the_side_is_said_by_its_distance_from_the_front(azimuth: float, words: str) -> None:
    assert view_words(Camera(azimuth), 150.0) == words
    assert view_words(Camera((azimuth + 210) % 360), 0.0) == words  # across north


def test_from_above_it_is_overhead() -> None:
    assert view_words(Camera(0.0, 70.0), 0.0) == "overhead view"
    assert view_words(Camera(0.0, 50.0), 0.0) == "front view"
