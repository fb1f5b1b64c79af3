"""Placing: reconstructions become cameras in metres around the landmark, each held against the GPS of its photo."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCollection
from engine.landmark.sfm.alignment import Alignment, Floats, align
from engine.landmark.sfm.config import SfmConfig
from engine.landmark.sfm.mapping import FEWEST, Mapped, OnStep, check_registered, map_photos

_FACING = 0.5
"""Cosine of the angle past the landmark at which a photo cannot be one of it."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Cameras and points in metres east, north and up of the landmark's centre on the ground."""

    numbers: tuple[int, ...]
    """Which of the photos are registered."""
    positions_m: Floats
    """(N, 3) where they stood."""
    axes: Floats
    """(N, 3, 3): columns right, up and back."""
    lenses: tuple[Any, ...]
    """pycolmap's camera of each."""
    points_m: Floats
    """(P, 3) what was seen by several."""
    seen_by: NDArray[np.int64]
    """(P,) how many photos saw each point."""
    error_px: float
    """Mean reprojection error, the largest of the reconstructions'."""
    residual_m: float
    """Root mean square of how far the cameras stand from their GPS."""
    uncertainty: float
    """Standard error of the scale as a share, and of north in radians, in the least certain reconstruction."""
    parts: int
    """Reconstructions that GPS alone puts side by side."""

    @property
    def north_error_deg(self) -> float:
        """Standard error of north."""
        return math.degrees(self.uncertainty)


def place_cameras(
    paths: Sequence[Path], gps_m: Floats, folder: Path, config: SfmConfig, on_step: OnStep
) -> Placed:
    """Where the photos were taken, whose GPS is (N, 2) metres east and north of the landmark.

    Photos whose sides have too little in common fall into several reconstructions; each is aligned to GPS by itself. A
    camera that is not where its GPS says, or turns its back to the landmark, was registered wrongly, for walls look
    alike, and is left out. `folder` keeps what is needed meanwhile. Raises as `map_photos` and `align` do.
    """
    parts: list[tuple[Mapped, Alignment]] = []
    taken: set[int] = set()
    complaint: BadCollection | None = None
    reconstructions = map_photos(paths, gps_m, folder, config, on_step)
    for mapped in reconstructions:
        known_m = gps_m[list(mapped.numbers)]
        try:
            alignment = align(mapped.centres, mapped.axes, known_m)
        except BadCollection as error:
            complaint = complaint or error
            continue
        new = np.array([number not in taken for number in mapped.numbers])
        right = new & alignment.trusted & _facing(mapped, alignment, known_m)
        if right.sum() >= FEWEST:
            parts.append((mapped.only(right), alignment))
            taken.update(parts[-1][0].numbers)
    if complaint is not None and not parts:
        count = f"{len(reconstructions[0].numbers)} of {len(paths)}"
        raise BadCollection(f"{count} photos were registered, but {complaint}") from complaint
    check_registered(len(taken), len(paths), config, "registered where their GPS says")
    return _joined(parts, gps_m)


def _facing(mapped: Mapped, alignment: Alignment, gps_m: Floats) -> NDArray[np.bool_]:
    """Which cameras have the landmark before them."""
    ahead = (-mapped.axes[:, :, 2] @ alignment.rotation.T)[:, :2]
    return -(ahead * gps_m).sum(1) > _FACING * np.hypot(*gps_m.T) * np.hypot(*ahead.T)


def _joined(parts: Sequence[tuple[Mapped, Alignment]], gps_m: Floats) -> Placed:
    numbers = tuple(number for mapped, _ in parts for number in mapped.numbers)
    positions_m = np.concatenate([alignment.metres(mapped.centres) for mapped, alignment in parts])
    off_m = np.linalg.norm(positions_m[:, :2] - gps_m[list(numbers)], axis=1)
    return Placed(
        numbers,
        positions_m,
        axes=np.concatenate([alignment.rotation @ mapped.axes for mapped, alignment in parts]),
        lenses=tuple(lens for mapped, _ in parts for lens in mapped.cameras),
        points_m=np.concatenate([alignment.metres(mapped.points) for mapped, alignment in parts]),
        seen_by=np.concatenate([mapped.seen_by for mapped, _ in parts]),
        error_px=max(mapped.error_px for mapped, _ in parts),
        residual_m=float(np.sqrt((off_m**2).mean())),
        uncertainty=max(alignment.uncertainty for _, alignment in parts),
        parts=len(parts),
    )
