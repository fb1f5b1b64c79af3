"""Views: registered photos, freed of their lens, as pinhole cameras around the cube that holds the landmark."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.errors import BadCollection
from engine.landmark.camera import Pose
from engine.landmark.fitting import View
from engine.landmark.sfm.mapping import pycolmap
from engine.landmark.sfm.placing import Placed
from engine.photos.exif import open_upright

Floats = NDArray[np.float64]

_NEAREST = 0.1
_BETWEEN = 0.8
_OFF_THE_GROUND_M = 2.0
_SEEN_BY = 3
_STRAY = 0.1
"""Share of the points beside the landmark, such as lamps and passers-by; half as many are above it."""
_ROOM = 1.1
_FEWEST_POINTS = 50


@dataclass(frozen=True)
class Cube:
    """The cube of a landmark: it stands on the ground, with its middle above the landmark's centre."""

    half_m: float
    """Half its edge, and its centre's height."""

    def units(self, metres: Floats) -> Floats:
        """(N, 3) points in the cube's axes, from metres east, north and up of the landmark's centre on the ground."""
        return (metres - [0.0, 0.0, self.half_m]) / self.half_m


def find_cube(placed: Placed, edge_m: float = 0.0) -> Cube:
    """The cube of that edge, or else the one that holds what stands around the centre, nearer than the cameras.

    Raises BadCollection where hardly anything was seen there.
    """
    if edge_m:
        return Cube(edge_m / 2)
    points = placed.points_m
    reach = _BETWEEN * float(np.quantile(np.hypot(*placed.positions_m[:, :2].T), _NEAREST))
    near = np.hypot(points[:, 0], points[:, 1]) < reach
    standing = points[near & (points[:, 2] > _OFF_THE_GROUND_M) & (placed.seen_by >= _SEEN_BY)]
    if len(standing) < _FEWEST_POINTS:
        raise BadCollection(
            f"the photos have {len(standing)} points in common within {reach:.0f} m of the centre, too few to tell the "
            "landmark's size; check the centre, or give the cube's edge as edge_m"
        )
    wide = 2 * np.quantile(np.abs(standing[:, :2]).max(1), 1 - _STRAY)
    return Cube(_ROOM / 2 * float(max(wide, np.quantile(standing[:, 2], 1 - _STRAY / 2))))


def make_views(paths: Sequence[Path], placed: Placed, cube: Cube, view_px: int) -> list[View]:
    """The registered ones of the photos (`paths` has all, as they were mapped), no longer than `view_px`."""
    library = pycolmap()
    positions = cube.units(placed.positions_m)
    views = []
    for number, position, axes, lens in zip(
        placed.numbers, positions, placed.axes, placed.lenses, strict=True
    ):
        photo = open_upright(paths[number]).resize((lens.width, lens.height), Image.Resampling.LANCZOS)
        flat, pinhole = library.undistort_image(
            library.UndistortCameraOptions(), library.Bitmap.from_array(np.asarray(photo)), lens
        )
        fovy_deg = 2 * math.degrees(math.atan(pinhole.height / 2 / pinhole.focal_length_y))
        picture = Image.fromarray(flat.to_array())
        picture.thumbnail((view_px, view_px), Image.Resampling.BOX)
        pose = Pose(torch.from_numpy(np.column_stack([axes, position])).float(), fovy_deg)
        views.append(View(pose, torch.from_numpy(np.array(picture)).float() / 255))
    return views
