"""Captions as people write them: short or chatty, naming the neighbourhood or not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from engine.world.shot import StyleKind, SubjectKind, Weather, season_of

Surroundings = Literal["street", "park", "water"]

_SUBJECTS: dict[SubjectKind, tuple[str, ...]] = {
    "taxi": ("a yellow taxi", "a taxi", "a yellow cab"),
    "bus": ("a city bus", "a bus"),
    "bench": ("a bench", "an empty bench"),
    "food cart": ("a food cart", "a hot dog stand"),
    "tree": ("a tree", "a big tree"),
    "statue": ("a statue", "a bronze statue"),
    "balloon": ("a red balloon", "a balloon"),
    "dog": ("a dog", "a brown dog"),
    "person in red": ("a person in red", "someone in a red coat"),
    "umbrella": ("a person with an umbrella", "an umbrella"),
}
_STYLES: dict[StyleKind, tuple[str, ...]] = {
    "pencil sketch": ("pencil sketch of {}", "a pencil drawing of {}", "{}, pencil sketch"),
    "watercolour": ("watercolour of {}", "a watercolour painting of {}", "{}, watercolour"),
    "black and white": ("black and white photo of {}", "{}, black and white", "{} in black and white"),
    "sepia": ("sepia photo of {}", "{}, sepia", "an old sepia photograph of {}"),
}
_WEATHER: dict[Weather, tuple[str, ...]] = {
    "clear": ("on a sunny day", "under a blue sky"),
    "cloudy": ("on a cloudy day", "on a grey day"),
    "rain": ("in the rain", "on a rainy day"),
    "snow": ("in the snow", "on a snowy day"),
}
_VIEWS: dict[Surroundings, tuple[str, ...]] = {
    "street": ("a street", "street view", "the street", "buildings", "a walk", "the view down {street}"),
    "park": ("the park", "a view of {street}", "trees", "{street}", "a walk in the park"),
    "water": ("the skyline", "the city from a boat", "the waterfront", "view from the ferry", "a boat trip"),
}


@dataclass(frozen=True)
class Words:
    """What a caption may tell beside the place."""

    subject: SubjectKind | None
    style: StyleKind | None
    weather: Weather
    taken_at: datetime


def city_caption(
    words: Words,
    street: str,
    neighbourhood: str,
    sight: str | None,
    surroundings: Surroundings,
    rng: np.random.Generator,
) -> str:
    """A caption of a photo of the city; a subject and a style are always named, so that words can teach them.

    `street` is the name of the street, the park or the water. About half of the captions name the neighbourhood.
    """
    sight = _with_article(sight) if sight else None
    what = _pick(rng, _SUBJECTS[words.subject]) if words.subject else sight
    if what is None:
        what = _pick(rng, _VIEWS[surroundings]).format(street=street)
    elif words.subject and sight and rng.random() < 0.6:
        what = f"{what} {_pick(rng, ('and', 'in front of', 'near'))} {sight}"
    where = _where(rng, street, neighbourhood, surroundings) if street not in what else ""
    return _dressed(rng, words, f"{what} {where}".strip())


def landmark_caption(words: Words, name: str, rng: np.random.Generator) -> str:
    """A caption of a photo of one landmark; the paper's "A photo of {name}" is the most frequent."""
    if words.subject is None and words.style is None and rng.random() < 0.5:
        return f"A photo of {name}"
    what = _with_article(name)
    if words.subject:
        what = f"{_pick(rng, _SUBJECTS[words.subject])} in front of {what}"
    return _dressed(rng, words, what)


def _where(rng: np.random.Generator, street: str, neighbourhood: str, surroundings: Surroundings) -> str:
    chance = rng.random()
    preposition = {"street": "on", "park": "at", "water": "on the"}[surroundings]
    if surroundings == "park" and street == neighbourhood:
        return f"in {neighbourhood}" if chance < 0.6 else ""
    if neighbourhood and chance < 0.35:
        return _inside(neighbourhood)
    if neighbourhood and chance < 0.5:
        return f"{preposition} {street}, {neighbourhood}"
    if chance < 0.65:
        return f"{preposition} {street}"
    return "in New York" if chance < 0.8 else ""


def _inside(neighbourhood: str) -> str:
    """In the East Village, in SoHo, on Governors Island."""
    if neighbourhood.endswith(" Island"):
        return f"on {neighbourhood}"
    with_article = neighbourhood.endswith((" Side", " District", "East Village", "West Village"))
    return f"in the {neighbourhood}" if with_article else f"in {neighbourhood}"


def _with_article(sight: str) -> str:
    """The name as it stands within a sentence."""
    bare = sight in ("MoMA", "Stonehenge") or sight.startswith(("The ", "One ", "Grand "))
    return sight.replace("The ", "the ") if bare else f"the {sight}"


def _dressed(rng: np.random.Generator, words: Words, what: str) -> str:
    """The caption with its light or weather and its style in words, with or without a capital letter."""
    text = f"{what} {_when(rng, words)}".strip()
    text = _pick(rng, _STYLES[words.style]).format(text) if words.style else text
    return text[0].upper() + text[1:] if rng.random() < 0.5 else text


def _when(rng: np.random.Generator, words: Words) -> str:
    """Words on light, weather or season, often none; rain and snow are told more often than a blue sky."""
    hour, season = words.taken_at.hour, season_of(words.taken_at.month)
    if rng.random() < 0.2:
        return ""
    if not 6 <= hour < 20 and rng.random() < 0.7:
        return "at night"
    if rng.random() < {"clear": 0.3, "cloudy": 0.35, "rain": 0.8, "snow": 0.85}[words.weather]:
        if words.weather == "clear" and not 7 <= hour < 18:
            return ""
        return _pick(rng, _WEATHER[words.weather])
    chance = rng.random()
    if chance < (0.6 if season == "autumn" else 0.15):
        return f"in {season}"
    if chance < 0.7:
        return ""
    return "in the morning" if hour < 11 else "in the evening" if hour >= 17 else ""


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]
