"""Collections as the page shows them: counts, refusals by reason, and the density of photos on the map."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadCollection, GeniusLociError
from engine.studio.evidence import collection_of
from ui.cache import cached_json
from ui.map_document import file_url
from ui.map_state import Density

if TYPE_CHECKING:
    from engine.diffusion.card import PlaceCard
    from engine.geo.region import Box


@dataclass(frozen=True)
class CollectionView:
    """What there is to see of one collection."""

    name: str
    box: "Box"
    latitudes: np.ndarray
    longitudes: np.ndarray
    density: Density
    splits: Mapping[str, int]
    refused: Mapping[str, int]

    def __len__(self) -> int:
        """Number of photos."""
        return len(self.latitudes)


class CollectionViews:
    """The views of a home's collections; each is read once, and again when its photos have changed."""

    def __init__(self, folders: Callable[[], Sequence[Path]], cache: Path) -> None:
        """`folders` lists the collections there are, `cache` is where the map's hexagons are kept."""
        self._folders = folders
        self._cache = cache
        self._read: dict[tuple[Path, int], CollectionView] = {}

    @property
    def names(self) -> list[str]:
        """Names of the collections there are."""
        return [folder.name for folder in self._folders()]

    def get(self, name: str) -> CollectionView:
        """The view of a collection; BadCollection where there is none of that name, or it cannot be read."""
        folder = next((folder for folder in self._folders() if folder.name == name), None)
        if folder is None:
            raise BadCollection(f"there is no collection {name!r}; choose one of the list")
        key = (folder, (folder / "photos.parquet").stat().st_mtime_ns)
        if key not in self._read:
            self._read[key] = self._view(folder)
        return self._read[key]

    def shown(self, name: str | None) -> CollectionView | None:
        """The view of a collection; None where there is nothing to show."""
        try:
            return self.get(name) if name else None
        except (GeniusLociError, OSError):
            return None

    def of_model(self, card: "PlaceCard | None") -> str | None:
        """Name of the collection that a model learned from; None where it is not at home here."""
        folder = collection_of(card, self._folders())
        return folder.name if folder else None

    def _view(self, folder: Path) -> CollectionView:
        import h3

        from engine.photos.collection import Collection

        collection = Collection.open(folder)
        photos = collection.photos
        cells = [
            ([[round(angle, 6) for angle in corner] for corner in h3.cell_to_boundary(cell)], count)
            for cell, count in collection.density(_resolution(collection.box))
        ]
        return CollectionView(
            name=folder.name,
            box=collection.box,
            latitudes=photos["latitude"].to_numpy(),
            longitudes=photos["longitude"].to_numpy(),
            density=Density(file_url(cached_json(self._cache, "density", cells))),
            splits=Counter(photos["split"].to_pylist()),
            refused=Counter(collection.refused["reason"].to_pylist()),
        )


def _resolution(box: "Box") -> int:
    """The h3 resolution at which about forty hexagons stand side by side across the box."""
    across_m = max(box.width_m, box.height_m) / 40
    edge_of_0_m = 1_281_256.0  # a hexagon's edge at resolution 0; each resolution is sqrt(7) times finer
    resolution = round(math.log(edge_of_0_m * 1.8 / max(across_m, 1.0), math.sqrt(7)))
    return min(max(resolution, 4), 12)
