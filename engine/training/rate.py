"""The learning rate as a function of the step, so that a run can go on anywhere."""

import math

from engine.training.config import RunConfig


def learning_rate_at(step: int, config: RunConfig) -> float:
    """Rate of the update after `step` others: a rise from zero, then constant, or half a cosine down to zero."""
    if step < config.lr_warmup_steps:
        return config.learning_rate * step / config.lr_warmup_steps
    if config.lr_scheduler == "constant":
        return config.learning_rate
    progress = (step - config.lr_warmup_steps) / max(1, config.max_train_steps - config.lr_warmup_steps)
    return config.learning_rate * (1 + math.cos(math.pi * min(1.0, progress))) / 2
