"""Renders: photos of the built-in city or of a landmark beside their truth, taken once and kept on disk in shards.

A shard is a compressed NumPy archive without pickles that appears whole or not at all, so a run that was killed goes
on where it stopped, and several processes take shards of their own.
"""

import hashlib
import math
import multiprocessing
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from itertools import count as numbers_from
from itertools import islice
from pathlib import Path
from typing import Literal

import h3
import numpy as np
from jaxtyping import UInt8

from engine.atomic import writing_file
from engine.errors import BadFile, BadRequest
from engine.geo.bearing import azimuth_deg
from engine.geo.place import Place
from engine.photos.cleaning import CELL_RESOLUTION, cells_of, split_by_cell
from engine.world.plan.city import manhattan
from engine.world.plan.landmarks import find_landmark
from engine.world.shot import StyleKind, TouristShot
from engine.world.standpoints import standpoints
from engine.world.styles import styled
from engine.world.tourist import Light, plainly, tourist

Part = Literal["train", "held_out"]
SIZES_PX = (32, 512)
MOST_PHOTOS = 200_000
_SHARD = 100
_NICE = 10
_GREYS: tuple[StyleKind, ...] = ("pencil sketch", "black and white", "sepia")


@dataclass(frozen=True, eq=False)
class Renders:
    """Photos and, row by row, what is true of them."""

    pixels: UInt8[np.ndarray, "N H W 3"]
    truth: Mapping[str, np.ndarray]
    """Columns of `truth_of`, each (N,)."""

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, rows: np.ndarray | slice) -> "Renders":
        """The photos of some rows, by number or by a mask."""
        return Renders(self.pixels[rows], {name: column[rows] for name, column in self.truth.items()})


def is_held_out_place(place: Place) -> bool:
    """Whether a place lies in one of the h3 cells, one in five, in which no training photo is taken.

    They are the cells of validation and test in a collection of photos of the whole city.
    """
    return _split()[h3.latlng_to_cell(place.latitude, place.longitude, CELL_RESOLUTION)] != "train"


def shots_of(
    part: Part, seed: int, landmark: str | None = None, light: Light | None = None
) -> Iterator[TouristShot]:
    """Endless shots of one side of the split; the held-out side has other tourists in other cells.

    Around a `landmark` (its key) both sides stand anywhere, and are told apart by their tourists alone. With a `light`
    all are taken in it, with nothing before the camera and in no style. Pairs of word
    and place that are kept out of a generator's training are not left out here: a judge must know them to recognise
    them.
    """
    held_out = part == "held_out"
    if landmark is not None:
        shots = (tourist(index, seed + held_out, landmark) for index in numbers_from())
    else:
        everywhere = (tourist(index, seed + held_out) for index in numbers_from())
        shots = (shot for shot in everywhere if is_held_out_place(shot.place_true) == held_out)
    return shots if light is None else (plainly(shot, *light) for shot in shots)


