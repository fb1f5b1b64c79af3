"""The verb `belong`: where in the model's box a picture belongs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro

from engine.studio.requests import BelongRequest
from engine.studio.verbs.verb import Outcome, Verb, done, model_of


@dataclass(frozen=True, kw_only=True)
class Belong(Verb):
    """Find the place where a picture belongs by the model or by its judge, and whether one of ours landed where it
    should."""

    picture: tyro.conf.Positional[Path]
    """Any picture."""
    prompt: str = ""
    """What is to be seen in it; without it the place alone explains the picture."""
    heading: float | None = None
    """Compass direction in which it looks, in degrees; without it any."""
    hour: float | None = None
    """Hour of the day, 0 to 24; without it any."""
    month: float | None = None
    """Month of the year, 1 to 12; without it any."""
    cells: int = 144
    """How many places are asked in the first round, at most."""
    draws: int = 8
    """With how many draws of noise each is asked in the first round; each later round has so many more."""
    rounds: int = 5
    """How often the best cells are split in four, at most; no more once cells of 100 m are reached."""
    seed: int = 0
    """The same seed draws the same noise."""
    by: Literal["model", "judge"] = "model"
    """Who says where it belongs: the model by its own error, which takes minutes, or the judge beside it, which looks
    once and has no use for the settings above."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp, a heat map, and beside it the picture as the model saw it and a map of the
    cells; or .geojson, that map only; without it all of them go into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""

    def run(self) -> Outcome:
        from engine.geo.place import Place
        from engine.studio.given import given_picture
        from engine.studio.studio import Studio

        studio = Studio()
        model, _ = model_of(studio, self.model)
        request = BelongRequest(
            model=model,
            picture=given_picture(self.picture),
            cells=self.cells,
            draws=self.draws,
            rounds=self.rounds,
            prompt=self.prompt,
            heading=self.heading,
            hour=self.hour,
            month=self.month,
            seed=self.seed,
            by=self.by,
        )
        artefact = done(studio, request, self.out)
        facts = artefact.details
        parts = [str(artefact.path), str(Place(*facts["place"])), f"within {facts['uncertainty_m']:,.0f} m"]
        if "landed_m" in facts:
            parts.append(f"landed {facts['landed_m']:,.0f} m from the place asked for")
        parts.append(f"{'judge of ' if request.judged else ''}model {facts['model']['name']}")
        return Outcome(", ".join(parts), artefact.to_dict(), notices=artefact.notices)
