"""The learner: updates that can be cut anywhere, shared out, averaged and skipped without a difference."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from accelerate.utils import GradientAccumulationPlugin

from engine.diffusion.adapter import add_lora
from engine.diffusion.pipeline import PlacePipeline
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig
from engine.training.dataset import Dataset
from engine.training.denoiser import draw_batch
from engine.training.learner import Learner

Quick = Callable[..., TrainingConfig]
Build = Callable[[], PlacePipeline]


def learner(pipe: PlacePipeline, config: TrainingConfig) -> Learner:
    pipe.vae.requires_grad_(False)
    plugin = GradientAccumulationPlugin(num_steps=config.passes(1), sync_with_dataloader=False)
    return Learner(pipe, config, Accelerator(cpu=True, gradient_accumulation_plugin=plugin))


def weights(pipe: PlacePipeline) -> dict[str, torch.Tensor]:
    parts = {"unet": pipe.unet, "place_encoder": pipe.place_encoder}
    return {
        f"{part}.{name}": weight.detach().clone()
        for part, module in parts.items()
        for name, weight in module.named_parameters()
    }


def largest_difference(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> float:
    assert a.keys() == b.keys()
    return max((a[name] - b[name]).abs().max().item() for name in a)


def test_a_resumed_run_equals_an_uninterrupted_one(
    pipe: PlacePipeline, build: Build, dataset: Dataset, quick: Quick, tmp_path: Path
) -> None:
    schedule = {"lr_scheduler": "cosine", "lr_warmup_steps": 3, "optional_dropout": 0.2}
    config = quick(max_train_steps=20, total_batch_size=2, train_batch_size=2, **schedule)
    whole = learner(pipe, config)
    losses = [whole.update(dataset) for _ in range(20)]

    first_pipe = build()
    first = learner(first_pipe, config)
    before = [first.update(dataset) for _ in range(7)]
    path = first.checkpoint().write(tmp_path, keep=1)

    second_pipe = build()
    second = learner(second_pipe, config)
    second.restore(Checkpoint.read(path))
    after = [second.update(dataset) for _ in range(13)]

    assert before + after == pytest.approx(losses, abs=1e-6)
    assert largest_difference(weights(pipe), weights(second_pipe)) <= 1e-6
    whole.finish()
    second.finish()
    assert largest_difference(weights(pipe), weights(second_pipe)) <= 1e-6


def test_without_its_memory_a_resumed_run_would_not_be_equal(
    pipe: PlacePipeline, build: Build, dataset: Dataset, quick: Quick
) -> None:
    """The test above can fail: the optimiser's memory and the position in the data matter by more than 1e-6."""
    config = quick(max_train_steps=20)
    whole = learner(pipe, config)
    for _ in range(4):
        whole.update(dataset)
    checkpoint = whole.checkpoint()
    memory = {name: tensor * 0 for name, tensor in checkpoint.optimizer.items()}
    parts = (checkpoint.step, checkpoint.model, checkpoint.ema)
    other_pipe = build()
    other = learner(other_pipe, config)
    other.restore(Checkpoint(*parts, optimizer=memory, counters=checkpoint.counters))
    whole.update(dataset)
    other.update(dataset)
    assert largest_difference(weights(pipe), weights(other_pipe)) > 1e-5


def test_accumulated_passes_make_the_update_of_one_large_pass(
    pipe: PlacePipeline, build: Build, dataset: Dataset, quick: Quick
) -> None:
    config = quick(total_batch_size=6, train_batch_size=2, max_grad_norm=1e9)
    accumulated = learner(pipe, config)
    loss = accumulated.update(dataset)

    by_hand_pipe = build()
    by_hand = learner(by_hand_pipe, config)
    batches = [by_hand._batch(dataset, index) for index in range(3)]
    optimizer = torch.optim.AdamW(
        [*by_hand_pipe.unet.parameters(), *by_hand_pipe.place_encoder.parameters()],
        lr=config.learning_rate,
        weight_decay=config.adam_weight_decay,
    )
    device = torch.device("cpu")
    losses = [batch.loss(by_hand._bare, by_hand_pipe.scheduler, device) for batch in batches]
    torch.stack(losses).mean().backward()
    optimizer.step()

    assert loss == pytest.approx(torch.stack(losses).mean().item(), rel=1e-5)
    # AdamW's first step is the sign of the gradient: where that is nearly nothing, rounding decides.
    assert largest_difference(weights(pipe), weights(by_hand_pipe)) < 2.1e-3
    different = [
        ((weights(pipe)[name] - weight).abs() > 1e-5).double().mean().item()
        for name, weight in weights(by_hand_pipe).items()
        if weight.numel() > 1000
    ]
    assert max(different) < 0.02


