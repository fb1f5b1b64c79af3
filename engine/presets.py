"""Presets: TOML files that fill in the settings of a run, and the check of every value that comes from anywhere."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from engine.errors import BadRequest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")

Ranges = Mapping[str, tuple[float, float]]
"""Lowest and highest value of a number, by the name of its setting; every other one is at least 0."""

_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def preset_names(folder: Path) -> list[str]:
    """Names of the presets in a folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def read_preset(kind: type[Settings], folder: Path, name: str, overrides: Mapping[str, Any]) -> Settings:
    """The settings of a preset in a folder, of a kind with a field `preset`, with `overrides` by field name.

    Raises BadRequest naming the choices.
    """
    if name not in (names := preset_names(folder)):
        raise BadRequest(f"there is no preset {name!r}; choose from {', '.join(names)}")
    known = {each.name for each in fields(kind)} - {"preset"}
    if unknown := overrides.keys() - known:
        raise BadRequest(f"there is no setting {min(unknown)!r}; choose from {', '.join(sorted(known))}")
    settings = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    return kind(**(settings | {"preset": name} | dict(overrides)))


def check_settings(settings: "DataclassInstance", ranges: Ranges) -> None:
    """Bring every field of a frozen dataclass to its type, for its `__post_init__`.

    Raises BadRequest for another type, a number out of range, and a name that is none of the choices.
    """
    for name, hint in get_type_hints(type(settings)).items():
        object.__setattr__(settings, name, _checked(name, hint, getattr(settings, name), ranges))


def _checked(name: str, hint: Any, value: Any, ranges: Ranges) -> Any:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise BadRequest(f"{name} is {value!r}; choose from {', '.join(get_args(hint))}")
        return value
    if get_origin(hint) is tuple:
        return _several(name, get_args(hint), value, ranges)
    if hint is int and isinstance(value, float) and value.is_integer():
        value = int(value)  # a page sends 300 as 300.0
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise BadRequest(f"{name} is {value!r}; give {_KINDS[hint]}")
    if hint in (int, float):
        low, high = ranges.get(name, (0, math.inf))
        if not low <= value <= high or not math.isfinite(value):
            raise BadRequest(f"{name} is {value:g}; choose a number from {low:,g} to {high:,g}")
    return value


def _several(name: str, hints: tuple[Any, ...], value: Any, ranges: Ranges) -> tuple[Any, ...]:
    """The values of a tuple: any number of names or of numbers, or two numbers."""
    if hints == (str, ...):
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise BadRequest(f"{name} is {value!r}; give a list of names")
        return tuple(value)
    if hints[1:] == (...,) and isinstance(value, list | tuple):
        return tuple(_checked(name, hints[0], each, ranges) for each in value)
    if not isinstance(value, list | tuple) or len(value) != len(hints):
        raise BadRequest(f"{name} is {value!r}; give two numbers")
    return tuple(_checked(name, hint, each, ranges) for hint, each in zip(hints, value, strict=True))
