"""Shards: computed once, gone on with after a kill, shared out among processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from engine.errors import DiskFull
from engine.training import shards
from engine.training.shards import Shards, compute_rows, missing_rows


@pytest.fixture(autouse=True)
def short_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ROWS_PER_SHARD", 4)


def numbers(rows: range) -> Iterator[torch.Tensor]:
    for row in rows:
        yield torch.full((1, 2, 3), float(row))


def test_rows_come_back_in_any_order(tmp_path: Path) -> None:
    heard: list[int] = []
    compute_rows(tmp_path, 10, numbers, on_rows=heard.append)
    rows = Shards(tmp_path, 10)
    assert rows.shape == (2, 3)
    assert rows[torch.tensor([9, 0, 4, 4])][:, 0, 0].tolist() == [9, 0, 4, 4]
    assert rows[torch.tensor([1])].dtype == torch.float16
    assert heard == list(range(1, 11))


def test_only_what_is_missing_is_computed(tmp_path: Path) -> None:
    compute_rows(tmp_path, 10, numbers)
    (tmp_path / "000001.safetensors").unlink()
    assert missing_rows(tmp_path, 10) == 4
    asked: list[range] = []

    def watched(rows: range) -> Iterator[torch.Tensor]:
        asked.append(rows)
        return numbers(rows)

    compute_rows(tmp_path, 10, watched)
    assert asked == [range(4, 8)]


def test_a_killed_shard_leaves_nothing(tmp_path: Path) -> None:
    def killed(rows: range) -> Iterator[torch.Tensor]:
        yield from numbers(range(rows.start, rows.start + 2))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compute_rows(tmp_path, 10, killed)
    assert missing_rows(tmp_path, 10) == 10


def test_processes_share_the_rows_out_without_a_rest(tmp_path: Path) -> None:
    assert [missing_rows(tmp_path, 10, rank, 2) for rank in range(2)] == [6, 4]
    for rank in range(2):
        compute_rows(tmp_path, 10, numbers, rank, 2)
    assert Shards(tmp_path, 10)[torch.arange(10)][:, 0, 0].tolist() == list(range(10))


def test_a_full_disk_is_named_also_where_safetensors_met_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(tensors: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(shards, "save_file", no_room)
    with pytest.raises(DiskFull, match="the disk is full"):
        compute_rows(tmp_path, 3, numbers)
    assert not list(tmp_path.iterdir())
