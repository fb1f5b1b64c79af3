"""Shots: what every frame of a film is asked for: where it is, which way it looks, and when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.diffusion.card import PlaceCard
from engine.diffusion.conditions import PERIODS
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.geo.walking import walk
from engine.studio.requests import WalkRequest

Shot = Mapping[str, float]
"""Raw values of a frame's conditions by name."""

_ROUNDS: Final = {"turn": "heading", "orbit": "azimuth", "hours": "hour", "months": "month"}
"""The condition of each kind that goes round."""
_STARTS: Final = {"heading": 0.0, "azimuth": 0.0, "hour": 0.0, "month": 1.0}
"""The least value of each, and where it begins unless the request says."""
_DIGITS: Final = {"heading": 2, "azimuth": 2, "hour": 4, "month": 4}


def shots_of(request: WalkRequest, card: PlaceCard) -> list[Shot]:
    """The frames of a film, each brought to the nearest place that the model knows.

    BadRequest for a path that is not told, and for a model without the condition that goes round.
    """
    if request.kind == "path":
        return _along_path(request, card)
    own, name = request.conditions, _ROUNDS[request.kind]
    if request.place is not None:
        own |= _position(request.place, card)
    if name not in card.conditions:
        known = ", ".join(card.conditions) or "none"
        raise BadRequest(
            f"a film of the kind {request.kind} needs a model with the condition {name!r}, and this one knows {known}; "
            "choose another model or another kind"
        )
    if request.kind == "orbit" and "distance" in card.conditions:
        own.setdefault("distance", card.middle_m)  # or it would come and go from frame to frame
    start, step = own.get(name, _STARTS[name]), PERIODS[name] / request.frames
    # The frame after the last would be the first.
    return [own | {name: _in_turn(start + step * number, name)} for number in range(request.frames)]


def facts_of(shots: Sequence[Shot]) -> dict[str, Any]:
    """JSON-safe lists of what each frame shows, where the frames have it: places as [latitude, longitude], headings,
    azimuths, hours, months."""
    facts: dict[str, Any] = {}
    if "latitude" in shots[0]:
        facts["places"] = [[round(shot["latitude"], 6), round(shot["longitude"], 6)] for shot in shots]
    for name, digits in _DIGITS.items():
        if name in shots[0]:
            facts[f"{name}s"] = [round(shot[name], digits) for shot in shots]
    return facts


def _along_path(request: WalkRequest, card: PlaceCard) -> list[Shot]:
    if request.path is None:
        raise BadRequest("the request does not tell its path; draw one")
    own, shots = request.conditions, []
    steps = walk(request.path, request.spacing_m, None if request.spacing_m else request.frames)
    for number, (place, heading) in enumerate(steps):
        shot = own | _position(place, card)
        if request.heading is None and "heading" in card.conditions:
            shot["heading"] = heading
        for name, end in (("hour", request.hour_to), ("month", request.month_to)):
            if end is not None:
                forwards = (end - own[name]) % PERIODS[name] or PERIODS[name]  # from 8 to 8 is once around
                shot[name] = _in_turn(own[name] + forwards * number / (len(steps) - 1), name)
        shots.append(shot)
    return shots


def _in_turn(value: float, name: str) -> float:
    """The same heading or azimuth in [0, 360), hour in [0, 24) or month in [1, 13)."""
    return (value - _STARTS[name]) % PERIODS[name] + _STARTS[name]


def _position(place: Place, card: PlaceCard) -> dict[str, float]:
    inside = card.box.nearest(place) if card.box else place
    return {"latitude": inside.latitude, "longitude": inside.longitude}
