"""Checkpoints: whole or not there, the newest kept, nothing a pickle."""

from pathlib import Path

import pytest
import torch

from engine.errors import BadModel
from engine.training.checkpoint import Checkpoint, checkpoints_in, sweep


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint(
        step=step,
        model={"unet.a": torch.arange(6.0).reshape(2, 3).T, "encoder.b": torch.tensor([step])},
        ema={},
        optimizer={"0.exp_avg": torch.ones(3, 2), "0.step": torch.tensor(float(step))},
        counters={"seed": 7, "skipped": 1, "loss_scale": None},
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = checkpoint(12).write(tmp_path, keep=2)
    again = Checkpoint.read(path)
    assert (again.step, again.counters) == (12, {"seed": 7, "skipped": 1, "loss_scale": None})
    assert torch.equal(again.model["unet.a"], checkpoint(12).model["unet.a"])
    assert again.optimizer["0.step"].item() == 12
    assert again.ema == {}
    assert {file.suffix for file in path.iterdir()} == {".json", ".safetensors"}


def test_only_the_newest_stay(tmp_path: Path) -> None:
    for step in (5, 10, 999_999, 1_000_000):
        checkpoint(step).write(tmp_path, keep=2)
    assert [path.name for path in checkpoints_in(tmp_path)] == ["step-999999", "step-1000000"]


def test_the_oldest_goes_only_once_the_new_one_is_there(tmp_path: Path) -> None:
    checkpoint(1).write(tmp_path, keep=1)
    broken = Checkpoint(2, {}, {}, {}, counters={"seed": object()})
    with pytest.raises(TypeError):
        broken.write(tmp_path, keep=1)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000001"]


def test_what_a_kill_left_half_written_is_swept_and_never_read(tmp_path: Path) -> None:
    checkpoint(1).write(tmp_path, keep=2)
    (tmp_path / ".step-000002.77.partial").mkdir()
    (tmp_path / ".log.77.partial").touch()
    assert [path.name for path in checkpoints_in(tmp_path)] == ["step-000001"]
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000001"]


@pytest.mark.parametrize("part", ["model.safetensors", "state.json"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, part: str) -> None:
    path = checkpoint(3).write(tmp_path, keep=2)
    (path / part).write_bytes((path / part).read_bytes()[:-9])
    with pytest.raises(BadModel, match=r"step-000003 is damaged .*; delete it to go on from the one before"):
        Checkpoint.read(path)
