"""The request of an atlas: a picture for each cell of a region, together one map."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self, get_args

from engine.geo.place import Place
from engine.studio.checks import area, choice, real, whole
from engine.studio.requests.picture import PictureRequest

if TYPE_CHECKING:
    from engine.geo.region import Region

CellKind = Literal["square", "h3"]

MAPS = (".tif", ".kmz", ".geojson")
SIDES_M = (5.0, 100_000.0)
"""A GPS cannot tell places that are nearer to each other."""
RESOLUTIONS = (0, 13)


@dataclass(frozen=True)
class AtlasRequest(PictureRequest):
    """A region cut into cells, each showing the picture at its centre; all begin from the same noise."""

    NAME: ClassVar[str] = "atlas"

    region: "Region | None"
    """Box or polygon; None where a file does not tell it."""
    cells: CellKind = "square"
    """Squares of the map, or the hexagons of h3."""
    side_m: float = 150.0
    """Side of the squares on the ground."""
    resolution: int = 9
    """Of the hexagons: 9 are about 350 m wide, and one more makes them 2.6 times narrower."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Maps, unless the files are not to say where things are, for maps say nothing else."""
        return MAPS if self.gps_in_exif else ()

    @property
    def where(self) -> Place | None:
        """The middle of the region's box."""
        return self.region.bounds.centre if self.region else None

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range."""
        return replace(
            super().validate(),
            region=area("region", self.region),
            cells=choice("cells", self.cells, get_args(CellKind)),
            side_m=real("side_m", self.side_m, *SIDES_M),
            resolution=whole("resolution", self.resolution, *RESOLUTIONS),
        )
