"""Alignment: tourists aim and zoom as they like, and so does a model of their photos; pictures move until they agree.

A field that was fitted to all views shows their common opinion of where the landmark is and how large. Each picture is
enlarged and shifted a little until it fits that best, and the field is fitted anew.
"""

import itertools
import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

_ZOOMS: Final = (0.94, 0.97, 1.0, 1.03, 1.06)
_SHIFTS: Final = tuple(0.08 * step / 3 for step in range(-3, 4))
"""What is tried around a picture's last move."""
UNMOVED: Final = (1.0, 0.0, 0.0)
"""A move: how many times as large, then how far right and down in half pictures."""


def moved(pictures: Float[Tensor, "V C S S"], moves: Float[Tensor, "V 3"]) -> Float[Tensor, "V C S S"]:
    """Pictures enlarged about their middle and shifted; what comes in at an edge is like the edge."""
    zoom, right, down = moves.T
    back = torch.zeros(len(moves), 2, 3)
    back[:, 0, 0] = back[:, 1, 1] = 1 / zoom
    back[:, 0, 2], back[:, 1, 2] = -right / zoom, -down / zoom
    grid = functional.affine_grid(back, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def undone(moves: Float[Tensor, "V 3"]) -> Float[Tensor, "V 3"]:
    """The moves that take pictures back to where they were."""
    return torch.stack([1 / moves[:, 0], -moves[:, 1] / moves[:, 0], -moves[:, 2] / moves[:, 0]], dim=1)


def better_move(
    picture: Float[Tensor, "3 S S"],
    alpha: Float[Tensor, "S S"],
    shown: Float[Tensor, "4 S S"],
    move: Float[Tensor, " 3"],
) -> Float[Tensor, " 3"]:
    """Of the moves around `move` the one with which a picture's landmark fits best to what a field shows of it.

    `shown` are the field's colours, multiplied by its opacity, and the opacity.
    """
    tried = torch.tensor(list(itertools.product(_ZOOMS, _SHIFTS, _SHIFTS)))
    tried = torch.cat([move[:1] * tried[:, :1], move[1:] + tried[:, 1:]], dim=1)
    landmark, shown = (
        functional.avg_pool2d(each, 2) for each in (torch.cat([picture * alpha, alpha[None]]), shown)
    )  # four times as quick
    off = (moved(landmark.expand(len(tried), -1, -1, -1), tried) - shown).square().mean((1, 2, 3))
    return tried[off.argmin()]


def centred(moves: Float[Tensor, "V 3"]) -> Float[Tensor, "V 3"]:
    """Moves of an even ring that leave the landmark's size and place as they were in the mean.

    One step of the landmark to the east moves it right or left in every picture, as a wave around the ring.
    """
    zoom, right, down = moves.T
    around = torch.arange(len(moves)) * (2 * math.pi / len(moves))
    for wave in (around.sin(), around.cos()) if len(moves) > 2 else ():
        right = right - (right @ wave) / (wave @ wave) * wave
    return torch.stack([zoom / zoom.log().mean().exp(), right, down - down.mean()], dim=1)
