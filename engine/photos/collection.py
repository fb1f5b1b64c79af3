"""Collection: a folder of clean, geotagged photos that a model can learn from, and questions about it."""

import json
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.errors import BadCollection, BadRequest
from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.geo.region import Box

VERSION = 1
"""Of the folder's layout; a later one is refused."""

PHOTOS_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("path", pa.string()),  # of the picture; null where there is only a position
        pa.field("sha256", pa.string()),
        pa.field("latitude", pa.float64(), nullable=False),
        pa.field("longitude", pa.float64(), nullable=False),
        pa.field("altitude_m", pa.float64()),
        pa.field("heading_deg", pa.float64()),
        pa.field("taken_at", pa.timestamp("us", tz="UTC")),
        pa.field("hour", pa.float64()),  # local clock, [0, 24)
        pa.field("month", pa.int8()),  # local calendar, 1 to 12
        pa.field("caption", pa.string(), nullable=False),  # "" where there is none
        pa.field("camera", pa.string()),
        pa.field("width_px", pa.int32()),
        pa.field("height_px", pa.int32()),
        pa.field("cell", pa.string(), nullable=False),  # h3, resolution 9
        pa.field("split", pa.string(), nullable=False),
        pa.field("thumbnail", pa.string()),  # relative to the collection
        pa.field("heading_reference", pa.string()),  # T true north, M magnetic north
    ]
)
REFUSED_SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
    ]
)


class Collection:
    """Photos of one city with their positions, sorted by path; the folder never changes once it is written.

    The folder holds photos.parquet (PHOTOS_SCHEMA), refused.parquet (REFUSED_SCHEMA), thumbnails/ and
    collection.json (version, name, counts, sources).
    """

    def __init__(self, path: Path, about: dict[str, Any], photos: pa.Table) -> None:
        self.path = path
        self.about = about
        """What collection.json says."""
        self.photos = photos

    @classmethod
    def open(cls, path: Path) -> "Collection":
        """The collection in this folder; BadCollection where there is none, or it is damaged."""
        if not (path / "collection.json").is_file():
            raise BadCollection(
                f"{path} is not a collection of photos; make one with: python -m engine ingest"
            )
        try:
            about = json.loads((path / "collection.json").read_text(encoding="utf-8"))
            version = about["version"]
            photos = pq.read_table(path / "photos.parquet") if version == VERSION else None
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise BadCollection(
                f"the collection {path} is damaged ({error}); ingest its photos again"
            ) from error
        if photos is None:
            raise BadCollection(
                f"the collection {path} has version {version!r}, this program reads {VERSION}"
            )
        if not photos.schema.equals(PHOTOS_SCHEMA):
            raise BadCollection(f"the collection {path} lacks columns of a photo; ingest its photos again")
        return cls(path, about, photos)

    @property
    def name(self) -> str:
        """The folder's name at the time it was made."""
        return str(self.about.get("name", self.path.name))

    @cached_property
    def refused(self) -> pa.Table:
        """What was not taken and why, sorted by path: columns path, reason, detail."""
        return pq.read_table(self.path / "refused.parquet", schema=REFUSED_SCHEMA)

    @cached_property
    def box(self) -> Box:
        """The smallest box around all photos with 50 m to spare; BadRegion across the antimeridian or near a pole."""
        latitude, longitude = self._positions
        corners = Place(latitude.min(), longitude.min()), Place(latitude.max(), longitude.max())
        return Box.around(corners, margin_m=50)

    def __len__(self) -> int:
        """How many photos there are."""
        return self.photos.num_rows

    def split(self, name: Literal["train", "validation", "test"]) -> pa.Table:
        """The photos of one part; the parts have no h3 cell in common."""
        if name not in ("train", "validation", "test"):
            raise BadRequest(f"{name!r} is no part of a collection; choose train, validation or test")
        return self.photos.filter(pc.field("split") == name)

    def density(self, resolution: int) -> list[tuple[str, int]]:
        """h3 cells of this resolution (0 to 15) that have photos, and how many, sorted by cell."""
        if not 0 <= resolution <= 15:
            raise BadRequest(f"the resolution {resolution} is no h3 resolution; choose 0 to 15")
        latitude, longitude = self._positions
        places = zip(latitude.tolist(), longitude.tolist(), strict=True)
        return sorted(Counter(h3.latlng_to_cell(lat, lon, resolution) for lat, lon in places).items())

    def nearest(self, place: Place, count: int = 1) -> list[tuple[dict[str, Any], float]]:
        """The `count` photos nearest to a place, nearest first, each as its row and its distance in metres."""
        if count < 1:
            raise BadRequest(f"{count} photos cannot be found; ask for one or more")
        latitude, longitude = self._positions
        distance, _ = ellipsoid.inverse(place.latitude, place.longitude, latitude, longitude)
        order = np.argsort(distance, kind="stable")[:count]
        rows = self.photos.take(order).to_pylist()
        return [(row, float(distance[index])) for row, index in zip(rows, order, strict=True)]

    def file(self, row: dict[str, Any], column: Literal["path", "thumbnail"] = "path") -> Path | None:
        """Where the picture or the thumbnail of a row lies; None where there is only a position."""
        return None if row[column] is None else self.path / row[column]

    @cached_property
    def _positions(self) -> tuple[np.ndarray, np.ndarray]:
        return self.photos["latitude"].to_numpy(), self.photos["longitude"].to_numpy()
