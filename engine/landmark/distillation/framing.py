"""Framing: from how far away a model shows its landmark whole, and no farther; the nearer, the more there is to see."""

from typing import Final

from jaxtyping import Float
from torch import Tensor

from engine.landmark.distillation import border
from engine.landmark.distillation.beginning import ring
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.drawing import drawn
from engine.landmark.distillation.teacher import Teacher

_SIDES: Final = 8
_TOP_SHARE, _AXIS_SHARE = 0.04, 0.17
"""Of a picture's height and width: where a landmark that is cut off goes on, above its axis."""
_MOST = 0.25
"""Of these pixels that may look like landmark; clouds do."""


def framed_share(teacher: Teacher, config: DistilConfig, noise: Float[Tensor, "1 C h w"]) -> float:
    """The first of `config.distance_shares` from which the model shows the landmark whole, and the last if from none,
    or if it knows no distance.

    The teacher tells all views the distance that is tried last, which is the one.
    """
    *nearer, last = config.distance_shares
    cameras = ring(_SIDES, config)
    for share in nearer if teacher.knows_distance else ():
        teacher.tell_distance(share)
        if is_whole(drawn(teacher, config, cameras, noise)):
            return share
    teacher.tell_distance(last)
    return last


def is_whole(pictures: Float[Tensor, "V 3 S S"]) -> bool:
    """Whether there is mostly sky above the landmark in these views from all around."""
    alphas, width = border.matte(pictures, pictures), pictures.shape[3]
    rows, half = max(1, round(width * _TOP_SHARE)), max(1, round(width * _AXIS_SHARE / 2))
    top = alphas[:, :rows, width // 2 - half : width // 2 + half]
    return bool(top.mean() < _MOST)
