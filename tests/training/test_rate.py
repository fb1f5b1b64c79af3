"""The learning rate: diffusers' schedules as a function of the step."""

import pytest
import torch
from diffusers.optimization import get_scheduler

from engine.training.config import TrainingConfig
from engine.training.rate import learning_rate_at


@pytest.mark.parametrize(("ours", "theirs"), [("constant", "constant_with_warmup"), ("cosine", "cosine")])
@pytest.mark.parametrize("warmup", [0, 7])
def test_the_rate_is_that_of_diffusers(ours, theirs: str, warmup: int) -> None:
    config = TrainingConfig(learning_rate=3e-4, lr_scheduler=ours, lr_warmup_steps=warmup, max_train_steps=40)
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=3e-4)
    schedule = get_scheduler(theirs, optimizer, num_warmup_steps=warmup, num_training_steps=40)
    for step in range(40):
        assert learning_rate_at(step, config) == pytest.approx(schedule.get_last_lr()[0], rel=1e-9, abs=1e-15)
        optimizer.step()
        schedule.step()
