"""Photos to ingest: small real pictures, all different, at places that a test says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.geo.place import Place
from engine.photos.stamp import write_picture


def scene(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture of soft blobs; pictures of different seeds look as different as two photos do."""
    coarse = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


@pytest.fixture(scope="session")
def take() -> Callable[..., Path]:
    """Function that writes a photo of scene `seed` taken at `place`, and gives its path back."""

    def take(
        path: Path, seed: int, place: Place | None, size: tuple[int, int] = (160, 120), **more: Any
    ) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(path, scene(seed, size), place=place, **more)
        return path

    return take


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, take: Callable[..., Path]) -> Path:
    """A folder of 150 photos spread over 3 km of Lund."""
    folder = tmp_path_factory.mktemp("city")
    for index in range(150):
        place = Place(55.70 + 0.0011 * (index % 15), 13.19 + 0.004 * (index // 15))
        take(folder / f"{index // 50}" / f"{index:03d}.jpg", index, place)
    return folder


@pytest.fixture(scope="session")
def rows() -> Callable[[Any], dict[str, Mapping[str, Any]]]:
    """Function that turns a table with a path column into rows by the name of the file."""
    return lambda table: {Path(row["path"]).name: row for row in table.to_pylist()}
