"""The verb `atlas`: a map of a region made of pictures."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.errors import BadRequest
from engine.studio.regions import find_region
from engine.studio.requests import AtlasRequest, PictureSettings
from engine.studio.requests.atlas import MAPS, CellKind
from engine.studio.verbs.verb import Outcome, Verb, done, model_of


@dataclass(frozen=True, kw_only=True)
class Atlas(Verb):
    """Make a map of a region out of pictures, one for each cell."""

    region: str
    """A GeoJSON or KML file, SOUTH,WEST,NORTH,EAST in degrees, or the name of a neighbourhood or park."""
    cells: CellKind = "square"
    """Cut the region into squares of the map, or into hexagons of h3."""
    side_m: float = 150.0
    """Side of the squares on the ground."""
    resolution: int = 9
    """Of the hexagons: 9 are about 350 m wide, and one more makes them 2.6 times narrower."""
    out: Path | None = None
    """File to write: .tif (GeoTIFF), .kmz or .geojson alone, or .png, .jpg or .webp and those three beside it; without
    it all four go into the gallery."""
    model: str | None = None
    """Name of a model, or its folder; without it the demo, or the first that there is."""
    settings: tyro.conf.OmitArgPrefixes[PictureSettings] = field(default_factory=PictureSettings)
    """What else is asked for."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        if self.out and self.out.suffix.lower() in MAPS and not self.settings.gps_in_exif:
            raise BadRequest(
                f"{self.out.name} would say nothing but where things are; leave --no-gps-in-exif out, or end it in .png"
            )
        studio = Studio()
        model, box = model_of(studio, self.model)
        request = AtlasRequest(
            model=model,
            region=find_region(self.region, box),
            cells=self.cells,
            side_m=self.side_m,
            resolution=self.resolution,
            **vars(self.settings),
        )
        artefact = done(studio, request, self.out)
        count = len(artefact.details["places"])
        text = f"{artefact.path}, {count} cells, model {artefact.details['model']['name']}"
        return Outcome(text, artefact.to_dict(), notices=artefact.notices)
