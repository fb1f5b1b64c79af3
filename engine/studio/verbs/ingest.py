"""The verb `ingest`: photos, or a table of positions, become a collection."""

from dataclasses import dataclass
from pathlib import Path

import tyro

from engine.studio.regions import find_region
from engine.studio.requests import IngestRequest
from engine.studio.verbs.verb import Outcome, Verb, done


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
    """Take only what lies in it: a GeoJSON or KML file, SOUTH,WEST,NORTH,EAST in degrees, or a neighbourhood."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        region = None if self.region is None else find_region(self.region)
        artefact = done(Studio(), IngestRequest(self.sources, self.out, self.table, region))
        taken, refused = artefact.details["taken"], artefact.details["refused"]
        reasons = sorted(refused.items(), key=lambda reason: (-reason[1], reason[0]))
        text = f"{taken:,} taken, {sum(refused.values()):,} refused"
        if reasons:
            text += ": " + ", ".join(f"{reason} {count:,}" for reason, count in reasons)
        return Outcome(text, artefact.to_dict())
