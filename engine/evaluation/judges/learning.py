"""Learning: a judge's network from pictures and their labels, resumable after every epoch.

All randomness follows from the seed and the step, so a run that was killed and goes on ends with the same weights.
Pictures are cut a little and never mirrored, for a mirror turns west into east.
"""

import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from engine.errors import BadRequest
from engine.evaluation.judges.judge import Images, Judge, normalised, pixels_of
from engine.evaluation.judges.network import JudgeNetwork
from engine.evaluation.judges.questions import MISSING, Labels, Questions
from engine.training.checkpoint import Checkpoint, checkpoints_in, memory_of, remember, sweep
from engine.training.draws import generator_at, photos_at

_LOOK, _NETWORK = 101, 102


@dataclass(frozen=True)
class JudgeConfig:
    """Settings of one run. Raises BadRequest out of range."""

    size_px: int = 96
    """Side that pictures are looked at."""
    width: int = 32
    """Channels of the first stage; the last has eight times as many."""
    epochs: int = 20
    """How often each picture is looked at."""
    batch_size: int = 64
    """Pictures in one update."""
    learning_rate: float = 2e-3
    """AdamW's highest rate, after a tenth of the run; it then falls to zero along half a cosine."""
    weight_decay: float = 0.05
    """AdamW's decay of the weights."""
    dropout: float = 0.2
    """Share of features that are hidden from the heads."""
    label_smoothing: float = 0.1
    """Share of each label that is spread over all answers."""
    closest: float = 0.6
    """Smallest share of a picture's side that is looked at in training; 1 always looks at all of it."""
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"width": 4, "epochs": 1, "batch_size": 2, "seed": 0}
        for name, minimum in least.items():
            if getattr(self, name) < minimum:
                raise BadRequest(
                    f"{name} is {getattr(self, name)}; give a whole number of at least {minimum}"
                )


@dataclass(frozen=True)
class Epoch:
    """How far a run is."""

    number: int
    """Epochs done."""
    epochs: int
    loss: float
    """Mean over the epoch; NaN when none of its pictures had a label."""


def train_judge(
    images: Images,
    labels: Labels,
    questions: Questions,
    config: JudgeConfig | None = None,
    *,
    state: Path | None = None,
    device: str | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Judge:
    """A judge trained on pictures, on "cuda" where there is one unless `device` says otherwise.

    With a folder `state` it keeps a checkpoint after every epoch and goes on from the newest one there; the caller
    gives the same pictures and settings again. Whatever `on_epoch` raises stops the run after its checkpoint.

    Raises BadRequest for pictures that cannot be used, for labels that do not fit them, and for a picture fewer than
    a batch; DiskFull; BadModel for a damaged checkpoint.
    """
    config = config or JudgeConfig()
    pixels = pixels_of(images, config.size_px)
    targets = _targets(labels, questions, len(pixels))
    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    run = _Run(questions, config, len(pixels), where)
    if state is not None:
        state.mkdir(parents=True, exist_ok=True)
        sweep(state)
        if saved := checkpoints_in(state):
            run.restore(Checkpoint.read(saved[-1]))
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
        while run.epoch < config.epochs:
            loss = run.one_epoch(pixels, targets)
            if state is not None:
                run.checkpoint().write(state, keep=1)
            if on_epoch:
                on_epoch(Epoch(run.epoch, config.epochs, loss))
    return Judge(run.network, questions, config.size_px, config.width).to("cpu")


def judge_loss(
    outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor], questions: Questions, smoothing: float = 0.0
) -> Float[Tensor, ""]:
    """Sum over the questions of the mean loss over the pictures that have a label for it; 0 where none has.

    Cross entropy of a choice. For a direction, half the squared distance to the unit vector, whose best answer under
    doubt is a short vector.
    """
    total = torch.zeros((), device=next(iter(outputs.values())).device)
    for name in questions.choices:
        labelled = (targets[name] != MISSING).sum().clamp(min=1)
        losses = cross_entropy(
            outputs[name], targets[name], ignore_index=MISSING, reduction="sum", label_smoothing=smoothing
        )
        total = total + losses / labelled
    for name in questions.directions:
        known = ~targets[name].isnan()
        angle = torch.deg2rad(targets[name].nan_to_num())
        unit = torch.stack([angle.sin(), angle.cos()], dim=1)
        losses = 0.5 * (outputs[name] - unit).square().sum(1) * known
        total = total + losses.sum() / known.sum().clamp(min=1)
    return total


