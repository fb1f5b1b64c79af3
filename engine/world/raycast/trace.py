"""Tile by tile through the candidates: the nearest solid along each view ray, and whether the sun is hidden."""

from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from engine.world.raycast.coverage import Candidates

Interval = Callable[[Sequence[Tensor], Sequence[Tensor], Sequence[Tensor]], tuple[Tensor, Tensor]]
_TILES, _AT_ONCE = 16, 4
"""Tiles and candidates that a processor tests in one step, whose numbers (16 x 4 x 256) stay in a core's cache."""
_TILES_GPU, _PAIRS_GPU, _MOST_AT_ONCE_GPU = 4096, 8192, 64
"""A GPU is quicker in few large steps: pairs of a tile and a candidate, and how many candidates the last tiles get."""


def nearest(
    interval: Interval,
    geometry: Float[Tensor, "S G"],
    away: Float[Tensor, "S"],
    candidates: Candidates,
    up_m: float,
    d: Float[Tensor, "3 T R"],
    t: Float[Tensor, "T R"],
    found: Int[Tensor, "T R"],
    numbers: Int[Tensor, "S"],
) -> None:
    """Lowers `t` in place to the nearest solid, and writes that solid's number into `found`.

    All rays start at (0, 0, `up_m`); `away`, the least distance of each solid, never falls along the solids.
    """
    origin = [torch.zeros((), device=d.device), torch.zeros((), device=d.device)]
    origin.append(torch.tensor(up_m, device=d.device))
    for tiles, most in _chunks(candidates.counts):
        ray, best, number = d[:, tiles, None, :], t[tiles], found[tiles]
        k = 0
        while k < most:
            width = _width(tiles)
            index, valid = candidates.step(tiles, k, width)
            if k:
                going = valid[:, 0] & (away[index[:, 0]] <= best.amax(1))
                left = int(going.sum())
                if left == 0:
                    break
                if left <= len(tiles) // 2:
                    t[tiles], found[tiles] = best, number
                    tiles, ray = tiles[going], ray[:, going]
                    best, number, index, valid = best[going], number[going], index[going], valid[going]
            columns = geometry[index][..., None].unbind(-2)
            enter, leave = interval(origin, ray.unbind(0), columns)
            enter = torch.where((enter < leave) & (enter > 0) & valid[..., None], enter, torch.inf)
            closest, which = enter.min(1)
            nearer = closest < best
            best = torch.where(nearer, closest, best)
            number = torch.where(nearer, numbers[index].gather(1, which), number)
            k += width
        t[tiles], found[tiles] = best, number


def hidden(
    interval: Interval,
    geometry: Float[Tensor, "S G"],
    candidates: Candidates,
    points: Float[Tensor, "3 T R"],
    sun: Float[Tensor, "3"],
    dark: Bool[Tensor, "T R"],
) -> None:
    """Sets `dark` in place where a solid lies between the point and the sun; points that are dark are skipped."""
    direction = sun.unbind(0)
    for tiles, most in _chunks(candidates.counts):
        origin, shade = points[:, tiles, None, :], dark[tiles]
        k = 0
        while k < most:
            width = _width(tiles)
            index, valid = candidates.step(tiles, k, width)
            if k:
                going = valid[:, 0] & ~shade.all(1)
                left = int(going.sum())
                if left == 0:
                    break
                if left <= len(tiles) // 2:
                    dark[tiles] = shade
                    tiles, origin = tiles[going], origin[:, going]
                    shade, index, valid = shade[going], index[going], valid[going]
            columns = geometry[index][..., None].unbind(-2)
            enter, leave = interval(origin.unbind(0), direction, columns)
            shade = shade | ((enter < leave) & (leave > 0) & valid[..., None]).any(1)
            k += width
        dark[tiles] = shade


def _chunks(counts: Int[Tensor, "T"]) -> Iterator[tuple[Int[Tensor, "A"], int]]:
    """Groups of tiles that have about equally many candidates, and the largest of their numbers."""
    order = torch.argsort(counts, descending=True, stable=True)
    ordered = counts[order].tolist()
    size = _TILES if counts.device.type == "cpu" else _TILES_GPU
    for start in range(0, len(ordered), size):
        if ordered[start] == 0:
            return
        yield order[start : start + size], ordered[start]


def _width(tiles: Int[Tensor, "A"]) -> int:
    """How many candidates of each tile are tested in one step."""
    if tiles.device.type == "cpu":
        return _AT_ONCE
    return max(_AT_ONCE, min(_PAIRS_GPU // len(tiles), _MOST_AT_ONCE_GPU))
