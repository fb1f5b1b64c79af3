"""Colours: hexadecimal as people write them, linear light as the ray caster adds them up."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float


def linear(colour: str | tuple[float, float, float]) -> Float[np.ndarray, "3"]:
    """Linear light of `#rrggbb`; a triple is taken to be linear already."""
    if not isinstance(colour, str):
        return np.asarray(colour, dtype=float)
    encoded = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


@lru_cache(maxsize=256)
def linear_table(colours: tuple[str, ...]) -> Float[np.ndarray, "N 3"]:
    """Linear light of each colour."""
    return np.array([linear(colour) for colour in colours])
