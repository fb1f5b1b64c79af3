"""What every verb of the command line is: settings, one thing that it does, and what came of it."""

import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from engine.errors import BadRequest
from engine.studio.jobs import CancelToken

if TYPE_CHECKING:
    from engine.geo.region import Box
    from engine.studio.gallery import Artefact
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
    studio: "Studio", request: "Request", out: Path | None = None, cancel: CancelToken | None = None
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


def landmark_model(studio: "Studio", given: str | None, landmark: str | None) -> str:
    """Name of the model that a user means, or else of the one that has learned a landmark.

    BadRequest lists the landmarks that there are.
    """
    if given:
        return studio.shelf.invite(given)
    names = {
        entry.name: entry.card.name
        for entry in studio.shelf.entries()
        if entry.card is not None and entry.problem is None and "azimuth" in entry.card.conditions
    }
    for name, known in names.items():
        if landmark is not None and landmark.casefold() in (known.casefold(), name.casefold()):
            return name
    asked = "no --landmark is named" if landmark is None else f"no model has learned {landmark[:80]!r}"
    there = f"there are {', '.join(sorted(names.values()))}" if names else "train one with `train angle`"
    raise BadRequest(f"{asked}; {there}")


@contextmanager
def ctrl_c_asks(cancel: CancelToken) -> Iterator[None]:
    """Within the block, the first Ctrl+C asks for an end that keeps a checkpoint; the second ends at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        cancel.cancel()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
