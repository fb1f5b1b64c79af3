"""The loop: stops for a person or a loss that is no number, and always leaves something to go on from."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator

from engine.diffusion.pipeline import PlacePipeline
from engine.errors import Cancelled, DiskFull, TrainingDiverged
from engine.training import log
from engine.training.config import TrainingConfig
from engine.training.dataset import Dataset
from engine.training.learner import Learner
from engine.training.loop import train
from engine.training.step import TrainingStep
from engine.training.workspace import Workspace

Quick = Callable[..., TrainingConfig]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "model")
    made.checkpoints.mkdir(parents=True)
    return made


def learner(pipe: PlacePipeline, config: TrainingConfig) -> Learner:
    return Learner(pipe, config, Accelerator(cpu=True))


def test_every_step_is_told_and_logged(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick, workspace: Workspace
) -> None:
    told: list[TrainingStep] = []
    config = quick(max_train_steps=5, validation_every_steps=2, sample_every_steps=3)
    samples: list[int] = []

    def sample(step: int) -> list[Path]:
        samples.append(step)
        return [Path(f"{step}.png")]

    train(learner(pipe, config), dataset, workspace, validation=dataset, on_step=told.append, sample=sample)
    assert [step.step for step in told] == [1, 2, 3, 4, 5]
    assert all(step.max_train_steps == 5 and step.steps_per_s > 0 and step.loss > 0 for step in told)
    assert told[-1].eta_s == 0
    assert samples == [3, 5]
    assert [step.samples for step in told] == [[], [], [Path("3.png")], [], [Path("5.png")]]
    lines = [json.loads(line) for line in workspace.log.read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5]
    assert ["validation_loss" in line for line in lines] == [False, True, False, True, True]
    assert [line["loss"] for line in lines] == [step.loss for step in told]
    assert workspace.newest_checkpoint == workspace.checkpoints / "step-000005"


def test_cancelling_keeps_a_checkpoint_of_that_very_step(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick, workspace: Workspace
) -> None:
    def stop(step: TrainingStep) -> None:
        if step.step == 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="stopped after step 3 of 4"):
        train(learner(pipe, quick()), dataset, workspace, on_step=stop)
    assert workspace.newest_checkpoint == workspace.checkpoints / "step-000003"


def test_three_losses_in_a_row_that_are_no_number_end_the_run(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick, workspace: Workspace
) -> None:
    def poison(step: TrainingStep) -> None:
        if step.step == 2:
            pipe.unet.register_forward_hook(lambda module, inputs, output: (output[0] * float("nan"),))

    with pytest.raises(
        TrainingDiverged, match=r"at step 5; the last good checkpoint is .*step-000004.*resume"
    ):
        train(learner(pipe, quick(max_train_steps=9)), dataset, workspace, on_step=poison)
    lines = log.read(workspace.log)
    assert [line["loss"] is None for line in lines] == [False, False, True, True]
    assert [line["skipped"] for line in lines] == [0, 0, 1, 2]
    assert all(torch.isfinite(weight).all() for weight in pipe.unet.parameters())


def test_two_in_a_row_are_only_skipped(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick, workspace: Workspace
) -> None:
    hooks = []

    def poison(step: TrainingStep) -> None:
        if step.step == 1:
            hook = pipe.unet.register_forward_hook(lambda module, inputs, output: (output[0] * float("nan"),))
            hooks.append(hook)
        if step.step == 3:
            hooks[0].remove()

    made = learner(pipe, quick(max_train_steps=4))
    train(made, dataset, workspace, on_step=poison)
    assert (made.step, made.skipped) == (4, 2)


def test_a_log_goes_on_where_the_checkpoint_is(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for step in range(1, 6):
        log.append(path, step=step, loss=1 / step if step != 2 else float("nan"))
    with path.open("a") as file:
        file.write('{"step": 6, "lo')  # killed while writing
    log.cut(path, 3)
    assert log.read(path) == [
        {"step": 1, "loss": 1.0},
        {"step": 2, "loss": None},
        {"step": 3, "loss": pytest.approx(1 / 3)},
    ]
    log.cut(tmp_path / "new.jsonl", 0)
    assert log.read(tmp_path / "new.jsonl") == []


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match=r"no room for .*log\.jsonl"):
        log.append(tmp_path / "log.jsonl", step=1)
