"""Checks: a value from a page, a command or a file becomes one that can be trusted, or one sentence."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.errors import BadRequest

if TYPE_CHECKING:
    from engine.geo.region import Region


def real(name: str, value: Any, low: float, high: float) -> float:
    """`value` as a finite float in [low, high]; BadRequest otherwise. Booleans and text are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"{name} must be a number, not {_shown(value)}")
    if not low <= value <= high:  # also catches nan, and whole numbers that no float can hold
        raise BadRequest(f"{name} is {_shown(value)}; choose a number from {low:,g} to {high:,g}")
    return float(value)


def finite(name: str, value: Any) -> float:
    """`value` as a finite float; BadRequest otherwise."""
    largest = 1.7976931348623157e308
    if isinstance(value, float) and not math.isfinite(value):
        raise BadRequest(f"{name} is {value}; give a finite number")
    return real(name, value, -largest, largest)


def whole(name: str, value: Any, low: int, high: int) -> int:
    """`value` as an int in [low, high]; 30.0 counts as whole, since JSON pages send it so."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f"{name} must be a whole number, not {_shown(value)}")
    if not low <= value <= high:
        raise BadRequest(f"{name} is {_shown(value)}; choose a whole number from {low:,} to {high:,}")
    return value


def size_px(name: str, value: Any) -> int:
    """`value` as a picture's width or height: a multiple of 8 from 32 to 1,024 pixels."""
    pixels = whole(name, value, 32, 1024)
    if pixels % 8:
        raise BadRequest(f"{name} is {pixels}; choose a multiple of 8, such as {pixels - pixels % 8}")
    return pixels


def text(name: str, value: Any, longest: int) -> str:
    """`value` as text of at most `longest` characters."""
    if not isinstance(value, str):
        raise BadRequest(f"the {name} must be text, not {_shown(value)}")
    if len(value) > longest:
        raise BadRequest(f"the {name} has {len(value):,} characters; shorten it to {longest:,}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise BadRequest(f"the {name} has a broken character (half of a surrogate pair); type it again")
    return value


def area(name: str, value: Any) -> "Region | None":
    """`value`, which must be a box or a polygon, or None."""
    from engine.geo.region import Box, Polygon

    if value is None or isinstance(value, Box | Polygon):
        return value
    raise BadRequest(f"{name} must be a box or a polygon, not {type(value).__name__}")


def choice(name: str, value: Any, choices: Sequence[str]) -> Any:
    """`value`, which must be one of the choices."""
    if value not in choices:
        raise BadRequest(f"{name} is {_shown(value)}; choose from {', '.join(choices)}")
    return value


def flag(name: str, value: Any) -> bool:
    """`value`, which must be True or False."""
    if not isinstance(value, bool):
        raise BadRequest(f"{name} must be true or false, not {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    """At most 40 characters of a value, for a message; a whole number of any length is not spelled out."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**18:
        return "a number with more than 18 digits"
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
