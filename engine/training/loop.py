"""The loop: update after update, with checkpoints, samples and a log, that can be killed anywhere and gone on with.

Several GPUs: `accelerate launch -m engine train gps ...`. Each process runs this same code, and only the main one
writes.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.errors import Cancelled, TrainingDiverged
from engine.training import log
from engine.training.checkpoint import Checkpoint
from engine.training.dataset import Dataset
from engine.training.learner import Learner
from engine.training.rate import learning_rate_at
from engine.training.step import OnStep, Pace
from engine.training.workspace import Workspace

_MOST_FAILURES = 3

Sample = Callable[[int], Sequence[Path]]
"""Makes sample pictures of a step; the pipeline has its averaged weights meanwhile."""


def train(
    learner: Learner,
    dataset: Dataset,
    workspace: Workspace,
    *,
    validation: Dataset | None = None,
    on_step: OnStep | None = None,
    sample: Sample | None = None,
) -> None:
    """Train until `max_train_steps`, from the newest checkpoint where there is one; the pipeline then has the
    averaged weights.

    Whatever `on_step` raises stops the run; for Cancelled a checkpoint is kept. Raises TrainingDiverged after three
    steps in a row without a finite loss, and DiskFull.
    """
    config, is_main = learner.config, learner.accelerator.is_main_process
    if newest := workspace.newest_checkpoint:
        learner.restore(Checkpoint.read(newest))
    learner.accelerator.wait_for_everyone()
    if is_main:
        log.cut(workspace.log, learner.step)
    pace = Pace("training", config.max_train_steps, on_step, learner.step)
    failures = 0
    while learner.step < config.max_train_steps:
        loss = learner.update(dataset)
        failures = 0 if math.isfinite(loss) else failures + 1
        if failures == _MOST_FAILURES:
            raise TrainingDiverged(_divergence(learner, workspace))
        if is_main:
            _report(learner, workspace, loss, pace, validation, sample)
    learner.accelerator.wait_for_everyone()
    learner.finish()


def _report(
    learner: Learner,
    workspace: Workspace,
    loss: float,
    pace: Pace,
    validation: Dataset | None,
    sample: Sample | None,
) -> None:
    """Write what is due after a step, and tell the listener."""
    config, step = learner.config, learner.step
    rate = learning_rate_at(step - 1, config)

    def due(every: int) -> bool:
        return every > 0 and (step % every == 0 or step == config.max_train_steps)

    figures = {"loss": loss, "learning_rate": rate, "skipped": learner.skipped}
    if validation and due(config.validation_every_steps):
        figures["validation_loss"] = learner.validation_loss(validation)
    saved = due(config.checkpoint_every_steps)
    if saved:
        learner.checkpoint().write(workspace.checkpoints, config.checkpoints_kept)
    samples: Sequence[Path] = ()
    if sample and due(config.sample_every_steps):
        with learner.averaged_weights():
            samples = sample(step)
    log.append(workspace.log, step=step, **figures)
    learner.accelerator.log(figures, step)
    try:
        pace.tell(step, loss, rate, samples)
    except Cancelled as error:
        if not saved:
            learner.checkpoint().write(workspace.checkpoints, config.checkpoints_kept)
        raise Cancelled(
            f"the training was stopped after step {step} of {config.max_train_steps}; resume it to go on"
        ) from error


def _divergence(learner: Learner, workspace: Workspace) -> str:
    newest = workspace.newest_checkpoint
    where = f"the last good checkpoint is {newest}" if newest else "there is no checkpoint yet"
    rate = learning_rate_at(learner.step - 1, learner.config)
    return (
        f"the loss was not finite three times in a row, the last time at step {learner.step}; {where}: "
        f"lower learning_rate (now {rate:g}) and {'resume' if newest else 'begin again'}"
    )
