"""The verb `walk`: a film along a path or around a landmark, or of one place while the camera or time goes round."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.errors import BadRequest
from engine.studio.requests import PictureSettings, WalkRequest
from engine.studio.requests.walk import Kind, Noise
from engine.studio.verbs.verb import Outcome, Verb, done, model_of
from engine.studio.whereabouts import find_place


@dataclass(frozen=True, kw_only=True)
class Walk(Verb):
    """Make a film along a path, around a landmark (--kind orbit), or of one place (--kind turn, hours or months)."""

    path: str | None = None
    """A GeoJSON, GPX or KML file, of which the first line is walked, "LAT,LON LAT,LON ...", or "NAME; NAME; ..."."""
    at: str | None = None
    """Place of a turn, hours or months, written as for generate; without it the place is left open."""
    kind: Kind = "path"
    """Walk along the path, turn round once (turn), go around the model's landmark (orbit), or let a day (hours) or a
    year (months) pass."""
    frames: int | None = None
    """How many frames, 2 to 600; without it 48."""
    spacing_m: float | None = None
    """Instead of --frames: metres along the path from a frame to the next."""
    fps: int = 12
    """Frames a second, 1 to 60."""
    hour_to: float | None = None
    """Hour at the end of the path, forwards from --hour, past midnight where needed."""
    month_to: float | None = None
    """Month at the end of the path, forwards from --month."""
    noise: Noise = "still"
    """Begin all frames from one noise (still, smoother) or from noise that moves on (flowing, livelier)."""
    out: Path | None = None
    """File to write: .mp4 or .gif, or a picture, .png, .jpg or .webp, with both beside it; without it all of them go
    into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for; without a heading a walk looks along its path."""

    def run(self) -> Outcome:
        from engine.studio.lines import find_line
        from engine.studio.studio import Studio

        if (self.kind == "path") != (self.path is not None):
            raise BadRequest(
                "a walk needs --path; a film of one place needs --kind turn, orbit, hours or months"
            )
        if self.frames is not None and self.spacing_m is not None:
            raise BadRequest("--frames and --spacing-m both say how many frames there are; give one of them")
        studio = Studio()
        model, box = model_of(studio, self.model)
        request = WalkRequest(
            model=model,
            path=None if self.path is None else find_line(self.path, box),
            place=None if self.at is None else find_place(self.at, box),
            kind=self.kind,
            frames=WalkRequest.frames if self.frames is None else self.frames,
            spacing_m=self.spacing_m,
            hour_to=self.hour_to,
            month_to=self.month_to,
            noise=self.noise,
            fps=self.fps,
            **vars(self.settings),
        ).validate()
        artefact = done(studio, request, self.out)
        length = f"{request.frames} frames, {request.frames / self.fps:.1f} s"
        text = f"{artefact.path}, {length}, model {artefact.details['model']['name']}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)
