"""The verb `average`: the picture that is typical of a region."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.diffusion.estimator import Estimator
from engine.studio.regions import find_region
from engine.studio.requests import AverageRequest, PictureSettings
from engine.studio.requests.average import Spread
from engine.studio.verbs.verb import Outcome, Verb, done, model_of


@dataclass(frozen=True, kw_only=True)
class Average(Verb):
    """Make the average picture of a region."""

    region: str
    """A GeoJSON or KML file, SOUTH,WEST,NORTH,EAST in degrees, or the name of a neighbourhood or park."""
    samples: int = 64
    """How many places of the region are asked."""
    spread: Spread = "area"
    """Draw them evenly over the area, or as the training photos lie."""
    estimator: Estimator = "exact"
    """Ask all of them at each step (exact), a few drawn anew (fresh), or few and later more (growing)."""
    samples_per_step: int = 16
    """How many a step asks, on average, unless it asks all."""
    of_pictures: bool = False
    """Instead of the model's predictions, average the pixels of finished pictures: for contrast."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp, and beside it the map of where the places disagree; without it the picture
    goes into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        studio = Studio()
        model, box = model_of(studio, self.model)
        request = AverageRequest(
            model=model,
            region=find_region(self.region, box),
            samples=self.samples,
            spread=self.spread,
            estimator=self.estimator,
            samples_per_step=self.samples_per_step,
            of_pictures=self.of_pictures,
            **vars(self.settings),
        )
        artefact = done(studio, request, self.out)
        text = f"{artefact.path}, {self.samples} places, model {artefact.details['model']['name']}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)
