"""The verb `attend`: where a picture looked at each word of its prompt and at each condition of its place."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.studio.requests import AttentionRequest, PictureSettings
from engine.studio.verbs.verb import Outcome, Verb, done, model_of
from engine.studio.whereabouts import find_place


@dataclass(frozen=True, kw_only=True)
class Attend(Verb):
    """Make a picture and maps of where it looked at its words and its place."""

    at: str | None = None
    """Latitude and longitude, like 55.6985,13.1955, a plus code, or a name; without it the place is left open."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp, a sheet of all maps, and beside it the picture alone and a file of the maps
    by step and layer; or .safetensors, that file only; without it all of them go into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        model, box = model_of(studio, self.model)
        place = None if self.at is None else find_place(self.at, box)
        artefact = done(studio, AttentionRequest(model=model, place=place, **vars(self.settings)), self.out)
        maps = len(artefact.details["words"]) + len(artefact.details["conditions"])
        text = f"{artefact.path}, {maps} maps, model {artefact.details['model']['name']}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)
