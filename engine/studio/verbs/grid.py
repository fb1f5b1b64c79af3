"""The verb `grid`: pictures side by side that differ in two settings."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro

from engine.errors import BadRequest
from engine.studio.requests import Axis, GridRequest, PictureSettings
from engine.studio.requests.axis import AXES
from engine.studio.verbs.verb import Outcome, Verb, done, model_of
from engine.studio.whereabouts import find_place

if TYPE_CHECKING:
    from engine.geo.region import Box


@dataclass(frozen=True, kw_only=True)
class Grid(Verb):
    """Make a sheet of pictures that differ in two settings."""

    at: str | None = None
    """Latitude and longitude, like 55.6985,13.1955, a plus code, or a name; without it the place is left open."""
    rows: str = "guidance_scale=1,2,4"
    """What differs from row to row: guidance_scale, gps_guidance_scale, seed, heading, hour, month or
    num_inference_steps with numbers, or prompt or place with several of them between semicolons."""
    columns: str = "gps_guidance_scale=1,2,4,8"
    """What differs from column to column, in the same way."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp; without it the sheet goes into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        model, box = model_of(studio, self.model)
        request = GridRequest(
            model=model,
            place=None if self.at is None else find_place(self.at, box),
            rows=read_axis("rows", self.rows, box),
            columns=read_axis("columns", self.columns, box),
            **vars(self.settings),
        )
        artefact = done(studio, request, self.out)
        count = len(artefact.details["cells"])
        text = f"{artefact.path}, {count} pictures, model {artefact.details['model']['name']}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)


def read_axis(side: str, written: str, box: "Box | None" = None) -> Axis:
    """The axis of "seed=1,2,3", "prompt=a street;a park" or "place=Times Square;40.7,-74", as a person writes it.

    `box` is what the model knows. BadRequest where it is none, BadPlace for a place that cannot be found.
    """
    name, equals, values = written.partition("=")
    name = name.strip().replace("-", "_")
    if not equals:
        raise BadRequest(f'{side} must be a setting and its values, like seed=1,2,3, not "{written[:40]}"')
    if name not in AXES or not values.strip():
        return Axis(name, ()).validate(side)  # says what is wrong
    if name == "prompt":
        return Axis(name, tuple(each.strip() for each in values.split(";")))
    if name == "place":
        return Axis(name, tuple(find_place(each, box) for each in values.split(";")))
    return Axis(name, tuple(_number(side, name, each) for each in values.split(",")))


def _number(side: str, name: str, written: str) -> Any:
    for kind in (int, float):
        try:
            return kind(written)
        except ValueError:
            continue
    raise BadRequest(f'{side} have the value "{written.strip()[:40]}" of {name[:40]}, which is no number')
