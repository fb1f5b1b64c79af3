"""The verb `orbit`: a picture of a landmark from one side."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.errors import BadRequest
from engine.studio.requests import ImageRequest, PictureSettings
from engine.studio.verbs.verb import Outcome, Verb, done, landmark_model


@dataclass(frozen=True, kw_only=True)
class Orbit(Verb):
    """Make a picture of a landmark from one side; all around it goes `walk --kind orbit`."""

    landmark: str | None = None
    """Name of the landmark, as `models` lists it; without it --model says which."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp; without it the picture goes into the gallery."""
    model: str | None = None
    """Name of a model of a landmark, or its folder; without it the one that learned the landmark."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for; --azimuth says from which side."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        if self.settings.azimuth is None:
            raise BadRequest("there is no --azimuth; say from which side, like --azimuth 90 for the east")
        model = landmark_model(studio, self.model, self.landmark)
        request = ImageRequest(model=model, place=None, **vars(self.settings)).validate()
        artefact = done(studio, request, self.out)
        text = f"{artefact.path}, from {request.azimuth:g} degrees, seed {request.seed}, model {model}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)
