"""A town whose colours tell where one is: red grows towards the east, green towards the north, boats are striped."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture

TOWN = Box(south=55.69, west=13.17, north=55.72, east=13.22)
SIDE_PX = 32


def pictures(count: int, seed: int) -> tuple[np.ndarray, list[Place], list[str]]:
    """Coarse noise, so that no two are twins, tinted by the place; with a boat, blue stripes across it."""
    rng = np.random.default_rng(seed)
    unit = rng.uniform(-0.9, 0.9, (count, 2))
    boat = rng.random(count) < 0.5
    pixels = rng.normal(0, 12, (count, 8, 8, 3)).repeat(SIDE_PX // 8, axis=1).repeat(SIDE_PX // 8, axis=2)
    pixels[..., 0] += (130 + 120 * unit[:, 0])[:, None, None]
    pixels[..., 1] += (130 + 120 * unit[:, 1])[:, None, None]
    pixels[:, ::4, :, 2] += 200 * boat[:, None, None]
    latitude, longitude = Frame(TOWN).from_unit(unit[:, 0], unit[:, 1])
    places = [Place(*each) for each in zip(latitude.tolist(), longitude.tolist(), strict=True)]
    captions = [f"a {'boat' if each else 'street'} in Lund" for each in boat]
    return np.clip(pixels, 0, 255).astype(np.uint8), places, captions


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of 160 photos of the town, some of its cells held out."""
    folder = tmp_path_factory.mktemp("town")
    shown, places, captions = pictures(160, seed=1)
    (folder / "photos").mkdir()
    lines = ["file,latitude,longitude,caption"]
    for number, (picture, place, caption) in enumerate(zip(shown, places, captions, strict=True)):
        large = Image.fromarray(picture).resize((64, 64), Image.Resampling.NEAREST)
        write_picture(folder / "photos" / f"{number:03d}.png", large, place=place)
        lines.append(f"{number:03d}.png,{place.latitude},{place.longitude},{caption}")
    (folder / "places.csv").write_text("\n".join(lines) + "\n")
    ingest([folder / "photos"], folder / "town", table=folder / "places.csv", workers=1)
    return folder / "town"
