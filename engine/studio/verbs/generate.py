"""The verb `generate`: a picture of a place."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.studio.requests import ImageRequest, PictureSettings
from engine.studio.verbs.verb import Outcome, Verb, done, model_of
from engine.studio.whereabouts import find_place


@dataclass(frozen=True, kw_only=True)
class Generate(Verb):
    """Make a picture of a place."""

    at: str | None = None
    """Latitude and longitude, like 55.6985,13.1955, a plus code, or a name; without it the place is left open."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp; without it the picture goes into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        model, box = model_of(studio, self.model)
        place = None if self.at is None else find_place(self.at, box)
        artefact = done(studio, ImageRequest(model=model, place=place, **vars(self.settings)), self.out)
        name = artefact.details["model"]["name"]
        text = f"{artefact.path}, seed {self.settings.seed}, model {name}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)
