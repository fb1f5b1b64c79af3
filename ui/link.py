"""Links: a picture's request as the query of the page's address, which opens the same place with the same settings."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.requests import ImageRequest
from ui import text

_PLACE = "at"


def query_of(request: ImageRequest) -> str:
    """The query, with its question mark; settings that are as they would be anyway are left out."""
    told = {"model": request.model}
    if request.place is not None:
        told[_PLACE] = f"{request.place.latitude!r},{request.place.longitude!r}"
    for field in fields(request):
        value = getattr(request, field.name)
        if field.name not in ("model", "place") and value != field.default:
            told[field.name] = str(value)
    return f"?{urlencode(told)}"


def request_of(query: Mapping[str, str], model: str) -> ImageRequest | None:
    """The validated request of a query, None where it names nothing of a picture; `model` where it names none.

    Keys that are no settings, such as those of the page itself, are passed over. BadRequest or BadPlace where a value
    cannot be read.
    """
    given: dict[str, Any] = {}
    for name, read in _READ.items():
        if name in query:
            try:
                given[name] = read(query[name])
            except ValueError:
                raise BadRequest(text.LINK_UNREADABLE.format(name, query[name][:40])) from None
    if not given:
        return None
    return ImageRequest(**{"model": model, "place": given.pop(_PLACE, None), **given}).validate()


def _place(written: str) -> Place:
    """Two numbers as they are, to the last digit; or whatever else a person writes for a place."""
    north, _, east = written.partition(",")
    try:
        return Place(float(north), float(east))
    except ValueError:
        return Place.parse(written)


def _flag(written: str) -> bool:
    try:
        return {"True": True, "False": False}[written]
    except KeyError:
        raise ValueError(written) from None


_READ: Mapping[str, Callable[[str], Any]] = {
    "model": str,
    _PLACE: _place,
    "prompt": str,
    "negative_prompt": str,
    "heading": float,
    "azimuth": float,
    "distance": float,
    "hour": float,
    "month": float,
    "guidance_scale": float,
    "gps_guidance_scale": float,
    "num_inference_steps": int,
    "seed": int,
    "width_px": int,
    "height_px": int,
    "gps_in_exif": _flag,
}
