"""Mapping: from photos around one thing to where each camera stood, by pycolmap: SIFT, matches, incremental mapping."""

import math
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from engine.errors import BadCollection, MissingExtra
from engine.geo.ellipsoid import half_turn
from engine.landmark.sfm.alignment import EYES_M
from engine.landmark.sfm.config import SfmConfig
from engine.photos.exif import upright
from engine.photos.opening import opened

Floats = NDArray[np.float64]
OnStep = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much; may raise to stop."""

FEWEST = 8
"""Registered photos that a landmark needs at least, however few there are."""
_LOOK_S = 0.2
_FILM = ExifTags.Base.FocalLengthIn35mmFilm
_GPS_M = (8.0, 8.0, 3.0)
"""Standard errors of a telephone's GPS east and north, and of level ground."""
_FIRST_ANGLE_DEG = 5.0
"""Between the rays of the pair that a reconstruction begins with; pycolmap's own 16 leaves small photos, which match
only where they were taken near each other, with pairs that merely look alike."""
_FATAL = 3


@dataclass(frozen=True, eq=False)
class Mapped:
    """Cameras and points in axes and a unit of their own."""

    numbers: tuple[int, ...]
    """Which of the photos are registered, ascending."""
    centres: Floats
    """(N, 3) where they stood."""
    axes: Floats
    """(N, 3, 3): columns right, up and back, as a Pose has them."""
    cameras: tuple[Any, ...]
    """pycolmap's camera of each, with its lens, for the photo at `photo_px`."""
    points: Floats
    """(P, 3) what was seen by several."""
    seen_by: NDArray[np.int64]
    """(P,) how many photos saw each point."""
    error_px: float
    """Mean reprojection error."""

    def only(self, kept: NDArray[np.bool_]) -> "Mapped":
        """The same without the cameras that are not kept; points stay."""
        numbers, cameras = np.flatnonzero(kept), self.cameras
        return replace(
            self,
            numbers=tuple(self.numbers[number] for number in numbers),
            centres=self.centres[kept],
            axes=self.axes[kept],
            cameras=tuple(cameras[number] for number in numbers),
        )


def pycolmap() -> Any:
    """The library, told to keep its log to itself. Raises MissingExtra."""
    if find_spec("pycolmap") is None:
        raise MissingExtra(
            "structure from motion needs pycolmap, which is not installed; install it with: pip install pycolmap"
        )
    library = import_module("pycolmap")
    library.logging.minloglevel = _FATAL
    return library


def map_photos(
    paths: Sequence[Path], gps_m: Floats, folder: Path, config: SfmConfig, on_step: OnStep
) -> list[Mapped]:
    """Reconstructions of the photos, largest first, each of `FEWEST` or more that are linked by what they show.

    The photos' GPS is `gps_m` (N, 2), metres east and north of the landmark.

    GPS chooses the pairs that are matched and softly holds the cameras in their places. `folder` keeps the photos at
    `photo_px` and pycolmap's database. Each photo has a lens of its own, whose focal length and distortion are found
    too. Raises MissingExtra, BadFile, and BadCollection that says how many of how many photos were registered where
    they are too few.
    """
    library = pycolmap()
    names = _shrunk(paths, folder, config.photo_px, on_step)
    database, pictures = folder / "database.db", folder / "photos"
    _extract(library, database, pictures, names, config, on_step)
    _tell_places(library, database, gps_m)
    azimuths_deg = np.degrees(np.arctan2(gps_m[:, 0], gps_m[:, 1]))
    _match(library, database, folder / "pairs.txt", _neighbours(names, azimuths_deg, config), on_step)
    found = _mapped(library, database, pictures, folder / "models", len(names), config, on_step)
    told = sorted(
        (_told(model, names) for model in found.values()), key=lambda each: len(each.numbers), reverse=True
    )
    check_registered(len({number for each in told for number in each.numbers}), len(names), config)
    return told


def check_registered(registered: int, photos: int, config: SfmConfig, how: str = "registered") -> None:
    """Nothing, when so many of the photos are enough; else BadCollection that says how many were `how`."""
    needed = max(FEWEST, math.ceil(config.least_share * photos))
    if registered < needed:
        raise BadCollection(
            f"{registered} of {photos} photos were {how}, too few for structure from motion, which needs {needed}; add "
            "overlapping photos by day and in one light, or grow the landmark out of a model (train angle, then "
            "reconstruct)"
        )


def _shrunk(paths: Sequence[Path], folder: Path, photo_px: int, on_step: OnStep) -> list[str]:
    """Names of the photos in `folder`/photos, upright and no longer than `photo_px`, in their order."""
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    names = [f"{number:06d}.jpg" for number in range(len(paths))]
    for number, (path, name) in enumerate(zip(paths, names, strict=True)):
        on_step("reading photos", number, len(paths))
        with opened(path) as image:
            lens, photo = _lens(image), upright(image)
        photo.thumbnail((photo_px, photo_px), Image.Resampling.LANCZOS)
        photo.save(folder / "photos" / name, quality=95, exif=lens)
    return names


