"""A painted tower that can be photographed: a colour for each quarter of the compass under noise that SIFT likes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.landmark.camera import Camera, rays
from engine.photos.collection import Collection
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture

CENTRE = Place(48.8738, 2.2950)
HALF_M, HEIGHT_M = 6.0, 14.0
EYES_M, FAR_M, FOVY_DEG = 1.6, 26.0, 50.0
QUARTERS = {0: (230, 60, 60), 90: (60, 200, 60), 180: (60, 60, 230), 270: (220, 200, 50)}
"""Bearing of a side -> sRGB: red in the north, green in the east, blue in the south, yellow in the west."""
_PHOTO_PX = 256
_TEXEL_M = 0.12


def photograph(azimuth_deg: float, size_px: int = _PHOTO_PX) -> Image.Image:
    """The tower as a camera on the ground sees it that stands `FAR_M` away on that side; four rays a pixel."""
    look_up = HEIGHT_M / 2 - EYES_M
    camera = Camera(
        azimuth_deg,
        np.degrees(np.arctan2(EYES_M, FAR_M)),
        np.hypot(FAR_M, EYES_M),
        FOVY_DEG,
        EYES_M + look_up,
    )
    rays_o, rays_d = (each.double().numpy() for each in rays(camera, 2 * size_px, 2 * size_px))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.array([-HALF_M, -HALF_M, 0.0]), np.array([HALF_M, HALF_M, HEIGHT_M])
        ends = np.sort(np.stack([(low - rays_o) / rays_d, (high - rays_o) / rays_d]), axis=0)
        enter, leave = ends[0].max(1), ends[1].min(1)
        ground = np.where(rays_d[:, 2] < 0, -rays_o[:, 2] / rays_d[:, 2], np.inf)
    hit = (enter < leave) & (enter > 0)
    picture = np.tile([150.0, 190.0, 230.0], (len(rays_d), 1))
    below = ~hit & (ground < 80)
    at = rays_o[below] + rays_d[below] * ground[below, None]
    picture[below] = 60 + 120 * _noise(9, at[:, 0], at[:, 1])[:, None] * [1.0, 0.95, 0.85]
    at = rays_o[hit] + rays_d[hit] * enter[hit, None]
    east_west = np.abs(np.abs(at[:, 0]) - HALF_M) < 1e-6
    side = np.where(east_west, np.where(at[:, 0] > 0, 90, 270), np.where(at[:, 1] > 0, 0, 180))
    along = np.where(east_west, at[:, 1], at[:, 0])
    colours = np.zeros((len(at), 3))
    for number, (bearing, colour) in enumerate(QUARTERS.items()):
        mine = side == bearing
        colours[mine] = np.array(colour) * (0.35 + 0.65 * _noise(number, along[mine], at[mine, 2])[:, None])
    picture[hit] = colours
    picture = picture.reshape(size_px, 2, size_px, 2, 3).mean((1, 3))
    return Image.fromarray(picture.round().astype(np.uint8))


def take_photos(folder: Path, azimuths_deg: Sequence[float]) -> list[Path]:
    """Photos with their places as EXIF, in the order of the azimuths."""
    folder.mkdir(parents=True)
    paths = []
    for number, azimuth_deg in enumerate(azimuths_deg):
        paths.append(folder / f"{number:03d}.jpg")
        write_picture(paths[-1], photograph(azimuth_deg), place=destination(CENTRE, azimuth_deg, FAR_M))
    return paths


@pytest.fixture(scope="session")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection of twenty photos from all around."""
    folder = tmp_path_factory.mktemp("tower")
    take_photos(folder / "photos", [18.0 * number for number in range(20)])
    ingest([folder / "photos"], folder / "tower", workers=1)
    return Collection.open(folder / "tower")


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """A folder of nine photos around the centre that have nothing in common."""
    folder, rng = tmp_path / "photos", np.random.default_rng(0)
    folder.mkdir()
    for number in range(9):
        blots = Image.fromarray(rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)).resize((128, 128))
        write_picture(folder / f"{number}.jpg", blots, place=destination(CENTRE, 40.0 * number, FAR_M))
    return folder


def _noise(seed: int, across_m: np.ndarray, up_m: np.ndarray) -> np.ndarray:
    """Blots of half a metre and less, in [0, 1]."""
    rng = np.random.default_rng(seed)
    fine = rng.random((512, 512))
    blots = sum(_even(gaussian_filter(fine, size, mode="wrap")) for size in (1.2, 3.0)) / 2
    places = np.stack([up_m, across_m]) / _TEXEL_M
    return map_coordinates(blots, places, order=1, mode="grid-wrap").clip(0, 1)


def _even(values: np.ndarray) -> np.ndarray:
    return 0.5 + (values - values.mean()) / values.std() / 4
