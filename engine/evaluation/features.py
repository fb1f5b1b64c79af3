"""Features: what a judge's network makes of pictures before it answers, as coordinates in which likeness is a distance."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from engine.evaluation.judges.judge import Images, Judge, normalised, pixels_of

_BATCH = 64


def pooled_features(judge: Judge, images: Images) -> Float[np.ndarray, "N F"]:
    """Mean over each picture of the last stage; F is 8 times the judge's width, 256 for the built-in city's."""
    last = len(judge.network.trunk)
    return np.concatenate([maps.mean((2, 3)).numpy() for maps in _maps(judge, images, last)])


def map_features(judge: Judge, images: Images, stage: int) -> Float[np.ndarray, "N C h w"]:
    """Maps after a stage, from 1: finer and nearer to colours and edges the lower it is."""
    return np.concatenate([maps.numpy() for maps in _maps(judge, images, stage)])


@torch.no_grad()
def _maps(judge: Judge, images: Images, stage: int) -> list[Float[Tensor, "B C h w"]]:
    pixels, trunk = pixels_of(images, judge.size_px), judge.network.trunk[:stage]
    device = next(judge.network.parameters()).device
    return [trunk(normalised(part.to(device))).float().cpu() for part in pixels.split(_BATCH)]
