"""Every number of a landmark made from its photos, as one frozen value."""

from dataclasses import dataclass

from engine.presets import check_settings

_RANGES = {
    "photo_px": (64, 8192),
    "max_num_features": (100, 32_768),
    "peak_threshold": (1e-4, 1.0),
    "most_turn_deg": (1.0, 180.0),
    "least_neighbours": (1, 10_000),
    "least_share": (0.0, 1.0),
    "edge_m": (0, 5_000),
    "view_px": (16, 2048),
    "field_cells": (8, 512),
    "num_samples": (8, 1024),
    "max_train_steps": (1, 1_000_000),
    "rays_per_step": (64, 1_000_000),
}


@dataclass(frozen=True)
class SfmConfig:
    """Settings of structure from motion and of the field that is fitted to its cameras. Raises BadRequest."""

    photo_px: int = 1024
    """Longer side at which photos are matched; smaller ones stay as they are."""
    max_num_features: int = 4096
    """SIFT features of a photo, at most."""
    peak_threshold: float = 0.003
    """Contrast from which on SIFT takes a feature; pycolmap's own is 0.0067, and plain walls have few of those."""
    most_turn_deg: float = 20.0
    """Photos are matched that were taken from sides at most so far apart; 180 matches all. Who stands on another side
    sees other walls, and what they seem to have in common are walls that look alike: an arch has two such fronts."""
    least_neighbours: int = 6
    """Each photo is matched with so many at least, the nearest by side, however far apart they are."""
    least_share: float = 1 / 3
    """Share of the photos that must be registered; 8 at least."""
    edge_m: float = 0.0
    """Edge of the cube around the landmark; 0 takes it from the points between the cameras."""
    view_px: int = 128
    """Longer side at which photos are fitted."""
    field_cells: int = 96
    """Voxels along the cube's edge."""
    num_samples: int = 96
    """Along each ray."""
    max_train_steps: int = 400
    """Steps of the field."""
    rays_per_step: int = 8192
    seed: int = 0

    def __post_init__(self) -> None:
        check_settings(self, _RANGES)
