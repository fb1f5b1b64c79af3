"""Notices: what a picture cannot be trusted in, because its place or its words are strange to the model."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from engine.diffusion.card import PlaceCard
from engine.geo.bearing import angular_difference_deg, distance_m
from engine.geo.place import Place
from engine.geo.region import Path, Region
from engine.geo.sampling import along
from engine.studio.requests import (
    AtlasRequest,
    AverageRequest,
    GridRequest,
    ImageRequest,
    PictureRequest,
    WalkRequest,
)

if TYPE_CHECKING:
    from engine.diffusion.photo_places import PhotoPlaces

AnyRequest = TypeVar("AnyRequest", bound=PictureRequest)

NEAR_M: Final = 200.0
"""Training photos within this distance are counted; where there is none, the picture is a guess."""
_MOST_KNOWN: Final = 40
_MOST_UNKNOWN: Final = 8
_LOOKS: Final = 24
"""Places of a path that are looked at."""
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


def notices(request: PictureRequest, card: PlaceCard, photos: "PhotoPlaces | None") -> tuple[str, ...]:
    """Sentences on what is strange to the model in a request, the place first; none where nothing is.

    No sentence says where the place is, because a picture may be asked for whose file does not tell it.
    """
    found = []
    prompts = [request.prompt]
    if isinstance(request, AverageRequest | AtlasRequest):
        found.append(_about_region(request.region, card, photos))
    elif isinstance(request, GridRequest):
        prompts = list(request.varied("prompt"))
        found += _about_places(request.varied("place"), card, photos)
    elif isinstance(request, WalkRequest) and request.path is not None:
        found.append(_about_path(request.path, card, photos))
    elif request.where is not None:
        found.append(_about_place(request.where, card, photos))
    if isinstance(request, WalkRequest) and request.kind == "orbit":
        found.append(_about_sides(card))
    else:
        found.append(_about_side(request.azimuth, card))
    if card.words:
        known = (*card.words, *card.prompt.split())
        found.append(_about_words("\n".join([*prompts, request.negative_prompt]), known))
    return tuple(filter(None, found))


def within_reach(request: AnyRequest, card: PlaceCard) -> AnyRequest:
    """The request with its place brought to the nearest one of the model's box, where it lies outside."""
    if not isinstance(request, ImageRequest) or request.place is None or card.box is None:
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


def _about_places(
    places: Sequence[Place | None], card: PlaceCard, photos: "PhotoPlaces | None"
) -> Iterable[str]:
    """A sentence on each place that the model does not know, with its number where there are several."""
    for number, place in enumerate(places, start=1):
        said = _about_place(place, card, photos) if place else ""
        several = said and len(places) > 1
        yield f"Place {number} of {len(places)}: {said[0].lower()}{said[1:]}" if several else said


def _about_region(region: Region | None, card: PlaceCard, photos: "PhotoPlaces | None") -> str:
    """A sentence on a region of which the model knows a part only, or no photo; empty where it knows it."""
    if region is None:
        return ""
    if card.box is not None and not all(map(card.box.contains, region.bounds.corners)):
        return "A part of this region is outside of what the model knows, and is left out."
    if photos is not None and not np.any(region.contains(photos.latitude, photos.longitude)):
        return f"The model has seen no photo in this region, {_GUESS}."
    return ""


def _about_path(path: Path, card: PlaceCard, photos: "PhotoPlaces | None") -> str:
    """A sentence on a path of which the model knows a part only; empty where it knows it all."""
    if card.box is not None and not all(map(card.box.contains, path.places)):
        return (
            "A part of this path is outside of what the model knows, so the nearest places inside are shown."
        )
    looked = [place for place, _ in along(path, count=_LOOKS)]
    if photos is not None and len(photos) and any(photos.near(each, NEAR_M)[1] == 0 for each in looked):
        return (
            f"The model has seen nothing near a part of this path: no training photo within {NEAR_M:.0f} m, "
            "so the film is a guess there."
        )
    return ""


_GUESS: Final = "so the picture is a guess"


def _about_side(azimuth_deg: float | None, card: PlaceCard) -> str:
    """A sentence on a side of the landmark from where the model has seen no photo; empty where it has."""
    seen = [number for number, count in enumerate(card.azimuth_counts) if count]
    if azimuth_deg is None or not seen:
        return ""
    bin_deg = 360 / len(card.azimuth_counts)
    asked = round(azimuth_deg / bin_deg) % len(card.azimuth_counts)
    if asked in seen:
        return ""
    away_deg = min(abs(angular_difference_deg(number * bin_deg, asked * bin_deg)) for number in seen)
    return f"The model has seen no photo from this side: the nearest are {away_deg:.0f}° further round, {_GUESS}."


def _about_sides(card: PlaceCard) -> str:
    """A sentence on how many sides of the landmark the model has seen no photo from; empty where it has of all."""
    unseen, count = card.azimuth_counts.count(0), len(card.azimuth_counts)
    return (
        f"The model has seen no photo from {unseen} of {count} sides, so the film is a guess there."
        if unseen
        else ""
    )


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
