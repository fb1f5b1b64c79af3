"""Questions: what a judge is asked about a picture, and what the truth of the built-in city says to each.

This is the one place where the answers are declared. A choice has a few answers; a direction is a compass bearing. A
photo of which nothing is true has no label for that question, and teaches nothing about it.

| question | answers |
|---|---|
| neighbourhood | all of the plan; none for photos from boats and outside of all |
| third | of the clock's day: 0 to 8 h, 8 to 16 h, 16 to 24 h |
| light | by the sun's elevation: night below -4 degrees, low up to 20, high above |
| weather | clear, cloudy, rain, snow |
| subject | what was put before the camera, or nothing |
| style | how the picture is drawn, or as a photo |
| heading | compass bearing that the camera looks to |

A judge of one landmark's sides is asked for the azimuth alone, both as one of 36 bins of 10 degrees and as a bearing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from engine.diffusion.conditions import SIDES, azimuth_bin
from engine.world.plan.city import manhattan
from engine.world.shot import StyleKind, SubjectKind, Weather

MISSING = -1
"""Label of a photo that says nothing to a choice; to a direction it is NaN."""

Labels = Mapping[str, np.ndarray]
"""By question: numbers of answers (N,) int64, or degrees (N,) float32."""

NOTHING = "nothing"
PHOTO = "photo"
THIRDS = ("0 to 8 h", "8 to 16 h", "16 to 24 h")
LIGHTS = ("night", "low sun", "high sun")
KNOWN_NEIGHBOURHOODS = (
    "Financial District", "Tribeca", "SoHo", "Greenwich Village", "West Village", "East Village", "Lower East Side",
    "Chinatown", "Chelsea", "Midtown", "Times Square", "Upper East Side", "Upper West Side", "Harlem", "Battery Park",
    "Central Park",
)  # fmt: skip
"""The sixteen that nearly all tourists visit; of each of the others a city of 10,000 photos has a few dozen."""

_NIGHT_BELOW_DEG = -4.0  # every window is lit
_HIGH_ABOVE_DEG = 20.0  # shadows are shorter than three times what casts them


@dataclass(frozen=True)
class Questions:
    """What one judge is asked."""

    choices: Mapping[str, tuple[str, ...]]
    """Answers of each choice, in the order of their numbers."""
    directions: tuple[str, ...] = ()

    def __iter__(self):
        """Names of all questions, choices first."""
        return iter((*self.choices, *self.directions))


def city_questions() -> Questions:
    """What is asked about photos of the built-in city."""
    return Questions(
        choices={
            "neighbourhood": tuple(part.name for part in manhattan().neighbourhoods),
            "third": THIRDS,
            "light": LIGHTS,
            "weather": get_args(Weather),
            "subject": (NOTHING, *get_args(SubjectKind)),
            "style": (PHOTO, *get_args(StyleKind)),
        },
        directions=("heading",),
    )


def city_labels(truth: Mapping[str, np.ndarray]) -> Labels:
    """The right answers of photos, from the columns of `renders.truth_of`."""
    choices = city_questions().choices
    return {
        "neighbourhood": _numbers(truth["neighbourhood"], choices["neighbourhood"]),
        "third": (truth["hour"] // 8).astype(np.int64),
        "light": np.digitize(truth["sun_deg"], (_NIGHT_BELOW_DEG, _HIGH_ABOVE_DEG)).astype(np.int64),
        "weather": _numbers(truth["weather"], choices["weather"]),
        "subject": _numbers(np.where(truth["subject"] == "", NOTHING, truth["subject"]), choices["subject"]),
        "style": _numbers(np.where(truth["style"] == "", PHOTO, truth["style"]), choices["style"]),
        "heading": truth["heading_deg"].astype(np.float32),
    }


def side_questions() -> Questions:
    """What is asked about photos of one landmark: which side they show."""
    return Questions({"bin": tuple(f"{number * 10}" for number in range(SIDES))}, ("azimuth",))


def side_labels(azimuths_deg: NDArray[np.float64]) -> Labels:
    """The right answers of photos taken at these azimuths."""
    bins = [azimuth_bin(float(azimuth), 360 / SIDES) for azimuth in azimuths_deg]
    return {"bin": np.array(bins, dtype=np.int64), "azimuth": np.asarray(azimuths_deg, dtype=np.float32)}


def _numbers(words: np.ndarray, answers: tuple[str, ...]) -> np.ndarray:
    number = {answer: index for index, answer in enumerate(answers)}
    return np.array([number.get(word, MISSING) for word in words.tolist()], dtype=np.int64)
