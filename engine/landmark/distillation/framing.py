"""Framing: from how far away a model shows its landmark whole, and no farther; the nearer, the more there is to see."""

from dataclasses import replace
from typing import Final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from engine.landmark.distillation import border
from engine.landmark.distillation.beginning import ring
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.drawing import drawn
from engine.landmark.distillation.standpoint import horizon
from engine.landmark.distillation.teacher import Teacher

_SIDES: Final = 8
_STEPS: Final = 5
"""DDIM steps of a picture that is only to show where things are."""
_TOP_SHARE, _AXIS_SHARE = 0.04, 0.17
"""Of a picture's height and width: where a landmark that is cut off goes on, above its axis."""
_MOST = 0.25
"""Of these pixels that may look like landmark in most views; clouds do in some."""
_ABOVE: Final = 0.25
"""Of the height: so far above the horizon a landmark that is too wide reaches the picture's edges."""
_HAZE: Final = 0.02
"""Of the height: so near the horizon sky and ground are one in the mean."""
_USUAL_CHANGE: Final = 0.2
"""Distance of colour (RGB in [0, 1]) up to which edges may differ from those that were seen from farther away."""


def framed(
    teacher: Teacher, config: DistilConfig, noise: Float[Tensor, "1 C h w"]
) -> tuple[float, Float[Tensor, "V 3 S S"]]:
    """The first of `config.distance_shares` from which the model shows the landmark whole, and the last if from none,
    or if it knows no distance; and what it looks like from there, all around.

    The teacher tells all views this distance from now on.
    """
    *nearer, last = config.distance_shares
    config = replace(config, inference_steps=min(_STEPS, config.inference_steps))
    cameras = ring(_SIDES, config)
    if not teacher.knows_distance:
        return last, drawn(teacher, config, cameras, noise)
    teacher.tell_distance(last)
    far = drawn(teacher, config, cameras, noise)
    for share in nearer:
        teacher.tell_distance(share)
        near = drawn(teacher, config, cameras, noise)
        if is_whole(near, far):
            return share, near
    teacher.tell_distance(last)
    return last, far


def is_whole(pictures: Float[Tensor, "V 3 S S"], farther: Float[Tensor, "V 3 S S"]) -> bool:
    """Whether there is sky above the landmark in most of these views from all around, and beside it the same as in
    views from `farther` away.
    """
    alphas, width = border.matte(pictures, pictures), pictures.shape[3]
    rows, half = max(1, round(width * _TOP_SHARE)), max(1, round(width * _AXIS_SHARE / 2))
    top = alphas[:, :rows, width // 2 - half : width // 2 + half]
    changes = (_beside(pictures) - _beside(farther)).norm(dim=0)
    return top.median(0).values.mean().item() < _MOST and changes.max().item() < _USUAL_CHANGE


def _beside(pictures: Float[Tensor, "V 3 S S"]) -> Float[Tensor, "3 R"]:
    """The mean colours of the edges, row by row down to the horizon."""
    height = pictures.shape[2]
    last, count = max(1, round((horizon(pictures) - _HAZE) * height)), round(_ABOVE * height)
    rows = border.edges(pictures).mean((0, 3))[:, max(0, last - count) : last]
    return functional.pad(rows[None], (count - rows.shape[1], 0), mode="replicate")[0]
