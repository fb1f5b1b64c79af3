"""The sheets of docs/world.md: photos of the built-in city as they come, none chosen by hand.

    python -m bench.world_sheets [--out docs/world] [--seed 11] [--size-px 128]

`neighbourhoods.jpg` has the first three tourists of each of the sixteen known neighbourhoods, `hours.jpg` one street at
eight hours under six skies, and one sheet for each landmark has the first visitor of every ten degrees around it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import tyro
from PIL import Image

from engine.evaluation.judges.questions import KNOWN_NEIGHBOURHOODS
from engine.geo.bearing import azimuth_deg
from engine.world.plan.landmarks import LANDMARKS, SITES
from engine.world.scene import build_scene, render_shot
from engine.world.shot import TouristShot, Weather
from engine.world.styles import styled
from engine.world.tourist import tourist, tourists

_MOST_TOURISTS = 5000
_HOURS = (5.5, 7.0, 9.0, 12.0, 15.0, 18.0, 20.0, 23.0)
_SKIES: tuple[tuple[Weather, int], ...] = (
    ("clear", 6),
    ("clear", 10),
    ("cloudy", 4),
    ("rain", 11),
    ("snow", 1),
    ("clear", 1),
)


def main(out: Path = Path("docs/world"), seed: int = 11, size_px: int = 128) -> None:
    """Render every sheet and say which photos it holds."""
    out.mkdir(parents=True, exist_ok=True)
    names, shots = _by_neighbourhood(seed)
    _write(out / "neighbourhoods.jpg", None, shots, size_px, columns=12)
    print("neighbourhoods, three photos each, from left to right and top to bottom:", ", ".join(names))
    _write(out / "hours.jpg", None, _by_hour(seed), size_px, columns=8)
    for key in sorted(SITES | LANDMARKS):
        _write(out / f"{key}.jpg", key, _around(key, seed), size_px, columns=9)
        print(out / f"{key}.jpg")


def _by_neighbourhood(seed: int) -> tuple[list[str], list[TouristShot]]:
    """The first three shots of each known neighbourhood."""
    found: dict[str, list[TouristShot]] = {name: [] for name in KNOWN_NEIGHBOURHOODS}
    for shot in tourists(_MOST_TOURISTS, seed):
        if len(found.get(shot.neighbourhood, [None] * 3)) < 3:
            found[shot.neighbourhood].append(shot)
    return list(found), [shot for shots in found.values() for shot in shots]


def _by_hour(seed: int) -> list[TouristShot]:
    """The first shot of SoHo, at other hours and under other skies."""
    first = next(shot for shot in tourists(_MOST_TOURISTS, seed) if shot.neighbourhood == "SoHo")
    midnight = first.taken_at.replace(hour=0, minute=0, second=0)
    return [
        replace(
            first,
            taken_at=midnight.replace(month=month, day=15) + timedelta(hours=hour),
            weather=weather,
            style=None,
        )
        for weather, month in _SKIES
        for hour in _HOURS
    ]


def _around(key: str, seed: int) -> list[TouristShot]:
    """The first visitor in each bin of ten degrees of azimuth, clockwise from north."""
    mark, bins = (SITES | LANDMARKS)[key], {}
    for index in range(_MOST_TOURISTS):
        shot = tourist(index, seed, key)
        bins.setdefault(int(azimuth_deg(mark.place, shot.place_true) // 10), shot)
        if len(bins) == 36:
            break
    return [bins[each] for each in sorted(bins)]


def _write(
    path: Path, landmark: str | None, shots: Iterable[TouristShot], size_px: int, columns: int
) -> None:
    stage = build_scene(landmark)
    pictures = []
    for shot in shots:
        picture = render_shot(stage, shot, size_px)
        pictures.append(styled(picture, shot.style, shot.index) if shot.style else picture)
    pictures += [np.full_like(pictures[0], 246)] * (-len(pictures) % columns)
    rows = [
        np.concatenate(pictures[start : start + columns], 1) for start in range(0, len(pictures), columns)
    ]
    Image.fromarray(np.concatenate(rows)).save(path, quality=85)


if __name__ == "__main__":
    tyro.cli(main)