def render_photos(
    folder: Path,
    part: Part,
    count: int,
    seed: int = 0,
    size_px: int = 96,
    processes: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    landmark: str | None = None,
    light: Light | None = None,
) -> Path:
    """The folder within `folder` that holds the first `count` photos of one side, once they are all there.

    They are those of `shots_of`. Counted in whole shards of 100. `on_progress(done, count)` may raise
    to stop; what was rendered stays. Each process keeps to one core and gives way to others. Photos keep the name of
    the city that they show (`city` in their truth), because a later version of it does not render them again.

    Raises BadRequest for numbers out of range, DiskFull.
    """
    limits = (
        ("photos", count, 1, MOST_PHOTOS),
        ("size_px", size_px, *SIZES_PX),
        ("processes", processes, 1, 256),
    )
    for name, value, least, most in limits:
        if not least <= value <= most:
            raise BadRequest(f"{name} is {value:,}; give a whole number from {least:,} to {most:,}")
    home = folder_of(folder, part, seed, size_px, landmark, light)
    home.mkdir(parents=True, exist_ok=True)
    for left_over in home.glob(".*.partial"):
        left_over.unlink(missing_ok=True)
    shards = range(-(-count // _SHARD))
    missing = [number for number in shards if not _path(home, number).exists()]
    done = len(shards) - len(missing)
    shots = shots_of(part, seed, landmark, light)
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _give_way) as pool:
        try:
            work = []
            for number in shards:
                own = list(islice(shots, _SHARD))
                if number in missing:
                    work.append(pool.submit(_render_shard, _path(home, number), own, size_px, landmark))
            for finished in as_completed(work):
                finished.result()
                done += 1
                if on_progress:
                    on_progress(min(done * _SHARD, count), count)
        finally:
            pool.shutdown(cancel_futures=True)
    return home


def folder_of(
    folder: Path,
    part: Part,
    seed: int,
    size_px: int,
    landmark: str | None = None,
    light: Light | None = None,
) -> Path:
    """Where the photos of one request are kept."""
    of = f"{landmark}-" if landmark else ""
    lit = f"-hour{light[0]:g}-month{light[1]}" if light else ""
    return folder / f"{of}{part}-seed{seed}-{size_px}px{lit}"


def open_renders(home: Path, count: int | None = None) -> Renders:
    """The photos of a folder that `render_photos` made or is still making, in order; `count` of them where given.

    Raises BadFile when there are none, and when a shard is damaged.
    """
    pixels, columns, left = [], [], count if count is not None else MOST_PHOTOS
    for path in sorted(home.glob("[0-9]*.npz")):
        if left <= 0:
            break
        try:
            with np.load(path, allow_pickle=False) as shard:
                columns.append({name: shard[name][:left] for name in shard.files})
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise BadFile(f"{path} is damaged ({error}); remove it to have it rendered again") from error
        pixels.append(columns[-1].pop("pixels"))
        left -= len(pixels[-1])
    if not pixels:
        raise BadFile(f"{home} holds no rendered photos; render some first")
    truth = {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}
    return Renders(np.concatenate(pixels), truth)


def with_grey_copies(photos: Renders, share: float, seed: int = 0) -> Renders:
    """The photos, and after them copies of that share of the plain ones, drawn or printed without colours.

    Few tourists draw; with the copies a judge sees enough greys to learn shapes beside colours.
    """
    rng = np.random.default_rng(seed)
    plain = np.flatnonzero(photos.truth["style"] == "")
    chosen = np.sort(rng.choice(plain, int(len(plain) * share), replace=False))
    styles = np.array(_GREYS)[rng.integers(len(_GREYS), size=len(chosen))]
    copies = [
        styled(photos.pixels[row], style, int(row))
        for row, style in zip(chosen, styles.tolist(), strict=True)
    ]
    truth = {name: np.concatenate([column, column[chosen]]) for name, column in photos.truth.items()}
    truth["style"] = np.concatenate([photos.truth["style"], styles])
    return Renders(np.concatenate([photos.pixels, np.array(copies, np.uint8)]), truth)


def truth_of(shots: Sequence[TouristShot]) -> dict[str, np.ndarray]:
    """Everything that is true of shots, as columns; no subject, style or sight and no neighbourhood is ""."""
    return {
        "index": np.array([shot.index for shot in shots]),
        "latitude": np.array([shot.place_true.latitude for shot in shots]),
        "longitude": np.array([shot.place_true.longitude for shot in shots]),
        "heading_deg": np.array([shot.heading_deg for shot in shots]),
        "azimuth_deg": np.array([_azimuth_deg(shot) for shot in shots]),
        "hour": np.array([shot.hour for shot in shots]),
        "month": np.array([shot.taken_at.month for shot in shots]),
        "sun_deg": np.array([_sun_deg(shot) for shot in shots]),
        "neighbourhood": np.array([shot.neighbourhood for shot in shots]),
        "weather": np.array([shot.weather for shot in shots]),
        "subject": np.array([shot.subject.kind if shot.subject else "" for shot in shots]),
        "style": np.array([shot.style or "" for shot in shots]),
        "sight": np.array([shot.landmark or "" for shot in shots]),
        "held_out_pair": np.array([shot.split_pair_held_out for shot in shots]),
    }


def city_version() -> str:
    """Twelve digits that change with every change of the city's source."""
    from engine import world

    digest = hashlib.sha256()
    for path in sorted(Path(world.__path__[0]).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def _split() -> dict[str, str]:
    """Part of every cell in which someone can stand, and of its neighbours."""
    points = standpoints()
    occupied = set(cells_of(*manhattan().frame.from_metres(points.east, points.north)))
    cells = sorted({near for cell in occupied for near in h3.grid_disk(cell, 1)})
    return dict(zip(cells, split_by_cell(cells), strict=True))


def _sun_deg(shot: TouristShot) -> float:
    """Elevation of the sun above the horizon, as the renderer has it."""
    from engine.world.scene.photograph import light_of

    return float(np.degrees(np.arcsin(np.clip(light_of(shot, shot.place_true.latitude).sun[2], -1, 1))))


def _azimuth_deg(shot: TouristShot) -> float:
    """Compass bearing of the camera seen from the landmark that it looks at on purpose; NaN where it does at none."""
    if shot.landmark is None:
        return math.nan
    return azimuth_deg(find_landmark(shot.landmark).place, shot.place_true)


def _give_way() -> None:
    """Be a polite process on one core."""
    import torch

    os.nice(max(0, _NICE - os.nice(0)))
    torch.set_num_threads(1)


def _render_shard(path: Path, shots: list[TouristShot], size_px: int, landmark: str | None) -> None:
    from engine.world.scene import build_scene, render_shot

    stage, city = build_scene(landmark), city_version()
    pictures = []
    for shot in shots:
        picture = render_shot(stage, shot, size_px)
        pictures.append(styled(picture, shot.style, shot.index) if shot.style else picture)
    columns = {"pixels": np.stack(pictures), "city": np.full(len(shots), city), **truth_of(shots)}
    with writing_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **columns)


def _path(home: Path, number: int) -> Path:
    return home / f"{number:05d}.npz"
