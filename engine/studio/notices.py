"""Notices: what a picture cannot be trusted in, because its place or its words are strange to the model."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from engine.diffusion.card import PlaceCard
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.studio.requests import ImageRequest

if TYPE_CHECKING:
    from engine.diffusion.photo_places import PhotoPlaces

NEAR_M: Final = 200.0
"""Training photos within this distance are counted; where there is none, the picture is a guess."""
_MOST_KNOWN: Final = 40
_MOST_UNKNOWN: Final = 8
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_GRAMMAR = frozenset(
    {
        *(
            "a",
            "an",
            "and",
            "are",
            "as",
            "at",
            "be",
            "but",
            "by",
            "down",
            "for",
            "from",
            "her",
            "his",
            "in",
            "into",
        ),
        *(
            "is",
            "it",
            "its",
            "me",
            "my",
            "near",
            "no",
            "not",
            "of",
            "off",
            "on",
            "or",
            "our",
            "out",
            "over",
            "she",
        ),
        *(
            "so",
            "some",
            "someone",
            "that",
            "the",
            "their",
            "them",
            "there",
            "they",
            "this",
            "to",
            "up",
            "was",
            "we",
        ),
        *("were", "with", "without", "you", "your"),
    }
)


def notices(request: ImageRequest, card: PlaceCard, photos: "PhotoPlaces | None") -> tuple[str, ...]:
    """Sentences on what is strange to the model in a request, the place first; none where nothing is.

    No sentence says where the place is, because a picture may be asked for whose file does not tell it.
    """
    found = []
    if request.place is not None:
        found.append(_about_place(request.place, card, photos))
    if card.words:
        found.append(_about_words(f"{request.prompt}\n{request.negative_prompt}", card.words))
    return tuple(filter(None, found))


def within_reach(request: ImageRequest, card: PlaceCard) -> ImageRequest:
    """The request with its place brought to the nearest one of the model's box, where it lies outside."""
    if request.place is None or card.box is None:
        return request
    return replace(request, place=card.box.nearest(request.place))


def unknown_words(text: str, known: Iterable[str]) -> list[str]:
    """Words of a text that are not among the known ones, in lower case, each once, in their order."""
    alike = {_plain(word) for word in known}
    return [word for word in dict.fromkeys(map(_plain, _WORD.findall(text))) if word not in alike]


def _about_place(place: Place, card: PlaceCard, photos: "PhotoPlaces | None") -> str:
    """A sentence on a place that the model does not know, or only by chance; empty where it knows it."""
    nearest_m, nearest = 0.0, ""
    if photos is not None and len(photos):
        nearest_m, count = photos.near(place, NEAR_M)
        nearest = f"the nearest training photo is {_length(nearest_m)} away, {count or 'none'} within {NEAR_M:.0f} m"
    if card.box is not None and not card.box.contains(place):
        outside = _length(distance_m(place, card.box.nearest(place)))
        shown = (
            f"This place is {outside} outside of what the model knows, so the nearest place inside is shown"
        )
        return f"{shown}; {nearest}." if nearest else f"{shown}."
    guess = nearest_m > NEAR_M or not nearest
    if not card.untrained and (water := _water(place)):
        shown = f"This place is in {water}{f': {nearest}' if nearest else ''}"
        return f"{shown}, {_GUESS}." if guess else f"{shown}."
    return f"The model has seen nothing near this place: {nearest}, {_GUESS}." if nearest and guess else ""


_GUESS: Final = "so the picture is a guess"


def _about_words(text: str, known: Sequence[str]) -> str:
    """A sentence on the words of a text that the model has not learned; empty where it knows them all."""
    unknown = unknown_words(text, known)
    if not unknown:
        return ""
    told = [f"“{word[:30]}”" for word in unknown[:_MOST_UNKNOWN]]
    if more := len(unknown) - len(told):
        told.append(f"{more} more")
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    known_ones = ", ".join(islice((word for word in known if _says_something(word)), _MOST_KNOWN))
    return f"The model never learned the word{'s' * (len(unknown) > 1)} {listed}; it knows {known_ones}."


def _says_something(word: str) -> bool:
    """Whether a word is worth naming: no number and no word of grammar alone."""
    return len(word) > 1 and word.isalpha() and _plain(word) not in _GRAMMAR


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _water(place: Place) -> str | None:
    """Name of the water at a place of the built-in city."""
    from engine.world.plan.water import water_at

    return water_at(place)


def _length(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 1_000 else f"{metres / 1_000:,.1f} km"
