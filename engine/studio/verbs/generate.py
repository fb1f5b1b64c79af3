"""The verb `generate`: a picture of a place, or of each place of a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

from engine.errors import BadRequest
from engine.studio.requests import ImageRequest, PictureSettings
from engine.studio.verbs.verb import Outcome, Verb, done, model_of
from engine.studio.whereabouts import find_place

if TYPE_CHECKING:
    from engine.studio.studio import Studio


@dataclass(frozen=True, kw_only=True)
class Generate(Verb):
    """Make a picture of a place, or of each place of a file."""

    at: str | None = None
    """Latitude and longitude, like 55.6985,13.1955, a plus code, or a name; without it the place is left open."""
    places: Path | None = None
    """File of places: GeoJSON, KML, KMZ, GPX or CSV; what it says of one by the names prompt, negative_prompt, heading,
    azimuth, hour, month and seed counts for it."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp, with --places a folder; without it the picture goes into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        model, box = model_of(studio, self.model)
        if self.places is not None:
            return self._batch(studio, model, self.places)
        place = None if self.at is None else find_place(self.at, box)
        artefact = done(studio, ImageRequest(model=model, place=place, **vars(self.settings)), self.out)
        name = artefact.details["model"]["name"]
        text = f"{artefact.path}, seed {self.settings.seed}, model {name}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)

    def _batch(self, studio: "Studio", model: str, places: Path) -> Outcome:
        """A picture of each place of the file, one after another; those that are made stay where it is stopped."""
        from engine.studio.batch import read_batch

        if self.at is not None:
            raise BadRequest("--at is one place and --places a file of them; leave one of them out")
        items, refused = read_batch(places, ImageRequest(model, None, **vars(self.settings)))
        made = [
            done(studio, item.request, None if self.out is None else self.out / f"{item.stem}.png")
            for item in items
        ]
        parts = [str(self.out or studio.gallery.folder), _count(len(made), "picture")]
        if refused:
            parts.append(f"{_count(len(refused), 'place')} left out")
        told = [f"{artefact.path.name}: {notice}" for artefact in made for notice in artefact.notices]
        data = {"pictures": [artefact.to_dict() for artefact in made], "refused": refused}
        return Outcome(", ".join([*parts, f"model {model}"]), data, notices=(*refused, *told))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
