"""The verb `generate`: a picture of a place."""

from dataclasses import dataclass
from pathlib import Path

from engine.geo.place import Place
from engine.studio.requests import ImageRequest
from engine.studio.verbs.verb import Outcome, Verb, done


@dataclass(frozen=True, kw_only=True)
class Generate(Verb):
    """Make a picture of a place."""

    at: str | None = None
    """Latitude and longitude, like 55.6985,13.1955; without it the place is left open."""
    out: Path | None = None
    """File to write: .png, .jpg or .webp; without it the picture goes into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    prompt: str = ""
    """What is to be seen; without it the place alone decides."""
    negative_prompt: str = ""
    """What is not to be seen."""
    heading: float | None = None
    """Compass direction in which the camera looks, in degrees."""
    hour: float | None = None
    """Hour of the day, 0 to 24."""
    month: float | None = None
    """Month of the year, 1 to 12."""
    guidance_scale: float = 3.5
    """How closely the picture follows the prompt."""
    gps_guidance_scale: float = 7.5
    """How closely the picture follows the place."""
    num_inference_steps: int = 30
    """Steps from noise to picture."""
    seed: int = 0
    """The same seed and settings make the same picture."""
    width_px: int | None = None
    """Width; without it the model's own."""
    height_px: int | None = None
    """Height; without it the model's own."""
    gps_in_exif: bool = True
    """Write the place into the picture's EXIF."""

    def run(self) -> Outcome:
        flags = {
            name: value for name, value in vars(self).items() if name not in ("json", "at", "out", "model")
        }
        place = None if self.at is None else Place.parse(self.at)
        from engine.studio.studio import Studio

        studio = Studio()
        model = studio.shelf.invite(self.model) if self.model else studio.shelf.default
        artefact = done(studio, ImageRequest(model=model, place=place, **flags), self.out)
        name = artefact.details["model"]["name"]
        return Outcome(f"{artefact.path}, seed {self.seed}, model {name}", artefact.to_dict())
