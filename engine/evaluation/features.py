"""Features: what a judge's network makes of pictures before it answers, as coordinates that likeness is measured in."""

import hashlib
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from engine.atomic import writing_file
from engine.evaluation.judges.judge import Images, Judge, normalised, pixels_of

_BATCH = 64


def pooled_features(judge: Judge, images: Images) -> Float[np.ndarray, "N F"]:
    """Mean over each picture of the last stage; F is 8 times the judge's width, 256 for the built-in city's."""
    last = len(judge.network.trunk)
    return np.concatenate([maps.mean((2, 3)).numpy() for maps in _maps(judge, images, last)])


def map_features(judge: Judge, images: Images, stage: int) -> Float[np.ndarray, "N C h w"]:
    """Maps after a stage, from 1: finer and nearer to colours and edges the lower it is."""
    return np.concatenate([maps.numpy() for maps in _maps(judge, images, stage)])


def kept_features(
    judge: Judge, pixels: UInt8[np.ndarray, "N H W 3"], folder: Path
) -> Float[np.ndarray, "N F"]:
    """`pooled_features`, computed once for the same judge and pictures and kept in `folder`. Raises DiskFull."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes())
    for weights in judge.network.state_dict().values():
        digest.update(weights.cpu().numpy().tobytes())
    path = folder / f"features-{digest.hexdigest()[:16]}.npy"
    if not path.exists():
        found = pooled_features(judge, pixels)
        with writing_file(path) as temporary, temporary.open("wb") as file:
            np.save(file, found, allow_pickle=False)
    return np.load(path, allow_pickle=False)


@torch.no_grad()
def _maps(judge: Judge, images: Images, stage: int) -> list[Float[Tensor, "B C h w"]]:
    pixels, trunk = pixels_of(images, judge.size_px), judge.network.trunk[:stage]
    device = next(judge.network.parameters()).device
    return [trunk(normalised(part.to(device))).float().cpu() for part in pixels.split(_BATCH)]