def test_a_loss_that_is_not_finite_changes_nothing_and_is_counted(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick
) -> None:
    made = learner(pipe, quick())
    made.update(dataset)
    before, averages = weights(pipe), [each.clone() for each in made._ema.shadow_params]
    hook = pipe.unet.register_forward_hook(lambda module, inputs, output: (output[0] * float("inf"),))
    assert torch.isnan(torch.tensor(made.update(dataset)))
    hook.remove()
    assert (made.step, made.skipped) == (2, 1)
    assert largest_difference(before, weights(pipe)) == 0
    assert all(torch.equal(a, b) for a, b in zip(averages, made._ema.shadow_params, strict=True))
    assert torch.isfinite(torch.tensor(made.update(dataset)))
    assert largest_difference(before, weights(pipe)) > 0


def test_a_gradient_that_is_not_finite_is_skipped_too(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick
) -> None:
    made = learner(pipe, quick())
    before = weights(pipe)
    hook = pipe.unet.conv_in.weight.register_hook(lambda gradient: gradient * float("nan"))
    assert torch.isnan(torch.tensor(made.update(dataset)))
    hook.remove()
    assert made.skipped == 1
    assert largest_difference(before, weights(pipe)) == 0


def test_the_average_lags_behind_and_is_given_back(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick
) -> None:
    made = learner(pipe, quick(ema_decay=0.5))
    for _ in range(4):
        made.update(dataset)
    last = weights(pipe)
    with made.averaged_weights():
        assert largest_difference(last, weights(pipe)) > 0
        assert not pipe.unet.training
    assert largest_difference(last, weights(pipe)) == 0
    assert pipe.unet.training


def test_without_an_average_the_last_weights_are_the_model(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick
) -> None:
    made = learner(pipe, quick(ema_decay=0.0))
    made.update(dataset)
    last = weights(pipe)
    made.finish()
    assert largest_difference(last, weights(pipe)) == 0
    made.restore(made.checkpoint())


def test_lora_learns_its_layers_and_the_place_encoder_alone(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick
) -> None:
    pipe.unet.requires_grad_(False)
    add_lora(pipe, rank=2)
    made = learner(pipe, quick())
    before = weights(pipe)
    made.update(dataset)
    changed = {name for name, weight in weights(pipe).items() if not torch.equal(weight, before[name])}
    assert any("lora_B" in name for name in changed)
    assert all("lora" in name or name.startswith("place_encoder.") for name in changed)
    assert all("lora" in name or name.startswith("place_encoder.") for name in made.checkpoint().model)


def test_gradient_checkpointing_learns_the_same_thing(
    pipe: PlacePipeline, build: Build, dataset: Dataset, quick: Quick
) -> None:
    plain = learner(build(), quick()).update(dataset)
    saving = build()
    saving.unet.enable_gradient_checkpointing()
    assert learner(saving, quick()).update(dataset) == pytest.approx(plain, rel=1e-6)


def test_the_validation_loss_is_the_same_until_the_weights_change(
    pipe: PlacePipeline, dataset: Dataset, quick: Quick
) -> None:
    made = learner(pipe, quick(train_batch_size=2))
    before = made.validation_loss(dataset)
    assert made.validation_loss(dataset) == before
    made.update(dataset)
    assert made.validation_loss(dataset) != before


def test_dropout_reaches_the_batch(pipe: PlacePipeline, dataset: Dataset, quick: Quick) -> None:
    rows = torch.arange(len(dataset))
    config = quick(text_only_probability=0.0, gps_only_probability=0.0, neither_probability=1.0)
    batch = draw_batch(dataset, rows, config, 1000, torch.Generator().manual_seed(0))
    assert batch.values.isnan().all()
    assert torch.equal(batch.text, dataset.texts[torch.zeros(len(rows), dtype=torch.long)])
    config = quick(text_only_probability=0.0, gps_only_probability=0.0, neither_probability=0.0)
    batch = draw_batch(dataset, rows, config, 1000, torch.Generator().manual_seed(0))
    assert torch.equal(batch.values.isnan(), dataset.values.isnan())
    assert torch.equal(batch.text, dataset.texts[dataset.text_rows])


def test_it_learns(pipe: PlacePipeline, dataset: Dataset, quick: Quick) -> None:
    made = learner(pipe, quick(total_batch_size=8, train_batch_size=8, learning_rate=3e-3))
    before = made.validation_loss(dataset)
    for _ in range(40):
        made.update(dataset)
    assert made.validation_loss(dataset) < 0.8 * before
