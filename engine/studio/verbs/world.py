"""The verb `world photos`: what the tourists of the built-in city bring home."""

from dataclasses import dataclass
from pathlib import Path

from engine.studio.requests import WorldRequest
from engine.studio.verbs.verb import Outcome, Verb, done


@dataclass(frozen=True, kw_only=True)
class WorldPhotos(Verb):
    """Take photos of the built-in city, with EXIF. A run that was stopped goes on with the same line."""

    out: Path
    """Folder of the photos."""
    count: int
    """How many photos."""
    seed: int = 0
    """The same seed makes the same photos."""
    landmark: str | None = None
    """Only photos of this one; without it the tourists wander through the whole city."""
    size_px: int = 256
    """Side of the square photos."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        request = WorldRequest(self.out, self.count, self.seed, self.landmark, self.size_px)
        artefact = done(Studio(), request)
        text = f"{self.count:,} photos are in {self.out}, {artefact.details['written']:,} of them new"
        return Outcome(text, artefact.to_dict())
