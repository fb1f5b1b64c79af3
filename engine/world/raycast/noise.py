"""Fixed noise: the same lattice of numbers on every device, so that a picture depends on its place alone."""

from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

_SIDE = 256


@lru_cache(maxsize=8)
def _lattice(device: torch.device) -> Float[Tensor, "65536"]:
    """Numbers in [0, 1), drawn once on the CPU."""
    return torch.rand(_SIDE * _SIDE, generator=torch.Generator().manual_seed(20_250_610)).to(device)


def hashed(i: Tensor, j: Tensor, seed: Tensor | float = 0.0) -> Tensor:
    """A number in [0, 1) for each cell (i, j) of a grid; whole numbers in, of any sign."""
    key = i.long() * 12_289 + j.long() * 769
    key = key + (seed.long() if isinstance(seed, Tensor) else int(seed)) * 40_503
    return _lattice(i.device)[key & (_SIDE * _SIDE - 1)]


def smooth(x: Tensor, y: Tensor) -> Tensor:
    """Value noise in [0, 1] with cells of one unit, repeating every 256."""
    left, low = x.floor(), y.floor()
    fx, fy = x - left, y - low
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    table = _lattice(x.device)
    column, row = left.long() & (_SIDE - 1), (low.long() & (_SIDE - 1)) * _SIDE
    column1, row1 = (column + 1) & (_SIDE - 1), (row + _SIDE) & (_SIDE * _SIDE - 1)
    lower = torch.lerp(table[row + column], table[row + column1], fx)
    upper = torch.lerp(table[row1 + column], table[row1 + column1], fx)
    return torch.lerp(lower, upper, fy)


def cloudy(x: Tensor, y: Tensor, octaves: int = 3) -> Tensor:
    """Sum of noises in [0, 1], each twice as fine and half as strong."""
    scale, right, up = (each.reshape(-1, *[1] * x.dim()) for each in _octaves(octaves, x.device))
    total, weight, norm = torch.zeros_like(x), 1.0, 0.0
    for finer in smooth(
        x * scale + right, y * scale + up
    ):  # all at once, for a GPU is slow at many small steps
        total = total + weight * finer
        norm += weight
        weight /= 2
    return total / norm


@lru_cache(maxsize=32)
def _octaves(count: int, device: torch.device) -> Float[Tensor, "3 count"]:
    """Of each noise of a sum: how fine it is, and where it begins."""
    return torch.tensor([[2.0**octave, 17.3 * octave, 9.1 * octave] for octave in range(count)]).T.to(device)
