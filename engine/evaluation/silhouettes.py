"""Silhouettes: how well the outline of a shape fits that of the truth from all around, up to its size and height."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor
from torch.nn.functional import grid_sample

_SCALES = np.exp(np.linspace(-0.35, 0.35, 15))
_SHIFTS = np.linspace(-0.3, 0.3, 13)
"""What is tried around the fit of the highest and the lowest point, the shifts in half pictures."""


@dataclass(frozen=True)
class Overlap:
    """How two sets of silhouettes fit."""

    iou: float
    """Intersection over union, the mean over the views."""
    worst: float
    """That of the worst view."""
    scale: float
    """How many times as large the found shape had to be made."""
    up: float
    """How far up it was moved then, in half pictures."""


def overlap(found: Bool[Tensor, "V S S"], true: Bool[Tensor, "V S S"]) -> Overlap:
    """The best fit of `found` to `true` by one scale about the pictures' middle and one shift up, for all views alike.

    Both are square, of the same cameras all around, and turn about the pictures' middle column: a model without
    measured cameras knows neither its size nor its height, but its axis. All zero where nothing was found.
    """
    if not bool(found.any()) or not bool(true.any()):
        return Overlap(0.0, 0.0, 1.0, 0.0)
    low, high = _span(found)
    true_low, true_high = _span(true)
    scale = (true_high - true_low) / max(high - low, 1e-6)
    up = (true_high + true_low) / 2 - scale * (high + low) / 2
    best = _at(found, true, scale, up)
    for scales, shifts in ((_SCALES, _SHIFTS), (_SCALES**0.15, _SHIFTS * 0.15)):
        scale, up = best.scale, best.up
        tried = (_at(found, true, scale * factor, up + shift) for factor in scales for shift in shifts)
        best = _best((best, *tried))
    return best


def _best(overlaps: Iterable[Overlap]) -> Overlap:
    return max(overlaps, key=lambda each: each.iou)


def _span(masks: Bool[Tensor, "V S S"]) -> tuple[float, float]:
    """Height of the lowest and the highest point in any view, in half pictures above the middle."""
    rows = masks.any(2).any(0).nonzero()[:, 0]
    half = masks.shape[1] / 2
    return 1 - (int(rows[-1]) + 1) / half, 1 - int(rows[0]) / half


def _at(found: Bool[Tensor, "V S S"], true: Bool[Tensor, "V S S"], scale: float, up: float) -> Overlap:
    size = found.shape[1]
    centres = (torch.arange(size) + 0.5) / size * 2 - 1
    across, down = centres / scale, (centres + up) / scale
    grid = torch.stack(torch.meshgrid(down, across, indexing="ij"), dim=-1).flip(-1)
    moved = grid_sample(found[None].float(), grid[None], align_corners=False)[0] > 0.5
    each = (moved & true).sum((1, 2)) / (moved | true).sum((1, 2)).clamp_min(1)
    return Overlap(float(each.mean()), float(each.min()), scale, up)
