"""The run: a collection of photos around a landmark becomes a field at its true place, without any model."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.geo.place import Place
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.fitting import FitConfig, Fitter
from engine.landmark.mesh.georeference import Georeference
from engine.landmark.occupancy import Occupancy
from engine.landmark.sfm.config import SfmConfig
from engine.landmark.sfm.mapping import OnStep
from engine.landmark.sfm.placing import Placed, place_cameras
from engine.landmark.sfm.views import Cube, find_cube, make_views
from engine.landmark.surroundings import Surroundings
from engine.photos.collection import Collection
from engine.training.ring import Ring, photos_around

_FOG = 0.5
"""Density to begin with: thinner, the surroundings learn the photos before the field does, and it stays empty."""
_HEIGHTS = 32
_DISTORTION = 0.01


@dataclass(frozen=True, eq=False)
class FromPhotos:
    """What photos left: a field as a distillation leaves it, where it stands, and how far that is known."""

    field: VoxelField
    occupancy: Occupancy
    background: Surroundings
    georeference: Georeference
    photos: int
    """How many there were."""
    registered: int
    error_px: float
    """Mean reprojection error."""
    residual_m: float
    """Root mean square of how far the cameras stand from their GPS."""
    scale_error: float
    """Standard error of the scale, as a share of it."""
    north_error_deg: float
    psnr: float
    """Of the last steps' rays, in decibels."""


def landmark_from_photos(
    collection: Collection, ring: Ring, config: SfmConfig, on_step: OnStep
) -> FromPhotos:
    """The field of the landmark in the ring's middle, fitted to the collection's photos around it.

    `on_step` hears of every step and stops by raising. Raises MissingExtra, BadFile, TrainingDiverged, and
    BadCollection, which says how many of how many photos were registered, where structure from motion fails.
    """
    around = photos_around(collection.photos, ring)
    around = around.filter(around["path"].is_valid())
    paths = [collection.path / path for path in around["path"].to_pylist()]
    bearing = np.radians(around["azimuth_deg"].to_numpy())
    distance_m = around["distance_m"].to_numpy()
    gps_m = np.column_stack([distance_m * np.sin(bearing), distance_m * np.cos(bearing)])
    with tempfile.TemporaryDirectory(prefix="genius-loci-sfm-") as folder:
        placed = place_cameras(paths, gps_m, Path(folder), config, on_step)
    cube = find_cube(placed, config.edge_m)
    on_step("taking photos out of their lens", 0, len(placed.numbers))
    views = make_views(paths, placed, cube, config.view_px)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        field = VoxelField(config.field_cells, initial_density=_FOG)
    # By height alone: with bearings as well it could paint the landmark behind the cube, as nobody looks twice one way.
    background = Surroundings(height=_HEIGHTS, width=1)
    fit = FitConfig(
        max_train_steps=config.max_train_steps,
        rays_per_step=config.rays_per_step,
        num_samples=config.num_samples,
        distortion_weight=_DISTORTION,
    )
    fitter = Fitter(field, views, fit, torch.Generator().manual_seed(config.seed), background)
    psnr = 0.0
    for number in range(config.max_train_steps):
        step = fitter.step()
        psnr += (step.psnr - psnr) * (0.05 if number else 1.0)
        on_step(f"fitting the field, {psnr:.1f} dB", number + 1, config.max_train_steps)
    assert fitter.occupancy is not None
    return FromPhotos(
        field,
        fitter.occupancy,
        background,
        georeference(ring.centre, cube, placed, len(paths)),
        photos=len(paths),
        registered=len(placed.numbers),
        error_px=placed.error_px,
        residual_m=placed.residual_m,
        scale_error=placed.uncertainty,
        north_error_deg=placed.north_error_deg,
        psnr=psnr,
    )


def georeference(centre: Place, cube: Cube, placed: Placed, photos: int) -> Georeference:
    """The place of the cube, and in words how far it is known."""
    note = (
        f"measured by structure from motion on {len(placed.numbers)} of {photos} photos, whose GPS fits within "
        f"{placed.residual_m:.1f} m, so it is good to about {placed.uncertainty:.1%} and north to "
        f"{placed.north_error_deg:.1f} degrees"
    )
    return Georeference(centre, cube.half_m, note.replace("%", " %"), cube.half_m)
