"""Tile by tile through the candidates: the nearest solid along each view ray, and whether the sun is hidden."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Interval = Callable[[Sequence[Tensor], Sequence[Tensor], Sequence[Tensor]], tuple[Tensor, Tensor]]
_TILES = 16
_AT_ONCE = 4
"""Tiles and candidates tested in one step; a step's numbers (16 x 4 x 256) stay in a core's cache."""


def nearest(
    interval: Interval,
    geometry: Float[Tensor, "S G"],
    away: Float[Tensor, "S"],
    candidates: Int[Tensor, "T K"],
    counts: Int[Tensor, "T"],
    up_m: float,
    d: Float[Tensor, "3 T R"],
    t: Float[Tensor, "T R"],
    found: Int[Tensor, "T R"],
    first_number: int,
) -> None:
    """Lowers `t` in place to the nearest solid, and writes its number (from `first_number` on) into `found`.

    All rays start at (0, 0, `up_m`); `away`, the least distance of each solid, never falls along the solids.
    """
    origin = [torch.zeros((), device=d.device), torch.zeros((), device=d.device)]
    origin.append(torch.tensor(up_m, device=d.device))
    for part, start, stop in _chunks(counts):
        tiles = part
        ray = d[:, tiles, None, :]
        best, number = t[tiles], found[tiles]
        for k in range(start, stop, _AT_ONCE):
            index = candidates[tiles, k : k + _AT_ONCE]
            if k and bool((away[index[:, 0]] > best.amax(1)).all()):
                break
            rows = geometry[index]
            enter, leave = interval(origin, ray.unbind(0), [column[..., None] for column in rows.unbind(-1)])
            valid = torch.arange(k, k + index.shape[1], device=d.device) < counts[tiles, None]
            enter = torch.where((enter < leave) & (enter > 0) & valid[..., None], enter, torch.inf)
            closest, which = enter.min(1)
            nearer = closest < best
            best = torch.where(nearer, closest, best)
            number = torch.where(nearer, index.gather(1, which) + first_number, number)
        t[tiles], found[tiles] = best, number


def hidden(
    interval: Interval,
    geometry: Float[Tensor, "S G"],
    candidates: Int[Tensor, "T K"],
    counts: Int[Tensor, "T"],
    points: Float[Tensor, "3 T R"],
    sun: Float[Tensor, "3"],
    dark: Bool[Tensor, "T R"],
) -> None:
    """Sets `dark` in place where a solid lies between the point and the sun; points that are dark are skipped."""
    direction = sun.unbind(0)
    for tiles, start, stop in _chunks(counts):
        origin = points[:, tiles, None, :]
        shade = dark[tiles]
        for k in range(start, stop, _AT_ONCE):
            if k and bool(shade.all()):
                break
            index = candidates[tiles, k : k + _AT_ONCE]
            rows = geometry[index]
            enter, leave = interval(
                origin.unbind(0), direction, [column[..., None] for column in rows.unbind(-1)]
            )
            valid = torch.arange(k, k + index.shape[1], device=dark.device) < counts[tiles, None]
            shade = shade | ((enter < leave) & (leave > 0) & valid[..., None]).any(1)
        dark[tiles] = shade


def _chunks(counts: Int[Tensor, "T"]):
    """Groups of tiles that have about equally many candidates: their indices, 0 and the largest number."""
    order = torch.argsort(counts, descending=True, stable=True)
    ordered = counts[order].tolist()
    size = _TILES if counts.device.type == "cpu" else 4096
    for start in range(0, len(ordered), size):
        if ordered[start] == 0:
            return
        yield order[start : start + size], 0, ordered[start]
