"""History: questions to the gallery: which pictures have these words, lie in this region, are of these days."""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import UTC, date

from engine.geo.region import Region
from engine.studio.gallery import Artefact
from engine.studio.requests import PictureRequest


def search(
    artefacts: Iterable[Artefact],
    words: str = "",
    region: Region | None = None,
    model: str | None = None,
    since: date | None = None,
    until: date | None = None,
    kind: str | None = None,
    starred: Collection[str] | None = None,
) -> tuple[Artefact, ...]:
    """The pictures that fit all that is asked, in the order in which they came.

    Each of the words is somewhere in the prompt, the negative prompt or the kind's name; their order, case and accents
    do not matter. A picture that tells no place is in no region. Days are those of UTC, both of them included; `kind`
    is a request's NAME. `starred` are the ids to keep to; None takes all.
    """
    wanted = plain(words).split()
    return tuple(
        artefact
        for artefact in artefacts
        if isinstance(request := artefact.request, PictureRequest)
        and (model is None or request.model == model)
        and (kind is None or kind == request.NAME)
        and (starred is None or artefact.id in starred)
        and _between(since, artefact, until)
        and _has(wanted, request)
        and (region is None or _inside(region, request))
    )


def plain(words: str) -> str:
    """The words without case and accents: "Café, Østergade" is "cafe, ostergade"."""
    letters = unicodedata.normalize("NFKD", words).casefold().translate(_STROKES)
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(letter)
    )


_STROKES = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i"})
"""Letters whose accent Unicode counts as part of them."""


def _has(wanted: list[str], request: PictureRequest) -> bool:
    if not wanted:
        return True
    said = plain("\n".join((request.prompt, request.negative_prompt, request.NAME)))
    return all(word in said for word in wanted)


def _between(since: date | None, artefact: Artefact, until: date | None) -> bool:
    day = artefact.created_at.astimezone(UTC).date()
    return (since is None or since <= day) and (until is None or day <= until)


def _inside(region: Region, request: PictureRequest) -> bool:
    return request.where is not None and region.contains(request.where)
