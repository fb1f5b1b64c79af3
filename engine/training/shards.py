"""Shards: rows that are costly to compute, computed once and kept on disk, memory-mapped when they are read.

Each shard is written whole or not at all, so work that was killed goes on where it was; several processes share the
shards out among themselves.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from jaxtyping import Int
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.atomic import writing_file

ROWS_PER_SHARD = 1024


class Shards:
    """All rows of a folder; only those that are asked for are read."""

    def __init__(self, folder: Path, count: int) -> None:
        self._shards = [load_file(_path(folder, rows))["rows"] for rows in _shards(count)]

    @property
    def shape(self) -> torch.Size:
        """Shape of one row."""
        return self._shards[0].shape[1:]

    def __getitem__(self, indices: Int[Tensor, " N"]) -> Tensor:
        """Rows (N, ...), in half precision as they are kept."""
        rows = torch.empty(len(indices), *self.shape, dtype=torch.float16)
        shards = indices // ROWS_PER_SHARD
        for number in shards.unique().tolist():
            mine = (shards == number).nonzero()[:, 0]
            rows[mine] = self._shards[number][indices[mine] % ROWS_PER_SHARD]
        return rows


def compute_rows(
    folder: Path,
    count: int,
    compute: Callable[[range], Iterable[Tensor]],
    rank: int = 0,
    world: int = 1,
    on_rows: Callable[[int], object] | None = None,
) -> None:
    """Write what is missing of `count` rows, the share of one process of several.

    `compute` yields the rows of a range in batches. They are kept in half precision, which is finer than what an
    autoencoder loses. `on_rows` hears how many rows of the share are done. Raises DiskFull.
    """
    done = 0
    for rows in _shards(count)[rank::world]:
        if _path(folder, rows).exists():
            continue
        batches = []
        for batch in compute(rows):
            batches.append(batch.to("cpu", torch.float16))
            done += len(batch)
            if on_rows:
                on_rows(done)
        with writing_file(_path(folder, rows)) as temporary:
            save_file({"rows": torch.cat(batches).contiguous()}, temporary)


def missing_rows(folder: Path, count: int, rank: int = 0, world: int = 1) -> int:
    """How many of `count` rows one process of several still has to compute."""
    return sum(len(rows) for rows in _shards(count)[rank::world] if not _path(folder, rows).exists())


def _shards(count: int) -> list[range]:
    return [range(start, min(start + ROWS_PER_SHARD, count)) for start in range(0, count, ROWS_PER_SHARD)]


def _path(folder: Path, rows: range) -> Path:
    return folder / f"{rows.start // ROWS_PER_SHARD:06d}.safetensors"
