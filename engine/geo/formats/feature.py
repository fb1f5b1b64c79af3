"""Feature: a geometry with its name and properties, and what all readers of untrusted text share."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from engine.errors import BadFile, BadPlace, BadRegion
from engine.geo.place import Place
from engine.geo.region import Path, Polygon

MAX_POSITIONS: Final = 1_000_000
_NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Feature:
    """Something at a place, along a path or over a polygon, as one record of a file."""

    geometry: Place | Path | Polygon
    name: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else the file says; GeoJSON keeps types, the other formats have only text."""


@contextmanager
def located(where: str, title: str = "") -> Iterator[None]:
    """Lets an error about a geometry say where in a file it is."""
    try:
        yield
    except (BadPlace, BadRegion) as error:
        shown = f' "{title[:40]}"' if title else ""
        raise type(error)(f"{where}{shown}: {error}") from error


def check_positions(count: int, name: str) -> None:
    """Raises BadFile when a file may hold a million positions or more."""
    if count >= MAX_POSITIONS:
        raise BadFile(f"{name} holds {MAX_POSITIONS:,} positions or more; split or simplify it")


def place_from_text(latitude: str, longitude: str) -> Place:
    """The place that two numbers in a file give; raises BadPlace when they are none."""
    for what, text in (("latitude", latitude), ("longitude", longitude)):
        if not _NUMBER.fullmatch(text):
            raise BadPlace(f"{what} '{text[:40]}' is not a number; give degrees such as 55.6985")
    return Place(float(latitude), float(longitude))


def as_text(value: object) -> str:
    """A property's value as formats write it that have only text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
