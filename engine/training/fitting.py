"""Fitting: one module and one loss, step after step, with checkpoints to go on from; for what a UNet needs first."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engine.errors import TrainingDiverged
from engine.training.checkpoint import Checkpoint, checkpoints_in, memory_of, remember, sweep
from engine.training.step import OnStep, Pace, Stage


@dataclass(frozen=True)
class Fit:
    """How a module is fitted."""

    stage: Stage
    steps: int
    """Updates in all."""
    learning_rate: float
    """AdamW's highest rate; after a short rise it falls along half a cosine to a twentieth."""
    setting: str
    """Name of the setting that tells the rate."""
    warmup_steps: int = 20
    """Steps over which the rate rises."""
    weight_decay: float = 0.0
    """AdamW's decay of the weights."""
    checkpoint_every_steps: int = 500
    """Steps between checkpoints."""

    def learning_rate_at(self, step: int) -> float:
        """Rate of the update after `step` others."""
        fall = (1 + math.cos(math.pi * step / self.steps)) / 2
        return self.learning_rate * min(1.0, (step + 1) / self.warmup_steps) * (0.05 + 0.95 * fall)


def fit(
    module: nn.Module,
    loss_at: Callable[[int], Float[Tensor, ""]],
    how: Fit,
    on_step: OnStep | None = None,
    state: Path | None = None,
) -> None:
    """Fit every weight of `module` in place to `loss_at(step)`, whose draws follow from the step alone.

    With a folder `state` there are checkpoints, and a run goes on from the newest one there.

    Raises TrainingDiverged when the loss is not finite, DiskFull, BadModel for a damaged checkpoint.
    """
    module.requires_grad_(True).train()
    weights = list(module.parameters())
    optimizer = torch.optim.AdamW(weights, lr=how.learning_rate, weight_decay=how.weight_decay)
    done = _go_on(module, optimizer, state) if state is not None else 0
    pace = Pace(how.stage, how.steps, on_step, done)
    for step in range(done, how.steps):
        rate = how.learning_rate_at(step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_at(step)
        if not torch.isfinite(loss):
            raise TrainingDiverged(
                f"the loss of the {how.stage} is not finite at step {step + 1}; lower {how.setting} "
                f"(now {how.learning_rate:g})"
            )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        if state is not None and (step + 1) % how.checkpoint_every_steps == 0:
            model = {name: weight.detach() for name, weight in module.state_dict().items()}
            Checkpoint(step + 1, model, {}, memory_of(optimizer), {}).write(state, keep=1)
        pace.tell(step + 1, loss.item(), rate)
    module.requires_grad_(False).eval()


def _go_on(module: nn.Module, optimizer: torch.optim.Optimizer, state: Path) -> int:
    """Steps that are done already, once module and optimiser are as they were then."""
    state.mkdir(parents=True, exist_ok=True)
    sweep(state)
    saved = checkpoints_in(state)
    if not saved:
        return 0
    checkpoint = Checkpoint.read(saved[-1])
    module.load_state_dict(dict(checkpoint.model))
    remember(optimizer, checkpoint.optimizer)
    return checkpoint.step
