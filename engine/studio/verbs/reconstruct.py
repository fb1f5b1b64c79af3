"""The verb `reconstruct`: a landmark in 3D."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tyro

from engine.errors import BadRequest, Cancelled
from engine.studio.jobs import CancelToken
from engine.studio.requests import ReconstructRequest
from engine.studio.verbs.verb import Outcome, Verb, ctrl_c_asks, done, landmark_model


@dataclass(frozen=True, kw_only=True)
class MeshFlags:
    """What mesh is made of the field; another one of the same field is made within a minute."""

    resolution: int = ReconstructRequest.resolution
    """Cells along its longest edge, 8 to 512."""
    threshold: float | None = None
    """Density from which on the field is solid; without it a rule chooses."""
    num_faces: int = ReconstructRequest.num_faces
    """Triangles, about."""
    texture_px: int = ReconstructRequest.texture_px
    """Edge of the texture in pixels, about."""
    crop: tuple[float, float, float, float, float, float] = (-1.0, -1.0, -1.0, 1.0, 1.0, 1.0)
    """Box that is kept of the cube: lowest corner east, north and up, then the highest one, each from -1 to 1."""


@dataclass(frozen=True, kw_only=True)
class Reconstruct(Verb):
    """Grow a landmark in 3D out of a model that knows its sides. What was stopped goes on with the same line."""

    landmark: str | None = None
    """Name of the landmark, as `models` lists it; without it --model says which."""
    out: Path | None = None
    """File to write: .glb (with a 3D Tiles tileset and a KML model beside it), .obj, .ply, or .mp4, a film that turns
    around it; a picture, .png, .jpg or .webp, has all of them beside it. Without it they go into the gallery."""
    model: str | None = None
    """Name of a model of a landmark, or its folder; without it the one that learned the landmark."""
    preset: str = ReconstructRequest.preset
    """Settings to begin from: draft, for two processor cores, or paper or dreamfusion, for a GPU."""
    change: tuple[str, ...] = ()
    """Settings of the preset to change, each as NAME=VALUE, like rounds=4 or method=csd; a wrong name lists them."""
    prompt: str = ""
    """What is to be seen; without it what the model calls its landmark."""
    hour: float | None = None
    """Hour of the day, 0 to 24: one light from all sides; without it the preset's."""
    month: float | None = None
    """Month of the year, 1 to 12; without it the preset's."""
    seed: int = 0
    """The same seed and settings make the same landmark; another seed another one, better or worse."""
    mesh: tyro.conf.OmitArgPrefixes[MeshFlags] = field(default_factory=MeshFlags)
    """The mesh."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        model = landmark_model(studio, self.model, self.landmark)
        request = ReconstructRequest(
            model=model,
            preset=self.preset,
            overrides=changes(self.change),
            prompt=self.prompt,
            hour=self.hour,
            month=self.month,
            seed=self.seed,
            **vars(self.mesh),
        ).validate()
        cancel = CancelToken()
        try:
            with ctrl_c_asks(cancel):
                artefact = done(studio, request, self.out, cancel)
        except Cancelled:
            raise Cancelled("stopped; the same line goes on from here") from None
        place = artefact.details["georeference"]
        text = (
            f"{artefact.path}, {artefact.details['faces']:,} triangles at {place['latitude']:.6f}, "
            f"{place['longitude']:.6f}; its scale is {place['scale_note']}"
        )
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)


def changes(words: Sequence[str]) -> dict[str, Any]:
    """Settings by name out of NAME=VALUE, whose values are numbers, [lists] or else text. Raises BadRequest."""
    found = {}
    for each in words:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise BadRequest(f"{each[:60]!r} changes no setting; write it as NAME=VALUE, like rounds=4")
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            found[name.strip()] = value
    return found
