"""A batch: one picture for each place of a file, with the words, direction and time that the file has for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from engine.errors import BadFile, BadRequest
from engine.geo.formats import Feature, read
from engine.geo.place import Place
from engine.studio.requests import ImageRequest

MOST_PICTURES: Final = 1_000
_WORDS: Final = ("prompt", "negative_prompt")
_NUMBERS: Final = ("heading", "azimuth", "distance", "hour", "month", "seed")
_NO_FILE_NAME: Final = re.compile(r"[^\w-]+")


@dataclass(frozen=True)
class Item:
    """A picture of a batch."""

    number: int
    """Of its place in the file, from 1."""
    name: str
    """What the file calls its place; may be empty."""
    request: ImageRequest

    @property
    def stem(self) -> str:
        """What its file is called, without an ending: the number, and the name as far as it may stand in one."""
        return "-".join(
            filter(None, (f"{self.number:04}", _NO_FILE_NAME.sub("-", self.name)[:60].strip("-")))
        )


def read_batch(path: Path, like: ImageRequest) -> tuple[list[Item], list[str]]:
    """The pictures that a file of places asks for, and one sentence for each place that none can be made of.

    The file is GeoJSON, KML, KMZ, GPX or CSV. What it says of a place by the names prompt, negative_prompt, heading,
    azimuth, distance, hour, month and seed takes the place of what `like` says. Raises BadFile where it cannot be read,
    has no places or more than MOST_PICTURES, and BadPlace for one that is not on Earth.
    """
    points = [feature for feature in read(path) if isinstance(feature.geometry, Place)]
    if not points:
        raise BadFile(f"{path.name} has no places, only lines or areas; give a file of points")
    if len(points) > MOST_PICTURES:
        raise BadFile(
            f"{path.name} has {len(points):,} places; a batch has at most {MOST_PICTURES:,}, split the file"
        )
    items, refused = [], []
    for number, feature in enumerate(points, 1):
        try:
            items.append(Item(number, feature.name, _request(feature, like)))
        except BadRequest as error:
            called = f' "{feature.name[:40]}"' if feature.name else ""
            refused.append(f"place {number}{called} is left out: {error}")
    return items, refused


def _request(feature: Feature, like: ImageRequest) -> ImageRequest:
    told: dict[str, Any] = {
        name: str(feature.properties[name]) for name in _WORDS if name in feature.properties
    }
    told |= {name: _number(name, feature.properties) for name in _NUMBERS if name in feature.properties}
    return replace(like, place=feature.geometry, **told).validate()


def _number(name: str, properties: Mapping[str, Any]) -> float | int:
    value = properties[name]
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadRequest(f"{name} is {str(value)[:40]!r}, which is no number") from None
    return int(number) if name == "seed" and number.is_integer() else number
