"""Standpoint: where a ring's cameras stand and how far they look up, as pictures and what was found in them tell.

Tourists stand on the ground and tilt the camera until the landmark fits, so the horizon lies high in pictures of
stones and low in those of a tower. It says how far the cameras look up, and where a landmark's foot is. The cube's size
is free: once something was found, the cameras move until it fills the cube, so that no voxel is wasted on air.
"""

import math
from dataclasses import replace
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from engine.landmark.distillation import border
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.occupancy import Occupancy

BELOW: Final = 0.05
"""Of a picture's height: so far below the horizon a landmark's foot may be, for the camera is at eye height."""
_SUDDEN: Final = 0.03
"""Of the height: from sky to ground within so many rows."""
_GROUND: Final = -0.85
"""Height of the cameras, and so of the ground, in half cubes above the centre."""
_REACH: Final = 1.8
"""Height of the picture's upper edge above the ground, at the axis: the cube's with a margin."""
_FARTHEST: Final = 2.3
"""In half cubes along the ground: what fills a picture's width is as wide as the cube then."""
_FILLED: Final = 0.8
"""Of a half cube, in the landmark's largest direction: what was too faint to be found is to have room."""
_SOLID: Final = 2.0
"""Density of what was found."""
_STRAY: Final = 0.002
"""Share of it, at each end, that may lie farther out."""
_MOST_LARGER: Final = 2.0


def horizon(pictures: Float[Tensor, "V 3 S S"]) -> float:
    """Share of the height where the ground begins: where the edges of all pictures change most from row to row."""
    height, step = pictures.shape[2], max(1, round(pictures.shape[2] * _SUDDEN))
    rows = border.edges(pictures).mean((0, 3))  # (3, H)
    change = (rows[:, step:] - rows[:, :-step]).norm(dim=0)
    return (int(change.argmax()) + (step + 1) / 2) / height


def standing(config: DistilConfig, ground: float) -> DistilConfig:
    """With cameras on the ground, which begins at this share of their height when they look up so far; angles stay."""
    half = math.radians(sum(config.fovy_deg) / 4)
    pitch = math.atan((2 * ground - 1) * math.tan(half))
    away = min(_FARTHEST, _REACH / math.tan(max(pitch + half, 0.1)))
    return _seen_from(config, away, _GROUND, _GROUND + away * math.tan(pitch))


def filled(config: DistilConfig, occupancy: Occupancy) -> DistilConfig:
    """With cameras from which what was found fills the cube as it fills their pictures now."""
    solid = occupancy.solid(_SOLID)
    if not len(solid):
        return config
    ends = torch.tensor([_STRAY, 1 - _STRAY]).to(solid)
    low, high = solid[:, 2].quantile(ends).tolist()
    wide = solid[:, :2].abs().quantile(ends[1], dim=0).max().item()
    middle, larger = (low + high) / 2, min(_FILLED / max(wide, (high - low) / 2), _MOST_LARGER)
    elevation, distance = math.radians(sum(config.elevation_deg) / 2), sum(config.distance) / 2
    up = distance * math.sin(elevation)
    return _seen_from(
        config,
        distance * math.cos(elevation) * larger,
        (up - middle) * larger,
        (config.target_up - middle) * larger,
    )


def standpoint_of(config: DistilConfig) -> Float[Tensor, " 3"]:
    """Elevation in degrees, distance, and the height that is looked at, as a state keeps them."""
    elevation, distance = sum(config.elevation_deg) / 2, sum(config.distance) / 2
    return torch.tensor([elevation, distance, config.target_up], dtype=torch.float64)


def with_standpoint(
    config: DistilConfig, elevation_deg: float, distance: float, target_up: float
) -> DistilConfig:
    """With cameras there, as `standpoint_of` tells them."""
    return replace(
        config,
        elevation_deg=(elevation_deg, elevation_deg),
        distance=(distance, distance),
        target_up=target_up,
    )


def _seen_from(config: DistilConfig, away: float, up: float, target_up: float) -> DistilConfig:
    return with_standpoint(config, math.degrees(math.atan2(up, away)), math.hypot(up, away), target_up)
