"""The verb `world photos`: what the tourists of the built-in city bring home."""

from dataclasses import dataclass

import tyro

from engine.studio.requests import WorldRequest
from engine.studio.verbs.verb import Outcome, Verb, done


@dataclass(frozen=True, kw_only=True)
class WorldPhotos(Verb):
    """Take photos of the built-in city, with EXIF. A run that was stopped goes on with the same line."""

    request: tyro.conf.OmitArgPrefixes[WorldRequest]
    """What is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        artefact = done(Studio(), self.request)
        count, written = self.request.count, artefact.details["written"]
        return Outcome(
            f"{count:,} photos are in {self.request.out}, {written:,} of them new", artefact.to_dict()
        )