def looked_at(
    pictures: Float[Tensor, "B 3 H W"], closest: float, generator: torch.Generator
) -> Float[Tensor, "B 3 H W"]:
    """Each picture cut to a square of its own, of a share of its side from `closest` to 1, and made full size again."""
    count = len(pictures)
    share = closest + (1 - closest) * torch.rand(count, generator=generator)
    move = (1 - share)[:, None] * (2 * torch.rand(count, 2, generator=generator) - 1)
    transform = torch.zeros(count, 2, 3)
    transform[:, 0, 0] = transform[:, 1, 1] = share
    transform[:, :, 2] = move
    grid = affine_grid(transform.to(pictures.device), list(pictures.shape), align_corners=False)
    return grid_sample(pictures, grid, padding_mode="border", align_corners=False)


class _Run:
    """Network, optimiser and how far they are."""

    def __init__(self, questions: Questions, config: JudgeConfig, count: int, device: torch.device) -> None:
        if count < config.batch_size:
            raise BadRequest(
                f"{count} pictures are fewer than one batch of {config.batch_size}; give more or a smaller batch_size"
            )
        self.questions, self.config, self.device = questions, config, device
        self.epoch = 0
        self._steps = count // config.batch_size
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator_at(config.seed, _NETWORK).initial_seed())
            network = JudgeNetwork(questions, config.width, config.dropout)
        self.network = network.to(device)
        self._weights = list(self.network.parameters())
        self._optimizer = torch.optim.AdamW(self._weights, weight_decay=config.weight_decay)

    def one_epoch(self, pixels: Tensor, targets: Mapping[str, Tensor]) -> float:
        """Mean loss of one pass over the pictures; a last batch that is not full is left out."""
        self.network.train()
        total = torch.zeros((), device=self.device)
        for step in range(self.epoch * self._steps, (self.epoch + 1) * self._steps):
            total += self._update(step, pixels, targets)
        self.epoch += 1
        return float(total) / self._steps

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(
            step=self.epoch,
            model=self.network.state_dict(),
            ema={},
            optimizer=memory_of(self._optimizer),
            counters={"seed": self.config.seed},
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        self.epoch = checkpoint.step
        self.network.load_state_dict(dict(checkpoint.model))
        remember(self._optimizer, checkpoint.optimizer)

    def _update(self, step: int, pixels: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        config = self.config
        for group in self._optimizer.param_groups:
            group["lr"] = _learning_rate(step, self._steps * config.epochs, config.learning_rate)
        start = step * config.batch_size
        rows = photos_at(config.seed, len(pixels), start, start + config.batch_size)
        generator = generator_at(config.seed, _LOOK, step)
        pictures = looked_at(normalised(pixels[rows].to(self.device)), config.closest, generator)
        with torch.random.fork_rng(), self._half_precision():
            torch.manual_seed(generator.initial_seed())  # of the dropout
            outputs = self.network(pictures)
        there = {name: target[rows].to(self.device) for name, target in targets.items()}
        loss = judge_loss(outputs, there, self.questions, config.label_smoothing)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._weights, 5.0)
        self._optimizer.step()
        return loss.detach()

    def _half_precision(self):
        """bfloat16 where the device is faster with it."""
        fast = self.device.type == "cuda" or torch.backends.cpu.get_cpu_capability() == "AVX512"
        return torch.autocast(self.device.type, torch.bfloat16) if fast else nullcontext()


def _targets(labels: Labels, questions: Questions, count: int) -> dict[str, Tensor]:
    """Labels as tensors, once they are known to fit the pictures and the answers."""
    targets = {}
    for name in questions:
        if name not in labels:
            raise BadRequest(
                f"there are no labels for {name}; give one for each picture, or {MISSING} where unknown"
            )
        values = np.asarray(labels[name])
        if values.shape != (count,):
            raise BadRequest(
                f"the labels of {name} are shaped {values.shape} for {count} pictures; give one for each"
            )
        if answers := questions.choices.get(name):
            if values.dtype.kind not in "iu" or values.min() < MISSING or values.max() >= len(answers):
                raise BadRequest(
                    f"the labels of {name} are {values.dtype} from {values.min()} to {values.max()}; give whole "
                    f"numbers of its {len(answers)} answers from 0, or {MISSING} where unknown"
                )
            targets[name] = torch.from_numpy(values.astype(np.int64))
        else:
            targets[name] = torch.from_numpy(values.astype(np.float32))
    return targets


def _learning_rate(step: int, steps: int, highest: float) -> float:
    rise = max(1, steps // 10)
    if step < rise:
        return highest * (step + 1) / rise
    return highest * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))
