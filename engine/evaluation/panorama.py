"""Panoramas: what the city looks like from one place at one moment in 36 directions, rendered once and kept on disk."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, UInt8

from engine.atomic import writing_file
from engine.errors import BadFile
from engine.evaluation.judges.renders import city_version
from engine.world.shot import TouristShot, Weather

if TYPE_CHECKING:
    from engine.world.scene import Stage

STEP_DEG = 10
"""Between two directions."""

_EYE_M, _PITCH_DEG, _FOVY_DEG = 1.6, 5.0, 55.0  # the middle of what tourists do
# Two people who look the same way with other cameras, under other skies: sky, hours, degrees off, pitch, view.
_OTHERS: tuple[tuple[Weather, float, float, float, float], ...] = (
    ("cloudy", -1.0, -6.0, 2.0, 48.0),
    ("clear", 1.0, 6.0, 9.0, 62.0),
)
_STRANGERS = 1_000_000  # numbers that no tourist has, so that other people are in the street


@dataclass(frozen=True, eq=False)
class Panorama:
    """All that can be seen from where one shot was taken, at its hour, under a clear sky and without its subject."""

    pixels: UInt8[np.ndarray, "36 H W 3"]
    """Looks to 0, 10, ... 350 degrees."""
    others: UInt8[np.ndarray, "2 H W 3"]
    """Looks of two other people in nearly the shot's direction, with other cameras, an hour earlier and later."""
    others_deg: Float[np.ndarray, " 2"]
    """Where those two look."""
    city: str
    """Version of the city that is shown."""


def panoramas(
    shots: Sequence[TouristShot],
    folder: Path,
    size_px: int = 96,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Panorama]:
    """The panorama of each shot in turn; 38 renders, about 8 s of one core at 96 px, where `folder` lacks it.

    What is there is used even if a newer version of the city would show something else; `city` tells. Raises BadFile
    for a damaged file, DiskFull.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stage: Stage | None = None
    for number, shot in enumerate(shots):
        path = folder / f"{_digest(shot)}-{size_px}px.npz"
        if not path.exists():
            from engine.world.scene import build_scene

            stage = stage or build_scene()
            _render(stage, shot, size_px, path)
        if on_progress:
            on_progress(number + 1, len(shots))
        yield _open(path)


def views_of(shot: TouristShot) -> tuple[list[TouristShot], list[TouristShot]]:
    """The 36 looks around, and the looks of the two others."""
    plain = replace(shot, subject=None, style=None)
    around = [
        replace(
            plain,
            heading_deg=float(heading),
            weather="clear",
            eye_height_m=_EYE_M,
            pitch_deg=_PITCH_DEG,
            fovy_deg=_FOVY_DEG,
        )
        for heading in range(0, 360, STEP_DEG)
    ]
    others = [
        replace(
            plain,
            index=shot.index + _STRANGERS * (number + 1),
            heading_deg=(shot.heading_deg + off_deg) % 360,
            weather=weather,
            taken_at=shot.taken_at + timedelta(hours=hours),
            eye_height_m=_EYE_M,
            pitch_deg=pitch_deg,
            fovy_deg=fovy_deg,
        )
        for number, (weather, hours, off_deg, pitch_deg, fovy_deg) in enumerate(_OTHERS)
    ]
    return around, others


def _render(stage: "Stage", shot: TouristShot, size_px: int, path: Path) -> None:
    from engine.world.scene import render_shot

    around, others = (
        np.stack([render_shot(stage, view, size_px) for view in views]) for views in views_of(shot)
    )
    looks_deg = np.array([view.heading_deg for view in views_of(shot)[1]])
    with writing_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            pixels=around,
            others=others,
            others_deg=looks_deg,
            city=np.array(city_version()),
        )


def _open(path: Path) -> Panorama:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return Panorama(kept["pixels"], kept["others"], kept["others_deg"], str(kept["city"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadFile(f"{path} is damaged ({error}); remove it to have it rendered again") from error


def _digest(shot: TouristShot) -> str:
    """Sixteen digits that stand for everything the panorama of a shot follows from, beside the city itself."""
    around, others = views_of(shot)
    return hashlib.sha256(repr((*around, *others)).encode()).hexdigest()[:16]
