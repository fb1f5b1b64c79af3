"""The verb `ingest`: photos, or a table of positions, become a collection."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

from engine.errors import BadRequest
from engine.studio.requests import IngestRequest
from engine.studio.verbs.verb import Outcome, Verb, done

if TYPE_CHECKING:
    from engine.geo.region import Region


@dataclass(frozen=True, kw_only=True)
class Ingest(Verb):
    """Turn photos with GPS, or a table of positions, into a collection."""

    sources: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Photos and folders of photos."""
    out: Path
    """Folder of the new collection."""
    table: Path | None = None
    """CSV with file, latitude, longitude and, where there is one, caption."""
    region: str | None = None
    """Take only what lies in it: a GeoJSON or KML file, or SOUTH,WEST,NORTH,EAST in degrees."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        region = None if self.region is None else _region(self.region)
        artefact = done(Studio(), IngestRequest(self.sources, self.out, self.table, region))
        taken, refused = artefact.details["taken"], artefact.details["refused"]
        reasons = sorted(refused.items(), key=lambda reason: (-reason[1], reason[0]))
        text = f"{taken:,} taken, {sum(refused.values()):,} refused"
        if reasons:
            text += ": " + ", ".join(f"{reason} {count:,}" for reason, count in reasons)
        return Outcome(text, artefact.to_dict())


def _region(text: str) -> "Region":
    """The first polygon of a file, or the box of four numbers; BadRequest where it is neither."""
    from engine.geo.formats import read
    from engine.geo.region import Box, Polygon

    if text.count(",") == 3:
        try:
            return Box(*map(float, text.split(",")))
        except ValueError:
            raise BadRequest(f"{text} is not a box; give SOUTH,WEST,NORTH,EAST in degrees") from None
    for feature in read(Path(text)):
        if isinstance(feature.geometry, Polygon):
            return feature.geometry
    raise BadRequest(f"{text} has no polygon; draw one, or give SOUTH,WEST,NORTH,EAST")
