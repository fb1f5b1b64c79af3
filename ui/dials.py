"""Dials: sliders for which way, from which side, how far, at what hour and in which month; each may stand at "any"."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from engine.errors import BadRequest
from ui import text, units
from ui.map_document import ASSETS, as_script


@dataclass(frozen=True)
class Dial:
    """A dial's whole numbers, and what it says of each."""

    name: str
    """The condition that it sets."""
    lowest: int
    highest: int
    start: int
    """Where the knob waits while any will do."""
    says: tuple[str, ...]
    """The words for each number, the lowest first."""
    marks: Mapping[int, str]
    """Words under the slider, by number."""

    def build(self) -> gr.HTML:
        """The dial as a part of the page. Its value is a number as text, or "" for any; its event is
        `dialled(name, value)`, untrusted.
        """
        options = {
            "name": self.name,
            "lowest": self.lowest,
            "start": self.start,
            "says": self.says,
            "any": text.ANY,
            "clear": text.CLEAR_DIAL[self.name],
        }
        reach = self.highest - self.lowest
        marks = "".join(
            f'<span style="left: {(value - self.lowest) / reach:.1%}">{word}</span>'
            for value, word in self.marks.items()
        )
        return gr.HTML(
            "",
            html_template=(
                f'<div class="dial any"><label for="dial-{self.name}">{text.USE[self.name]}</label>'
                f'<button type="button"></button><input type="range" id="dial-{self.name}" min="{self.lowest}" '
                f'max="{self.highest}" step="1" value="{self.start}"><div class="marks">{marks}</div></div>'
            ),
            js_on_load=f"const OPTIONS = {as_script(options)};\n{(ASSETS / 'dial.js').read_text(encoding='utf-8')}",
            apply_default_css=False,
            visible=False,
            elem_id=self.name,
            elem_classes="dial-block",
        )


_NEAREST_M, _FARTHEST_M = 10, 600
_BEARINGS = tuple(f"{text.COMPASS[round(degrees / 45) % 8]} {degrees}°" for degrees in range(360))
DIALS = {
    dial.name: dial
    for dial in (
        Dial(
            "heading", 0, 359, 0,
            _BEARINGS,
            {0: "N", 90: "E", 180: "S", 270: "W", 359: "N"},
        ),
        Dial(
            "hour", 0, 23, 12,
            tuple(f"{units.part_of_day(hour)}, {hour}:00" for hour in range(24)),
            {hour: units.part_of_day(hour) for hour in (5, 12, 20)},
        ),
        Dial(
            "month", 1, 12, 6,
            text.MONTHS,
            {month: text.MONTHS[month - 1][:3] for month in (1, 4, 7, 10)},
        ),
        Dial(
            "azimuth", 0, 359, 180, _BEARINGS,
            {0: "N", 90: "E", 180: "S", 270: "W", 359: "N"},
        ),
        Dial(
            "distance", _NEAREST_M, _FARTHEST_M, 100,
            tuple(f"{metres} m" for metres in range(_NEAREST_M, _FARTHEST_M + 1)),
            {metres: str(metres) for metres in (_NEAREST_M, 200, 400, _FARTHEST_M)},
        ),
    )
}  # fmt: skip
"""The dials by the condition that they set, in the order in which they stand."""


def dial_value(value: float | None) -> str:
    """What a dial holds for a condition that a request sets, or leaves open."""
    return "" if value is None else repr(float(value)).removesuffix(".0")


def dialled(name: str, value: Any) -> float | None:
    """The number that a dial holds, None for any; BadRequest for what is none, since the browser may send anything."""
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise BadRequest(f"the {name} {str(value)[:40]!r} is no number; turn its dial again")
    return number
