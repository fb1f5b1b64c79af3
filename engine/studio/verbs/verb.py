"""What every verb of the command line is: settings, one thing that it does, and what came of it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.geo.region import Box
    from engine.studio.gallery import Artefact
    from engine.studio.jobs import CancelToken
    from engine.studio.requests import Request
    from engine.studio.studio import Studio


@dataclass(frozen=True)
class Outcome:
    """What a verb came to, for people and for programs."""

    text: str
    data: Any
    code: int = 0
    notices: tuple[str, ...] = ()
    """What else one should know; the command line says each on a line of stderr."""


@dataclass(frozen=True, kw_only=True)
class Verb(ABC):
    """What every verb takes."""

    json: bool = False
    """Print the result as JSON on stdout, and nothing else there."""

    @abstractmethod
    def run(self) -> Outcome:
        """Do what the verb says."""


def done(
    studio: "Studio", request: "Request", out: Path | None = None, cancel: "CancelToken | None" = None
) -> "Artefact":
    """What the studio makes of a request, with a progress line on stderr meanwhile."""
    from engine.studio.console import progress_line

    with progress_line() as on_progress:
        return studio.run(request, on_progress, cancel, out)


def model_of(studio: "Studio", given: str | None) -> "tuple[str, Box | None]":
    """Name of the model that a user means, or else of the default one, and the box that it knows."""
    name = studio.shelf.invite(given) if given else studio.shelf.default
    card = studio.shelf.get(name).card
    return name, card.box if card else None
