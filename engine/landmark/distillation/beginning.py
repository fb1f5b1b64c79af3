"""The beginning: the field, its surroundings and its ring of cameras, as a distillation finds them."""

import torch

from engine.landmark.camera import Camera
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.fields.activation import Blob
from engine.landmark.fields.hash_grid import HashGridField
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.surroundings import Surroundings

_HEIGHTS = 32
_FOG = 0.05
"""Density that hides a tenth of what is behind the cube: what no picture asks for is then all but empty."""


def new_field(config: DistilConfig) -> HashGridField | VoxelField:
    """A field of the config's kind; the same seed gives the same one.

    A gradient needs something to begin with, and gets DreamFusion's blob; pictures carve the landmark out of a thin
    fog, and get that.
    """
    pictured = config.method == "dataset-update"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        if config.field == "hash-grid":
            coarsest = min(16, config.field_cells)
            return HashGridField(
                coarsest=coarsest, finest=config.field_cells, blob=None if pictured else Blob()
            )
        if pictured:
            return VoxelField(config.field_cells, initial_density=_FOG)
        return VoxelField(config.field_cells, Blob(strength=3.0))


def new_surroundings(learned: bool) -> Surroundings | None:
    """Sky and ground that depend on the height alone, or none.

    A panorama with bearings as well could paint the landmark itself behind the cube: around a ring no two cameras look
    the same way.
    """
    return Surroundings(height=_HEIGHTS, width=1) if learned else None


def ring(count: int, config: DistilConfig) -> list[Camera]:
    """Cameras evenly all around from north, clockwise, in the middle of the config's ranges."""
    elevation_deg, distance, fovy_deg = (
        sum(span) / 2 for span in (config.elevation_deg, config.distance, config.fovy_deg)
    )
    return [
        Camera(number * 360 / count, elevation_deg, distance, fovy_deg, config.target_up)
        for number in range(count)
    ]
