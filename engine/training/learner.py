"""The learner: trained weights, their average and the optimiser, one update at a time, on one device or several."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from jaxtyping import Int
from torch import Tensor

from engine.diffusion.pipeline import PlacePipeline
from engine.training.ahead import Ahead
from engine.training.checkpoint import Checkpoint, memory_of, remember
from engine.training.config import RunConfig
from engine.training.dataset import Dataset
from engine.training.denoiser import Batch, Denoiser, draw_batch, fixed_batch
from engine.training.draws import pass_generator, photos_at, validation_generator
from engine.training.rate import learning_rate_at

_VALIDATION_PHOTOS = 64

Draw = Callable[[Dataset, Int[Tensor, " B"], RunConfig, int, torch.Generator], Batch]
"""Makes a pass of rows of a dataset: (dataset, rows, config, num_train_timesteps, generator) -> batch."""


class Learner:
    """State of a run. Learns every weight of the pipeline's UNet and place encoder that requires a gradient."""

    def __init__(
        self, pipe: PlacePipeline, config: RunConfig, accelerator: Accelerator, draw: Draw = draw_batch
    ) -> None:
        self.step = 0
        """Updates done, skipped ones included."""
        self.skipped = 0
        """Updates whose loss or gradient was not finite, so that the weights stayed as they were."""
        self.config, self.accelerator = config, accelerator
        self._scheduler, self._draw = pipe.scheduler, draw
        self._timesteps: int = pipe.scheduler.config.num_train_timesteps
        self._passes = config.passes(accelerator.num_processes)
        # Convolutions are faster with channels last, on processors and GPUs alike.
        self._bare = Denoiser(pipe).train().to(memory_format=torch.channels_last)
        self._weights = {
            name: weight for name, weight in self._bare.named_parameters() if weight.requires_grad
        }
        optimizer = torch.optim.AdamW(
            self._weights.values(),
            lr=config.learning_rate,
            betas=(config.adam_beta1, config.adam_beta2),
            weight_decay=config.adam_weight_decay,
            eps=config.adam_epsilon,
            fused=True,
        )
        self._denoiser, self._optimizer = accelerator.prepare(self._bare, optimizer)
        self._averaged = list(self._weights.values()) if config.ema_decay else []
        self._ema = EMAModel(self._averaged, decay=config.ema_decay, foreach=bool(self._averaged))
        self._ahead: tuple[Dataset, Ahead[Batch]] | None = None

    def update(self, dataset: Dataset) -> float:
        """Loss of one update over `total_batch_size` photos; NaN when it was skipped."""
        accelerator, optimizer, config = self.accelerator, self._optimizer, self.config
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(self.step, config)
        total = torch.zeros((), device=accelerator.device)
        batch_at = self._batches(dataset)
        for index in range(self._passes):
            with accelerator.accumulate(self._denoiser):
                batch = batch_at(self.step * self._passes + index)
                loss = batch.loss(self._denoiser, self._scheduler, accelerator.device, config.min_snr_gamma)
                accelerator.backward(loss)
                total += loss.detach() / self._passes
        loss = float(accelerator.reduce(total, "mean"))
        if math.isfinite(loss):
            norm = accelerator.clip_grad_norm_(self._weights.values(), config.max_grad_norm)
            # With fp16, a gradient that is not finite only means that accelerate's loss scale is still too large.
            if accelerator.scaler is not None or math.isfinite(float(norm)):
                optimizer.step()
                if not optimizer.step_was_skipped:
                    self._ema.step(self._averaged)
            else:
                loss = math.nan
        optimizer.zero_grad()
        self.step += 1
        self.skipped += not math.isfinite(loss)
        return loss if math.isfinite(loss) else math.nan

    @torch.no_grad()
    def validation_loss(self, dataset: Dataset) -> float:
        """Loss on photos with all their conditions, always with the same noise and timesteps."""
        rows = torch.arange(min(len(dataset), _VALIDATION_PHOTOS))
        generator = validation_generator(self.config.seed)
        total = torch.zeros((), device=self.accelerator.device)
        for part in rows.split(self.config.train_batch_size):
            batch = fixed_batch(dataset, part, self._timesteps, generator)
            total += batch.loss(self._bare, self._scheduler, self.accelerator.device) * len(part)
        return float(total) / len(rows)

    def finish(self) -> None:
        """Give the pipeline the averaged weights for good, ready to sample and to be saved."""
        if self._ahead is not None:
            self._ahead[1].close()
        self._ema.copy_to(self._averaged)
        self._bare.eval().to(memory_format=torch.contiguous_format)

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """The pipeline has the averaged weights, ready to sample, until the block ends."""
        self._ema.store(self._averaged)
        self._ema.copy_to(self._averaged)
        self._bare.eval()
        try:
            yield
        finally:
            self._ema.restore(self._averaged)
            self._bare.train()

    def checkpoint(self) -> Checkpoint:
        """Everything that the run needs to go on from here."""
        scaler = self.accelerator.scaler
        return Checkpoint(
            step=self.step,
            model={name: weight.detach() for name, weight in self._weights.items()},
            ema=dict(zip(self._weights, self._ema.shadow_params, strict=False)),
            optimizer=memory_of(self._optimizer),
            counters={
                "seed": self.config.seed,
                "skipped": self.skipped,
                "ema_updates": self._ema.optimization_step,
                "loss_scale": scaler.state_dict() if scaler else None,
            },
        )

    @torch.no_grad()
    def restore(self, checkpoint: Checkpoint) -> None:
        """Be where the checkpoint was made."""
        self.step, self.skipped = checkpoint.step, checkpoint.counters["skipped"]
        for name, weight in self._weights.items():
            weight.copy_(checkpoint.model[name])
        for name, average in zip(self._weights, self._ema.shadow_params, strict=False):
            average.copy_(checkpoint.ema[name])
        self._ema.optimization_step = checkpoint.counters["ema_updates"]
        remember(self._optimizer, checkpoint.optimizer)
        if self.accelerator.scaler and checkpoint.counters["loss_scale"]:
            self.accelerator.scaler.load_state_dict(checkpoint.counters["loss_scale"])

    def _batches(self, dataset: Dataset) -> Callable[[int], Batch]:
        """Makes the passes of this device by their number; on a GPU, those to come are drawn meanwhile."""
        if self.accelerator.device.type != "cuda":
            return lambda number: self._batch(dataset, number)
        if self._ahead is None or self._ahead[0] is not dataset:
            self._ahead = dataset, Ahead(lambda number: self._batch(dataset, number).pinned())
        return self._ahead[1]

    def _batch(self, dataset: Dataset, number: int) -> Batch:
        """The photos of a pass of this device, counted from the first step; all follow from the seed."""
        size, devices = self.config.train_batch_size, self.accelerator.num_processes
        step, own = divmod(number, self._passes)
        index = own * devices + self.accelerator.process_index
        start = step * self.config.total_batch_size + index * size
        rows = photos_at(self.config.seed, len(dataset), start, start + size)
        generator = pass_generator(self.config.seed, step, index)
        return self._draw(dataset, rows, self.config, self._timesteps, generator)
