"""The verb `grid`: pictures side by side that differ in two settings."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.studio.axes import read_axis
from engine.studio.requests import GridRequest, PictureSettings
from engine.studio.verbs.verb import Outcome, Verb, done, model_of
from engine.studio.whereabouts import find_place


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
