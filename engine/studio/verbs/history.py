"""The verb `history`: the pictures that were made, found again, made again, taken along or deleted."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadRequest, UserError
from engine.studio.verbs.verb import Outcome, Verb

if TYPE_CHECKING:
    from engine.studio.gallery import Artefact
    from engine.studio.studio import Studio


@dataclass(frozen=True, kw_only=True)
class History(Verb):
    """List the pictures in the gallery, newest first; make again, take along or delete what was found."""

    words: str = ""
    """Only those with all of these words in the prompt, the negative prompt or the kind, in any order."""
    region: str | None = None
    """Only those in it: a GeoJSON or KML file, SOUTH,WEST,NORTH,EAST in degrees, or the name of a neighbourhood."""
    model: str | None = None
    """Only those of the model with this name."""
    kind: str | None = None
    """Only those of one kind: image, average, ..."""
    since: str | None = None
    """Only those of this day or later, like 2026-01-31, in UTC."""
    until: str | None = None
    """Only those of this day or earlier, in UTC."""
    starred: bool = False
    """Only those with a star."""
    rerun: bool = False
    """Make what was found again, and say of which file the bytes are others now; the gallery keeps what it has."""
    zip: Path | None = None
    """Write what was found into this zip, with places.geojson and requests.json."""
    delete: bool = False
    """Delete what was found, once it is in the zip where there is to be one; needs --yes."""
    yes: bool = False
    """Delete without asking."""

    def run(self) -> Outcome:
        from engine.studio.bundle import write_bundle
        from engine.studio.history import search
        from engine.studio.regions import find_region
        from engine.studio.studio import Studio

        studio = Studio()
        gallery = studio.gallery
        starred = gallery.starred()
        found = search(
            gallery.list(),
            self.words,
            None if self.region is None else find_region(self.region),
            self.model,
            _day("since", self.since),
            _day("until", self.until),
            self.kind,
            starred if self.starred else None,
        )
        count = f"{len(found):,} picture{'' if len(found) == 1 else 's'}"
        if self.delete and found and not self.yes:
            raise BadRequest(f"{count} would be deleted; add --yes to delete, or ask for less")
        lines: list[str] = []
        data: dict[str, Any] = {}
        if self.rerun:
            said = {artefact.id: _rerun(studio, artefact) for artefact in found}
            lines += [f"{id} {words}" for id, words in said.items()]
            data |= {"rerun": said}
        if self.zip is not None:
            write_bundle(self.zip, found)
            lines.append(f"{self.zip}, {count}")
            data |= {"zip": str(self.zip), "pictures": len(found)}
        if self.delete:
            for artefact in found:
                gallery.delete(artefact.id)
            lines.append(f"{count} deleted")
            data |= {"deleted": [artefact.id for artefact in found]}
        if data:
            return Outcome("\n".join(lines), data)
        return Outcome(
            "\n".join(_line(artefact, artefact.id in starred) for artefact in found),
            [artefact.to_dict() | {"starred": artefact.id in starred} for artefact in found],
            notices=() if found else ("no picture was found; ask for less, or make one",),
        )


def _rerun(studio: "Studio", artefact: "Artefact") -> str:
    """What comes of making a picture again, in a few words."""
    from engine.studio.console import progress_line
    from engine.studio.rerun import rerun

    try:
        with progress_line() as on_progress:
            differing = rerun(studio, artefact, on_progress).details["differing"]
    except UserError as error:
        return str(error)
    return f"{', '.join(differing)}: other bytes" if differing else "the same bytes"


def _day(name: str, written: str | None) -> date | None:
    try:
        return None if written is None else date.fromisoformat(written)
    except ValueError:
        raise BadRequest(f"{name} is {written!r}; write a day like 2026-01-31") from None


def _line(artefact: "Artefact", starred: bool) -> str:
    """One line about a picture: 0123456789abcdef 2026-01-31 14:05 * image of lund at 55.698500, 13.195500: a street."""
    request: Any = artefact.request
    where = f" at {request.where}" if request.where else ""
    prompt = "".join(sign if sign.isprintable() else " " for sign in request.prompt)
    said = f": {' '.join(prompt.split())}" if prompt.strip() else ""
    star = "*" if starred else " "
    made = f"{artefact.created_at:%Y-%m-%d %H:%M}"
    return f"{artefact.id} {made} {star} {request.NAME} of {request.model}{where}{said}"
