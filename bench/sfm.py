"""How well structure from motion finds the cameras of photos of the built-in landmarks, or says why it does not.

    python -m bench.sfm [--landmarks arc-de-triomphe leaning-tower-of-pisa] [--photos 72] [--tourists 72]

The ring is what structure from motion likes: a clear noon, no filters, no subject, the focal length in EXIF in
whole millimetres as telephones write it, and GPS that is true. The tourists are the world's own photos: all hours and
weathers, sketches among them, no focal length, GPS off by 5 to 15 m. What is measured is held against the truth of each
photo: where its camera stood, on which side, and where it looked. Photos are kept in the cache. A ring of 72 photos
takes two minutes to render and one to register, on one core.
"""

import math
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import tyro
from PIL import ExifTags, Image

from engine.errors import BadCollection
from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.landmark.sfm.config import SfmConfig
from engine.landmark.sfm.placing import Placed, place_cameras
from engine.photos.stamp import write_picture
from engine.world.photos import write_photos
from engine.world.plan.elements import Landmark
from engine.world.plan.landmarks import find_landmark
from engine.world.scene import build_scene, render_shot
from engine.world.shot import TouristShot
from engine.world.tourist import tourists as shots_of
from engine.world.tourist import training_tourists

_FILM_MM = math.hypot(36, 24) / math.sqrt(2)
"""Side of a square with the diagonal of 35 mm film, by which focal lengths are made comparable."""
_NOON = {"month": 6, "day": 21, "hour": 13, "minute": 0}


def main(
    landmarks: tuple[str, ...] = ("arc-de-triomphe", "leaning-tower-of-pisa"),
    photos: int = 72,
    size_px: int = 512,
    tourists: int = 72,
    seed: int = 0,
    cache: Path = Path(".cache/sfm"),
) -> None:
    """Measure and print; `photos` are the ring's, `tourists` photos of 256 px come after them, 0 leaves them out."""
    torch.set_num_threads(1)
    for name in landmarks:
        mark = find_landmark(name)
        folder = cache / f"{mark.key}-{size_px}-{seed}"
        _measure(f"{mark.name}, ring", mark, *_ring(mark, photos, size_px, seed, folder))
        if tourists:
            folder = cache / f"{mark.key}-tourists-{seed}"
            _measure(f"{mark.name}, tourists", mark, *_tourists(mark, tourists, seed, folder))


def _ring(
    mark: Landmark, count: int, size_px: int, seed: int, folder: Path
) -> tuple[list[TouristShot], list[Path]]:
    """Photos all around at a clear noon, whose GPS is true."""
    folder.mkdir(parents=True, exist_ok=True)
    stage, shots, paths = build_scene(mark.key), [], []
    for tourist in shots_of(count, seed, mark.key):
        shot = replace(
            tourist,
            place_gps=tourist.place_true,
            weather="clear",
            style=None,
            subject=None,
            taken_at=tourist.taken_at.replace(**_NOON),
        )
        path = folder / f"{shot.index:06d}.jpg"
        if not path.exists():
            picture = Image.fromarray(render_shot(stage, shot, size_px, supersampling=1))
            write_picture(path, picture, place=shot.place_gps, heading_deg=shot.heading_deg)
            _stamp_lens(path, shot.fovy_deg)
        shots.append(shot)
        paths.append(path)
    return shots, paths


def _stamp_lens(path: Path, fovy_deg: float) -> None:
    """Writes the focal length into a square photo's EXIF, in whole millimetres of 35 mm film, as telephones do."""
    with Image.open(path) as photo:
        exif = photo.getexif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLengthIn35mmFilm] = round(
            _FILM_MM / 2 / math.tan(math.radians(fovy_deg) / 2)
        )
        photo.save(path, exif=exif, quality="keep")


def _tourists(mark: Landmark, count: int, seed: int, folder: Path) -> tuple[list[TouristShot], list[Path]]:
    write_photos(folder, count, seed, mark.key, workers=1)
    shots = list(islice(training_tourists(seed, mark.key), count))
    return shots, [folder / f"{shot.index:06d}.jpg" for shot in shots]


def _measure(what: str, mark: Landmark, shots: Sequence[TouristShot], paths: Sequence[Path]) -> None:
    gps_m = _metres(mark.place, [shot.place_gps for shot in shots])
    started, used = time.perf_counter(), time.process_time()
    room = paths[0].parent.with_suffix(".room")
    try:
        placed = place_cameras(paths, gps_m, room, SfmConfig(), lambda *step: None)
        lines = [f"{len(placed.numbers)} of {len(paths)} photos registered", *_errors(mark, shots, placed)]
    except BadCollection as error:
        lines = [f"says why not: {error}"]
    finally:
        shutil.rmtree(room, ignore_errors=True)
    seconds = (
        f"{time.perf_counter() - started:.0f} s, {time.process_time() - used:.0f} s of it the processor's"
    )
    print(f"{what}: {lines[0]}, in {seconds} (target: registers or says why not)")
    for line in lines[1:]:
        print(f"    {line}", flush=True)


def _errors(mark: Landmark, shots: Sequence[TouristShot], placed: Placed) -> list[str]:
    """The cameras held against the truth."""
    seen = [shots[number] for number in placed.numbers]
    true = np.column_stack(
        [_metres(mark.place, [shot.place_true for shot in seen]), [shot.eye_height_m for shot in seen]]
    )
    found = placed.positions_m
    off = np.linalg.norm(found - true, axis=1)
    sides = np.abs(ellipsoid.half_turn(_bearing(found) - _bearing(true)))
    headings = np.array([shot.heading_deg for shot in seen])
    turned = ellipsoid.half_turn(_bearing(-placed.axes[:, :, 2]) - headings)
    about, meant = found - found.mean(0), true - true.mean(0)
    scale = np.linalg.norm(about[:, :2]) / np.linalg.norm(meant[:, :2]) - 1
    return [
        f"cameras off by {np.median(off):.2f} m in the median, {off.max():.2f} m at most",
        f"azimuth off by {np.median(sides):.2f} degrees in the median, {sides.max():.2f} at most",
        f"north off by {np.median(turned):+.2f} degrees, scale by {scale:+.2%}",
        f"GPS fits within {placed.residual_m:.1f} m, which promises {placed.uncertainty:.1%} of scale and "
        f"{placed.north_error_deg:.1f} degrees of north",
        f"{placed.parts} reconstructions, {len(placed.points_m):,} points, reprojected within {placed.error_px:.2f} px",
    ]


def _metres(centre: Place, places: Sequence[Place]) -> np.ndarray:
    """(N, 2) metres east and north of the centre."""
    latitude, longitude = np.array([(place.latitude, place.longitude) for place in places]).T
    distance_m, bearing_deg = ellipsoid.inverse(centre.latitude, centre.longitude, latitude, longitude)
    bearing = np.radians(bearing_deg)
    return np.column_stack([distance_m * np.sin(bearing), distance_m * np.cos(bearing)])


def _bearing(points: np.ndarray) -> np.ndarray:
    return np.degrees(np.arctan2(points[:, 0], points[:, 1]))


if __name__ == "__main__":
    tyro.cli(main)
