"""An axis of a grid: one setting and the values that its pictures have from one row or column to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.requests.picture import ImageRequest

MOST_VALUES = 12


@dataclass(frozen=True)
class Axis:
    """A setting that varies, and its values in their order."""

    name: str
    """One of AXES."""
    values: tuple[Any, ...] | None
    """As a picture's request has them; None where a file does not tell its places."""

    @property
    def title(self) -> str:
        """What varies, for people."""
        return AXES[self.name][0]

    def labels(self, places: bool = True) -> list[str]:
        """Each value for people, with its unit; without `places` no label says where one is."""
        values = self.values or ()
        if self.name == "place" and not places:
            return [f"place {number}" for number in range(1, len(values) + 1)]
        return [AXES[self.name][1](value) for value in values]

    def validate(self, side: str) -> Self:
        """The same axis with its values in their normal form; BadRequest where it has none that pictures can have.

        `side` is what the axis is called in messages: rows or columns.
        """
        if self.name not in AXES:
            raise BadRequest(f"{side} cannot vary {str(self.name)[:40]!r}; choose from {', '.join(AXES)}")
        if self.values is None and self.name == "place":
            return self
        if not isinstance(self.values, tuple) or not 1 <= len(self.values) <= MOST_VALUES:
            count = len(self.values) if isinstance(self.values, tuple) else "no list of"
            raise BadRequest(
                f"{side} have {count or 'no'} values of {self.name}; choose 1 to {MOST_VALUES} of them"
            )
        values = tuple(self._normal(side, value) for value in self.values)
        twice = next((value for number, value in enumerate(values) if value in values[:number]), None)
        if twice is not None:
            raise BadRequest(f"{side} have {self.name} {str(twice)[:40]!r} twice; leave one of them out")
        return type(self)(self.name, values)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, such as `{"seed": [1, 2]}`."""
        if self.name != "place" or self.values is None:
            return {self.name: None if self.values is None else list(self.values)}
        return {"place": [{"latitude": each.latitude, "longitude": each.longitude} for each in self.values]}

    @classmethod
    def from_dict(cls, side: str, data: Any) -> Self:
        """The axis of a JSON form, not yet validated; BadRequest where it is none."""
        if not isinstance(data, Mapping) or len(data) != 1:
            raise BadRequest(f'{side} must be one setting and its values, like {{"seed": [1, 2, 3]}}')
        ((name, values),) = data.items()
        if not isinstance(values, list | tuple):
            return cls(name, None if values is None else ())
        return cls(name, tuple(_place(side, each) if name == "place" else each for each in values))

    def _normal(self, side: str, value: Any) -> Any:
        if value is None:
            raise BadRequest(f"{side} have an empty value of {self.name}; leave it out")
        settings: dict[str, Any] = {"place": None, self.name: value}
        return getattr(ImageRequest("any", **settings).validate(), self.name)


def _place(side: str, value: Any) -> Place:
    numbers = isinstance(value, Mapping) and set(value) == {"latitude", "longitude"} and [*value.values()]
    if not numbers or any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
        raise BadRequest(f"{side} must have places with latitude and longitude in numbers and nothing else")
    return Place(float(value["latitude"]), float(value["longitude"]))


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _month(month: float) -> str:
    return _MONTHS[int(month) - 1] if float(month).is_integer() else f"month {month:g}"


AXES: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "guidance_scale": ("guidance scale", "{:g}".format),
    "gps_guidance_scale": ("GPS guidance scale", "{:g}".format),
    "seed": ("seed", str),
    "prompt": ("prompt", lambda prompt: prompt.strip() or "no words"),
    "place": ("place", str),
    "heading": ("heading", "{:g}°".format),
    "azimuth": ("azimuth", "{:g}°".format),
    "distance": ("distance", "{:g} m".format),
    "hour": ("hour", _clock),
    "month": ("month", _month),
    "num_inference_steps": ("steps", str),
}
"""Settings that a grid can vary: what each is called, and how its values are written."""
