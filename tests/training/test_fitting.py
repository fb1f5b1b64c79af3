"""Fitting a module: it learns, it goes on where it was killed, and says what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.errors import BadModel, Cancelled, TrainingDiverged
from engine.training.checkpoint import checkpoints_in
from engine.training.fitting import Fit, fit
from engine.training.step import TrainingStep

HOW = Fit(
    stage="autoencoder",
    steps=60,
    learning_rate=0.1,
    setting="autoencoder_learning_rate",
    checkpoint_every_steps=20,
)


def line() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


def losses(model: nn.Module):
    """Loss of a step, whose draws follow from its number: learn to add three numbers."""

    def loss_at(step: int) -> torch.Tensor:
        numbers = torch.rand(16, 3, generator=torch.Generator().manual_seed(step))
        return (model(numbers)[:, 0] - numbers.sum(1)).square().mean()

    return loss_at


def test_it_learns() -> None:
    model, told = line(), list[TrainingStep]()
    fit(model, losses(model), HOW, told.append)
    assert [step.step for step in told] == list(range(1, 61))
    assert told[-1].loss < 1e-2 * told[0].loss
    assert not model.weight.requires_grad
    assert not model.training


def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = line()
    fit(whole, losses(whole), HOW)

    def stop(step: TrainingStep) -> None:
        if step.step == 47:
            raise Cancelled("stopped")

    stopped = line()
    with pytest.raises(Cancelled):
        fit(stopped, losses(stopped), HOW, stop, tmp_path)
    assert [path.name for path in checkpoints_in(tmp_path)] == ["step-000040"]
    other, told = line(), list[TrainingStep]()
    fit(other, losses(other), HOW, told.append, tmp_path)
    assert [step.step for step in told] == list(range(41, 61))
    assert torch.equal(other.weight, whole.weight)


def test_the_rate_rises_and_falls() -> None:
    rates = [HOW.learning_rate_at(step) for step in range(60)]
    assert rates[0] == pytest.approx(0.1 / 20, rel=0.01)
    assert max(rates) == rates[19] <= 0.1
    assert rates[19:] == sorted(rates[19:], reverse=True)
    assert rates[-1] == pytest.approx(0.005, rel=0.1)


def test_a_loss_that_is_not_finite_names_the_setting() -> None:
    model = line()
    with pytest.raises(
        TrainingDiverged, match=r"autoencoder is not finite at step 1; lower autoencoder_learning_rate"
    ):
        fit(model, lambda step: model.weight.sum() * float("nan"), HOW)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    model = line()
    fit(model, losses(model), replace(HOW, steps=20), state=tmp_path)
    (checkpoints_in(tmp_path)[-1] / "state.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadModel, match="step-000020 is damaged"):
        fit(model, losses(model), HOW, state=tmp_path)
