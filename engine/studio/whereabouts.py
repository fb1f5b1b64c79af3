"""Whereabouts: the place that a person means by coordinates, a plus code, a name, or a corner of two streets."""

import re
from typing import TYPE_CHECKING, Final

from engine.errors import BadPlace
from engine.geo import plus_code
from engine.geo.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.geo.region import Box
    from engine.world.plan.gazetteer import Named

_LONGEST: Final = 100
_WORDS = re.compile(r"[^\W\d_NSEWnsew]")
"""A letter that coordinates do not have."""


def find_place(written: str, box: "Box | None" = None) -> Place:
    """The place that a person wrote, where `box` is what the model knows; BadPlace says what would be understood.

    In this order: coordinates as `Place.parse` reads them; a plus code, a short one near the name behind it or near the
    middle of the box; a name or a corner of the built-in city, where the box has a part of it or there is no box.
    """
    if (place := Place.read(written)) is not None:
        return place
    if parts := plus_code.split(written):
        return _coded(*parts, box)
    if len(written) > _LONGEST or not _WORDS.search(written):
        return Place.parse(written)
    if (place := _named(written, box)) is not None:
        return place
    raise BadPlace(_unknown(written, box))


def names_in(box: "Box | None" = None) -> tuple[str, ...]:
    """Names of places inside the box that `find_place` knows, but not of streets, in the order of the alphabet."""
    found = {
        each.name
        for each in _known(box)
        if each.kind != "street" and (box is None or box.contains(each.place))
    }
    return tuple(sorted(found, key=str.casefold))


def _coded(code: str, words: str, box: "Box | None") -> Place:
    """The place of a plus code, a short one near what the words behind it name."""
    town = _named(words, box) if words else None
    place = plus_code.decode(code, town or (box.centre if box else None))
    full = code.find("+") == 8
    # A town that we do not know may be the model's own: a code from elsewhere hardly falls into the box by chance.
    if full or not words or town or (box and box.contains(place)):
        return place
    raise BadPlace(f'there is no place "{_shown(words)}" here; write the plus code in full, like 87G8Q257+5Q')


def _named(written: str, box: "Box | None") -> Place | None:
    """The place of a name or a corner; of several the first inside the box, or the first of all."""
    from engine.world.plan.gazetteer import called, meant

    known = _known(box)
    places = [each.place for each in called(written, known)]
    places = places or _corners(written, box) or [each.place for each in meant(written, known)]
    inside = [place for place in places if box is None or box.contains(place)]
    return next(iter(inside or places), None)


def _corners(written: str, box: "Box | None") -> "Sequence[Place]":
    from engine.world.plan.corners import corners

    return corners(written) if _meets_city(box) else ()


def _known(box: "Box | None") -> "tuple[Named, ...]":
    """All names of the built-in city where the box has a part of it, and names of other places inside the box."""
    from engine.world.plan.city import BOX
    from engine.world.plan.gazetteer import gazetteer

    city = _meets_city(box)
    return tuple(
        each
        for each in gazetteer()
        if box is None or (city and BOX.contains(each.place)) or box.contains(each.place)
    )


def _meets_city(box: "Box | None") -> bool:
    from engine.world.plan.city import BOX

    return box is None or (
        box.south <= BOX.north and box.north >= BOX.south and box.west <= BOX.east and box.east >= BOX.west
    )


def _unknown(written: str, box: "Box | None") -> str:
    """What to say of a text that is no place."""
    from engine.world.plan.gazetteer import alike

    known = _known(box)
    names = alike(written, known)
    several = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
    perhaps = f" perhaps {several};" if names else ""
    here = "40.758, -73.985"
    if box is not None and not _meets_city(box):
        here = f"{box.centre.latitude:.3f}, {box.centre.longitude:.3f}"
    ways = f"{here}, a plus code, or a name" if known else f"{here}, or a plus code"
    return f'there is no place "{_shown(written)}" here;{perhaps} write coordinates like {ways}'


def _shown(written: str) -> str:
    shown = " ".join(written.split())
    return shown if len(shown) <= 60 else f"{shown[:60].strip()}..."
