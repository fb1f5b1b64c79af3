"""World photos: what simulated tourists bring home, as JPEGs that say where, when and in which direction.

They are renderings and say so in their provenance, beside the truth that their EXIF position only comes near to.
"""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from PIL import Image

from engine.atomic import write_bytes
from engine.errors import BadRequest, OutputExists
from engine.parallel import in_order
from engine.photos.stamp import write_picture
from engine.world.plan.landmarks import find_landmark
from engine.world.shot import TouristShot
from engine.world.tourist import Light, training_tourists

MOST_PHOTOS = 200_000
SIZES_PX = (32, 2048)
_REQUEST = "world.json"
_LIGHT = ("hour", "month")
_CHUNK = 8
"""Shots that travel to a worker together; each is up to a second of work."""


@dataclass(frozen=True)
class _Run:
    """What a folder of world photos was asked for; it is written into the folder."""

    count: int
    seed: int
    landmark: str | None
    size_px: int
    hour: float | None = None
    month: int | None = None
    version: int = 1
    """Of the city: another plan or scene makes other photos of the same request."""


def write_photos(
    out: Path,
    count: int,
    seed: int,
    landmark: str | None = None,
    size_px: int = 256,
    light: Light | None = None,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    device: str | None = None,
) -> int:
    """How many photos were written now; `out` then holds `count` of them, each named by its tourist's number.

    An interrupted run goes on where it stopped when it is asked for again. Photos of pairs held out of training are
    left out. With a `light` all are taken in it, on a clear day, with nothing before the camera and in no style.
    `on_progress(done, count)` may raise to stop. `workers` are processes, one for each core unless given;
    `device` is "cuda" where there is one, else "cpu".

    Raises BadRequest for numbers out of range and for an unknown landmark, OutputExists when the folder holds
    something else, DiskFull.
    """
    key = find_landmark(landmark).key if landmark is not None else None
    hour, month = light or (None, None)
    run = _Run(count, seed, key, size_px, hour, month)
    _check(run, workers)
    _claim(out, run)
    names = {path.name for path in out.iterdir()}
    shots = list(islice(training_tourists(seed, run.landmark, light), count))
    missing = [shot for shot in shots if _name(shot) not in names]
    before = count - len(missing)
    takes = in_order(partial(_take, out=out, run=run, device=device), missing, workers, chunk=_CHUNK)
    with closing(takes):
        for done, _ in enumerate(takes, before + 1):
            if on_progress:
                on_progress(done, count)
    return len(missing)


def _check(run: _Run, workers: int | None) -> None:
    limits = (
        ("count", run.count, 1, MOST_PHOTOS),
        ("size_px", run.size_px, *SIZES_PX),
        ("seed", run.seed, 0, 2**63 - 1),
        ("workers", 1 if workers is None else workers, 1, 256),
    )
    for name, value, least, most in limits:
        if not least <= value <= most:
            raise BadRequest(f"{name} is {value:,}; give a whole number from {least:,} to {most:,}")
    if not (0 <= (run.hour or 0) <= 24 and 1 <= (run.month or 1) <= 12):
        raise BadRequest(
            f"the light is of hour {run.hour:g} in month {run.month}; give an hour from 0 to 24, a month from 1 to 12"
        )


def _claim(out: Path, run: _Run) -> None:
    """Makes the folder this run's own, or finds that it is."""
    if out.exists() and not out.is_dir():
        raise OutputExists(f"{out} is a file; choose a folder for the photos")
    request = out / _REQUEST
    told = {name: value for name, value in asdict(run).items() if name not in _LIGHT or value is not None}
    asked = json.dumps(told, indent=2) + "\n"
    if request.is_file():
        if request.read_text(encoding="utf-8", errors="replace") != asked:
            raise OutputExists(
                f"{out} holds the photos of another request (see its {_REQUEST}); choose another folder"
            )
    elif out.is_dir() and any(out.iterdir()):
        raise OutputExists(f"{out} is not empty and holds no {_REQUEST}; choose another folder")
    else:
        out.mkdir(parents=True, exist_ok=True)
        write_bytes(request, asked.encode())
    for left_over in out.glob(".*.partial"):
        left_over.unlink(missing_ok=True)


def _take(shot: TouristShot, out: Path, run: _Run, device: str | None) -> None:
    """Write one shot's photo. Processes are what works side by side, so each keeps to one core."""
    import torch

    from engine.world.scene import build_scene, render_shot
    from engine.world.styles import styled

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        where = device or ("cuda" if torch.cuda.is_available() else "cpu")
        picture = render_shot(build_scene(run.landmark), shot, run.size_px, device=where)
    finally:
        torch.set_num_threads(threads)
    if shot.style is not None:
        picture = styled(picture, shot.style, shot.index)
    write_picture(
        out / _name(shot),
        Image.fromarray(picture),
        place=shot.place_gps,
        heading_deg=shot.heading_deg,
        taken_at=shot.taken_at,
        caption=shot.caption,
        provenance=_truth(run, shot),
    )


def _name(shot: TouristShot) -> str:
    return f"{shot.index:06d}.jpg"


def _truth(run: _Run, shot: TouristShot) -> dict[str, object]:
    """The request of the photo and everything that is true of it."""
    return {
        "kind": "world",
        "rendered": "a simplified model of the city, not a photograph",
        "seed": run.seed,
        "index": shot.index,
        "landmark": run.landmark,
        "size_px": run.size_px,
        "latitude": shot.place_true.latitude,
        "longitude": shot.place_true.longitude,
        "neighbourhood": shot.neighbourhood,
        "weather": shot.weather,
        "subject": shot.subject.kind if shot.subject else None,
        "style": shot.style,
        "sight": shot.landmark,
    }
