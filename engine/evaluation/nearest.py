"""Nearest: how close pictures come to those that a model learned from; copies come closer than reality does."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8
from PIL import Image

_SIDE_PX = 32
_CHUNK = 64


@dataclass(frozen=True, eq=False)
class Nearest:
    """Of each of N pictures, the nearest of those learned from."""

    row: Int[np.ndarray, " N"]
    distance: Float[np.ndarray, " N"]


def nearest(pictures: Float[np.ndarray, "N F"], learned: Float[np.ndarray, "M F"]) -> Nearest:
    """The nearest by root mean square difference over the F coordinates."""
    rows, distances = [], []
    squares = np.square(learned).sum(1)
    for start in range(0, len(pictures), _CHUNK):
        part = pictures[start : start + _CHUNK]
        rows.append((squares - 2 * part @ learned.T).argmin(1))
        # Anew for the nearest ones: the expanded square loses the digits of small distances.
        distances.append(np.sqrt(np.square(part - learned[rows[-1]]).mean(1)))
    return Nearest(np.concatenate(rows), np.concatenate(distances))


def coordinates(pixels: UInt8[np.ndarray, "N H W 3"]) -> Float[np.ndarray, "N F"]:
    """Pictures at 32 px as coordinates from 0 to 255, so that a distance is a difference in levels."""
    small = [
        Image.fromarray(picture).resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX) for picture in pixels
    ]
    return np.stack([np.asarray(picture, np.float32).ravel() for picture in small])


def closer_than_real(
    distance: Float[np.ndarray, " N"], real: Float[np.ndarray, " K"], percent: float = 1.0
) -> float:
    """Share of pictures that are nearer than that percentile of real ones; about percent / 100 if they are alike."""
    return float((distance < np.percentile(real, percent)).mean())
