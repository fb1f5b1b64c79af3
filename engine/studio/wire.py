"""Wire: how a request travels as JSON, between page, command, HTTP and the files that it made."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from engine.errors import BadRequest
from engine.geo.place import Place

VERSION = 1
"""Version of the JSON form; a file of a later version is refused, never guessed at."""


class JsonRequest(ABC):
    """A frozen dataclass with a JSON form: `{"version": 1, "request": NAME, field: value, ...}`."""

    NAME: ClassVar[str]

    @abstractmethod
    def validate(self) -> Self:
        """The same request with every value in its range and its normal form; BadRequest otherwise."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form that `from_dict` reads back to an equal request."""
        return {"version": VERSION, "request": self.NAME} | {
            field.name: _encode(getattr(self, field.name)) for field in _fields(type(self))
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The validated request of a JSON form; unknown, missing and ill-typed keys are BadRequest."""
        if not isinstance(data, Mapping):
            raise BadRequest(f"a request must be a JSON object, not {type(data).__name__}")
        if data.get("version") != VERSION:
            raise BadRequest(f"the request has version {data.get('version')!r}; this program reads {VERSION}")
        if data.get("request") != cls.NAME:
            raise BadRequest(f"the request is of the kind {data.get('request')!r}, not {cls.NAME!r}")
        known = {field.name: field for field in _fields(cls)}
        given = {str(key): value for key, value in data.items() if key not in ("version", "request")}
        if unknown := sorted(set(given) - set(known)):
            raise BadRequest(f"the request has no setting {unknown[0]!r}; it has {', '.join(known)}")
        required = [
            name
            for name, field in known.items()
            if field.default is MISSING and field.default_factory is MISSING
        ]
        if missing := [name for name in required if name not in given]:
            raise BadRequest(f"the request lacks {missing[0]!r}")
        values = {name: _DECODERS.get(name, _as_is)(name, value) for name, value in given.items()}
        return cls(**values).validate()


def _fields(cls: type) -> tuple[Field[Any], ...]:
    return fields(cls)


def _encode(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Place):
        return {"latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if hasattr(value, "exterior"):
        return {"exterior": _encode(value.exterior), "holes": _encode(value.holes)}
    if hasattr(value, "places"):
        return _encode(value.places)
    if hasattr(value, "south"):
        return {side: getattr(value, side) for side in ("south", "west", "north", "east")}
    return value


def _as_is(name: str, value: Any) -> Any:
    return value


def _path(name: str, value: Any) -> Path | None:
    if value is None or (isinstance(value, str) and value and "\0" not in value):
        return value if value is None else Path(value)
    raise BadRequest(f"{name} must be the path of a file or folder, not {value!r}")


def _paths(name: str, value: Any) -> tuple[Path | None, ...]:
    if not isinstance(value, list | tuple):
        raise BadRequest(f"{name} must be a list of paths, not {type(value).__name__}")
    return tuple(_path(name, item) for item in value)


def place_from_json(name: str, value: Any) -> Place | None:
    """The place of a JSON form, or None; BadRequest where it is neither, BadPlace where it is not on Earth."""
    if value is None:
        return None
    if not isinstance(value, Mapping) or set(value) != {"latitude", "longitude"}:
        raise BadRequest(f"{name} must have latitude and longitude and nothing else")
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value.values()):
        raise BadRequest(f"{name} must have a number as latitude and as longitude")
    return Place(float(value["latitude"]), float(value["longitude"]))


def _region(name: str, value: Any) -> Any:
    from engine.geo.region import Box, Polygon

    if value is None:
        return None
    if isinstance(value, Mapping) and set(value) == {"south", "west", "north", "east"}:
        return Box(**{str(side): degrees for side, degrees in value.items()})
    if isinstance(value, Mapping) and set(value) == {"exterior", "holes"}:
        holes = value["holes"]
        if isinstance(holes, list):
            return Polygon(_ring(name, value["exterior"]), tuple(_ring(name, hole) for hole in holes))
    raise BadRequest(f"{name} must have south, west, north and east, or exterior and holes")


def _line(name: str, value: Any) -> Any:
    from engine.geo.region import Path as Line

    return None if value is None else Line(_ring(name, value))


def _ring(name: str, value: Any) -> tuple[Place, ...]:
    if not isinstance(value, list):
        raise BadRequest(f"{name} must be drawn by a list of places, not {type(value).__name__}")
    places = [place_from_json(name, item) for item in value]
    if None in places:
        raise BadRequest(f"{name} has a corner without a place")
    return tuple(place for place in places if place is not None)


_DECODERS = {
    "place": place_from_json,
    "centre": place_from_json,
    "region": _region,
    "path": _line,
    "sources": _paths,
    "out": _path,
    "table": _path,
    "collection": _path,
}
