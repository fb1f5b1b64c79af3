"""Learning: the towers from photos with places and captions, resumable from every checkpoint.

All randomness follows from the seed and the step, so a run that was killed and goes on ends with the same weights.
Pictures are cut a little and never mirrored, for a mirror turns west into east.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from jaxtyping import Float, Int
from torch import Tensor

from engine.evaluation.gps_clip.config import GpsClipConfig
from engine.evaluation.gps_clip.contrast import alike, info_nce, nearer_than
from engine.evaluation.gps_clip.eyes import normalised
from engine.evaluation.gps_clip.network import GpsClipNetwork, Towers
from engine.evaluation.judges.learning import looked_at
from engine.training import log
from engine.training.checkpoint import checkpoints_in
from engine.training.draws import generator_at, photos_at
from engine.training.fitting import Fit, fit
from engine.training.step import OnStep, TrainingStep

_LOOK, _NETWORK = 111, 112


class Rows(Protocol):
    """Pictures by their numbers."""

    def __getitem__(self, indices: Int[Tensor, " B"], /) -> Tensor: ...


@dataclass(frozen=True)
class Examples:
    """Photos, row by row."""

    pictures: Rows
    """Squares (N, 3, S, S) in uint8, or what a frozen transformer saw (N, F)."""
    unit: Float[Tensor, "N 2"]
    """Places in [-1, 1] of the box."""
    metres: Float[Tensor, "N 2"]
    """The same places, (east, north)."""
    bags: Int[Tensor, "N L"]
    """Numbers of the captions' words; no columns where words are not learned."""
    caption: Int[Tensor, " N"]
    """The same number for the same caption."""

    def __len__(self) -> int:
        """How many photos there are."""
        return len(self.unit)


@dataclass(frozen=True)
class Losses:
    """Of one batch."""

    places: Float[Tensor, ""]
    words: Float[Tensor, ""]
    """0 where words are not learned."""

    @property
    def sum(self) -> Float[Tensor, ""]:
        """What is learned from."""
        return self.places + self.words


def new_network(towers: Towers, seed: int) -> GpsClipNetwork:
    """A network of random weights that follow from the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(generator_at(seed, _NETWORK).initial_seed())
        return GpsClipNetwork(towers).to(memory_format=torch.channels_last)


def fit_gps_clip(
    network: GpsClipNetwork,
    examples: Examples,
    config: GpsClipConfig,
    *,
    held_out: Examples | None = None,
    state: Path | None = None,
    journal: Path | None = None,
    on_step: OnStep | None = None,
) -> None:
    """Fit the network in place to the examples, on the device where it is; two of them at least.

    With a folder `state` there are checkpoints, and a run goes on from the newest one. `journal` gets a line a step,
    with the losses on the held-out examples where they are due. Raises TrainingDiverged when the loss is not finite,
    DiskFull, BadModel for a damaged checkpoint, and whatever `on_step` raises.
    """
    device = network.to_place.weight.device
    size = min(config.batch_size, len(examples))

    def loss_at(step: int) -> Float[Tensor, ""]:
        rows = photos_at(config.seed, len(examples), step * size, (step + 1) * size)
        generator = generator_at(config.seed, _LOOK, step)
        with torch.random.fork_rng():
            torch.manual_seed(generator.initial_seed())  # of the dropout
            return batch_losses(network, examples, rows, config, generator).sum

    def tell(step: TrainingStep) -> None:
        figures = {"loss": step.loss, "learning_rate": step.learning_rate}
        every, last = config.validation_every_steps, step.step == config.max_train_steps
        if held_out is not None and (last or (every and step.step % every == 0)):
            figures |= held_out_losses(network, held_out, config)
            network.train()
        if journal is not None:
            log.append(journal, step=step.step, **figures)
        if on_step is not None:
            on_step(step)

    if journal is not None:
        saved = checkpoints_in(state) if state is not None else []
        log.cut(journal, int(saved[-1].name.removeprefix("step-")) if saved else 0)
    how = Fit(
        stage="training",
        steps=config.max_train_steps,
        learning_rate=config.learning_rate,
        setting="learning_rate",
        warmup_steps=config.lr_warmup_steps,
        weight_decay=config.weight_decay,
        checkpoint_every_steps=config.checkpoint_every_steps,
    )
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=device.type == "cuda"):
        fit(network, loss_at, how, tell, state)


def batch_losses(
    network: GpsClipNetwork,
    examples: Examples,
    rows: Int[Tensor, " B"],
    config: GpsClipConfig,
    generator: torch.Generator | None = None,
) -> Losses:
    """Losses of some of the examples; with a generator pictures are cut and words hidden, as for learning.

    Photos that are nearer to one another than `apart_m` are not each other's negatives among the places, photos with
    the same caption not among the words, and the same photo twice in neither. In the paper's preset `apart_m` is 0.
    """
    device = network.to_place.weight.device
    pictures = examples.pictures[rows].to(device)
    if network.trunk is not None:
        pictures = normalised(pictures)
        if generator is not None and config.closest < 1:
            pictures = looked_at(pictures, config.closest, generator)
    bags = examples.bags[rows]
    if generator is not None:
        bags = bags * (torch.rand(bags.shape, generator=generator) >= config.word_dropout)
    words = None
    with torch.autocast(device.type, torch.bfloat16, enabled=config.mixed_precision == "bf16"):
        seen = network.seen(pictures)
        places = network.picture_places(seen), network.place_vectors(examples.unit[rows].to(device))
        if network.words is not None:
            words = network.picture_words(seen), network.word_vectors(bags.to(device))
    same = alike(rows)
    near = nearer_than(examples.metres[rows], config.apart_m) | same
    loss = info_nce(*places, config.temperature, near.to(device))
    if words is None:
        return Losses(loss, torch.zeros((), device=device))
    silent = ~(bags > 0).any(1)
    left_out = alike(examples.caption[rows]) | same | silent[:, None] | silent[None]
    return Losses(loss, info_nce(*words, config.temperature, left_out.to(device)))


@torch.no_grad()
def held_out_losses(network: GpsClipNetwork, held_out: Examples, config: GpsClipConfig) -> dict[str, float]:
    """Mean losses over the held-out photos in batches of the same size in the same order; the network is in `eval`
    afterwards.

    Another batch size has another loss, for there are more to tell apart.
    """
    network.eval()
    size = min(config.batch_size, len(held_out))
    order = photos_at(config.seed, len(held_out), 0, len(held_out) // size * size)
    found = [batch_losses(network, held_out, rows, config) for rows in order.split(size)]
    figures = {"held_out_loss": math.fsum(each.places.item() for each in found) / len(found)}
    if network.words is not None:
        figures["held_out_words_loss"] = math.fsum(each.words.item() for each in found) / len(found)
    return figures
