"""Axes as people write them: "seed=1,2,3", or a setting chosen from a list and its values beside it."""

from typing import TYPE_CHECKING, Any

from engine.errors import BadRequest
from engine.studio.requests import Axis
from engine.studio.requests.axis import AXES
from engine.studio.whereabouts import find_place

if TYPE_CHECKING:
    from engine.geo.region import Box

BETWEEN = {"prompt": ";", "place": ";"}
"""What stands between the values of a setting, where it is no comma."""


def read_axis(side: str, written: str, box: "Box | None" = None) -> Axis:
    """The axis of "seed=1,2,3", "prompt=a street;a park" or "place=Times Square;40.7,-74".

    `side` is what the axis is called in messages, `box` what the model knows. BadRequest where it is none, BadPlace for
    a place that cannot be found.
    """
    name, equals, values = written.partition("=")
    if not equals:
        raise BadRequest(f'{side} must be a setting and its values, like seed=1,2,3, not "{written[:40]}"')
    return axis_of(side, name.strip().replace("-", "_"), values, box)


def axis_of(side: str, name: str, values: str, box: "Box | None" = None) -> Axis:
    """The axis of a setting and its values in one line; raises as `read_axis` does."""
    if name not in AXES or not values.strip():
        return Axis(name, ()).validate(side)  # says what is wrong
    parts = [each.strip() for each in values.split(BETWEEN.get(name, ","))]
    if name == "prompt":
        return Axis(name, tuple(parts))
    if name == "place":
        return Axis(name, tuple(find_place(each, box) for each in parts))
    return Axis(name, tuple(_number(side, name, each) for each in parts))


def _number(side: str, name: str, written: str) -> Any:
    for kind in (int, float):
        try:
            return kind(written)
        except ValueError:
            continue
    raise BadRequest(f'{side} have the value "{written[:40]}" of {name[:40]}, which is no number')