def _lens(image: Image.Image) -> Image.Exif:
    """EXIF with nothing but the focal length, which pycolmap then begins from; empty where the photo tells none."""
    kept = Image.Exif()
    try:
        film_mm = image.getexif().get_ifd(ExifTags.IFD.Exif).get(_FILM)
    except Exception:  # damaged EXIF is no EXIF
        return kept
    if isinstance(film_mm, int) and film_mm > 0:
        kept.get_ifd(ExifTags.IFD.Exif)[_FILM] = film_mm
    return kept


def _extract(
    library: Any, database: Path, pictures: Path, names: list[str], config: SfmConfig, on_step: OnStep
) -> None:
    options = library.FeatureExtractionOptions()
    options.sift.max_num_features = config.max_num_features
    options.sift.peak_threshold = config.peak_threshold
    together = os.cpu_count() or 1
    for first in range(0, len(names), together):
        on_step("looking for features", first, len(names))
        library.extract_features(
            database,
            pictures,
            names[first : first + together],
            camera_mode=library.CameraMode.PER_IMAGE,
            extraction_options=options,
        )


def _tell_places(library: Any, database: Path, gps_m: Floats) -> None:
    """Writes into the database where the photos were taken, on level ground."""
    with library.Database.open(database) as records:
        for image in records.read_all_images():
            prior = library.PosePrior()
            prior.corr_data_id = image.data_id
            prior.position = [*gps_m[int(Path(image.name).stem)], EYES_M]
            prior.position_covariance = np.diag(_GPS_M) ** 2
            prior.coordinate_system = library.PosePriorCoordinateSystem.CARTESIAN
            records.write_pose_prior(prior)


def _neighbours(names: Sequence[str], azimuths_deg: Floats, config: SfmConfig) -> list[str]:
    """The pairs of photos from sides that are near each other, each as a line."""
    apart = np.abs(half_turn(azimuths_deg[:, None] - azimuths_deg))
    np.fill_diagonal(apart, np.inf)
    near = apart <= config.most_turn_deg
    nearest = np.argsort(apart, axis=1, kind="stable")[:, : min(config.least_neighbours, len(names) - 1)]
    np.put_along_axis(near, nearest, True, axis=1)
    pairs = np.argwhere(np.triu(near | near.T, 1))
    return [f"{names[one]} {names[other]}" for one, other in pairs]


def _match(library: Any, database: Path, list_path: Path, pairs: Sequence[str], on_step: OnStep) -> None:
    list_path.write_text("\n".join(pairs), encoding="utf-8")
    options = library.ImportedPairingOptions()
    options.match_list_path = list_path
    _watched(
        library,
        lambda token: library.match_image_pairs(database, pairing_options=options, cancellation_token=token),
        lambda: on_step(f"matching {len(pairs):,} pairs of photos", 0, len(pairs)),
    )


def _mapped(
    library: Any,
    database: Path,
    pictures: Path,
    out: Path,
    count: int,
    config: SfmConfig,
    on_step: OnStep,
) -> dict[int, Any]:
    """All reconstructions that were found."""
    options = library.IncrementalPipelineOptions()
    options.min_model_size = FEWEST
    options.mapper.init_min_tri_angle = _FIRST_ANGLE_DEG
    options.extract_colors = False
    options.use_prior_position = options.use_robust_loss_on_prior_position = True
    options.random_seed = config.seed
    out.mkdir(exist_ok=True)
    placed = 0

    def one_more() -> None:
        nonlocal placed
        placed += 1

    return _watched(
        library,
        lambda token: library.incremental_mapping(
            database, pictures, out, options, next_image_callback=one_more, cancellation_token=token
        ),
        lambda: on_step("registering photos", min(placed, count), count),
    )


def _watched(library: Any, work: Callable[[Any], Any], look: Callable[[], None]) -> Any:
    """What the work returns; `look` is asked again and again meanwhile, and what it raises stops the work."""
    token = library.CancellationToken()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, token)
        try:
            while not future.done():
                look()
                time.sleep(_LOOK_S)
        except BaseException:
            token.cancel()
            raise
        return future.result()


def _told(model: Any, names: Sequence[str]) -> Mapped:
    images = sorted((model.image(each) for each in model.reg_image_ids()), key=lambda image: image.name)
    poses = [image.cam_from_world() for image in images]
    # pycolmap's cameras have x right, y down and z forward.
    axes = np.stack([pose.rotation.matrix().T * [1.0, -1.0, -1.0] for pose in poses])
    points = list(model.points3D.values())
    return Mapped(
        numbers=tuple(names.index(image.name) for image in images),
        centres=np.stack([image.projection_center() for image in images]),
        axes=axes,
        cameras=tuple(model.camera(image.camera_id) for image in images),
        points=np.array([point.xyz for point in points]).reshape(-1, 3),
        seen_by=np.array([point.track.length() for point in points], dtype=np.int64),
        error_px=float(model.compute_mean_reprojection_error()),
    )
