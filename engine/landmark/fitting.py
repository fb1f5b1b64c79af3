"""Fitting: a field learns to look like pictures that were taken from known places."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engine.errors import BadRequest, TrainingDiverged
from engine.landmark import regularisers
from engine.landmark.camera import Camera, Pose, rays
from engine.landmark.fields.field import Field
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import Rendered, render

Background = Callable[[Float[Tensor, "N 3"]], Float[Tensor, "N 3"]]
"""What rays meet beyond the cube: `rays_d` -> colours in [0, 1]."""
_MOST_FAILURES = 3


@dataclass(frozen=True, eq=False)
class View:
    """A picture, and where its camera stood.

    Raises BadRequest when picture and alpha differ in size.
    """

    camera: Camera | Pose
    picture: Float[Tensor, "H W 3"]
    """sRGB in [0, 1], not multiplied by alpha."""
    alpha: Float[Tensor, "H W"] | None = None
    """Where the landmark is, in [0, 1]; None is everywhere."""

    def __post_init__(self) -> None:
        if self.alpha is not None and self.alpha.shape != self.picture.shape[:2]:
            raise BadRequest(
                f"a picture of {tuple(self.picture.shape[:2])} px has an alpha of {tuple(self.alpha.shape)} px; "
                "give both the same size"
            )


@dataclass(frozen=True)
class FitConfig:
    """How a field is fitted. The defaults suit a VoxelField: 30 dB and more in half a minute of one core."""

    max_train_steps: int = 300
    rays_per_step: int = 8192
    num_samples: int = 64
    """Along each ray."""
    learning_rate: float = 0.2
    final_learning_rate: float = 0.06
    """The rate falls to this, geometrically, and stays."""
    occupancy_every: int = 16
    """Steps between two looks at where the field is empty; 0 samples it everywhere."""
    skip_hidden: bool = True
    """Leave out what lies behind something opaque."""
    entropy_weight: float = 0.0
    """Of `regularisers.entropy`: rays are to be stopped or to pass."""
    distortion_weight: float = 0.0
    """Of `regularisers.distortion`: each ray is to end in one place."""


@dataclass(frozen=True)
class FitStep:
    """What a step says of itself."""

    step: int
    """Counted from 1."""
    loss: float
    psnr: float
    """Of the step's own rays, in decibels."""
    rays_per_s: float
    """Mean since the first step."""


class Fitter:
    """A field on its way to look like its views, which may change meanwhile.

    What alpha lets through is a random colour in picture and field alike, so the field learns to be empty there.
    A `background` takes the place of these colours; if it is a module, it is learned too. Random numbers come from
    `generator`, on the CPU. `occupancy` is what renders the field quickly afterwards.

    Raises BadRequest without views.
    """

    def __init__(
        self,
        field: Field,
        views: Sequence[View],
        config: FitConfig,
        generator: torch.Generator,
        background: Background | None = None,
    ) -> None:
        if not views:
            raise BadRequest(
                "there are no views to fit a field to; give at least one picture with its camera"
            )
        self.field, self.config, self.generator, self.background = field, config, generator, background
        modules = [each for each in (field, background) if isinstance(each, nn.Module)]
        learned = [parameter for module in modules for parameter in module.parameters()]
        self._optimizer = torch.optim.Adam(learned, config.learning_rate, betas=(0.9, 0.99), fused=True)
        device = learned[0].device
        self.occupancy = Occupancy().to(device) if config.occupancy_every else None
        sights = [rays(view.camera, view.picture.shape[1], view.picture.shape[0]) for view in views]
        self._rays_o, self._rays_d = (torch.cat(each).to(device) for each in zip(*sights, strict=True))
        self._wanted = torch.cat([_pixels(view) for view in views]).to(device)  # (N, 4)
        self._ends = torch.tensor([len(origins) for origins, _ in sights]).cumsum(0).tolist()
        self._steps, self._failures, self._seconds = 0, 0, 0.0

    def show(self, number: int, view: View) -> None:
        """Puts another picture of the same size in the place of view `number`.

        Raises BadRequest when the size differs.
        """
        rows = slice(self._ends[number - 1] if number else 0, self._ends[number])
        pixels = _pixels(view)
        if len(pixels) != rows.stop - rows.start:
            raise BadRequest(
                f"view {number} has {rows.stop - rows.start:,} pixels, its new picture {len(pixels):,}; "
                "give a picture of the same size"
            )
        rays_o, rays_d = rays(view.camera, view.picture.shape[1], view.picture.shape[0])
        self._rays_o[rows], self._rays_d[rows], self._wanted[rows] = (
            each.to(self._wanted) for each in (rays_o, rays_d, pixels)
        )

    def step(self) -> FitStep:
        """One step of Adam on random rays of all views.

        A loss that is not finite changes nothing; raises TrainingDiverged after three in a row.
        """
        started = time.perf_counter()
        config = self.config
        rate = config.final_learning_rate / config.learning_rate
        done = min(self._steps / config.max_train_steps, 1.0)
        self._optimizer.param_groups[0]["lr"] = config.learning_rate * rate**done
        rendered, wanted = self._random_rays()
        error = (rendered.colour - wanted).square().mean()
        loss = error + self._regularised(rendered)
        self._optimizer.zero_grad()
        loss.backward()
        if loss.isfinite():
            self._failures = 0
            self._optimizer.step()
        else:
            self._failures += 1
            if self._failures == _MOST_FAILURES:
                raise TrainingDiverged(
                    f"the field's loss was not finite at step {self._steps + 1}, three times in a row; "
                    f"use a learning rate below {config.learning_rate:g}"
                )
        self._steps += 1
        if self.occupancy is not None and self._steps % config.occupancy_every == 0:
            self.occupancy.update(self.field, self.generator)
        self._seconds += time.perf_counter() - started
        return FitStep(
            step=self._steps,
            loss=loss.item(),
            psnr=-10 * math.log10(max(error.item(), 1e-10)),
            rays_per_s=self._steps * config.rays_per_step / self._seconds,
        )

    def _random_rays(self) -> tuple[Rendered, Float[Tensor, "N 3"]]:
        """What some rays see of the field, and what they are to see."""
        count = self.config.rays_per_step
        index = torch.randint(len(self._wanted), (count,), generator=self.generator).to(self._wanted.device)
        rays_o, rays_d, wanted = self._rays_o[index], self._rays_d[index], self._wanted[index]
        if self.background is None:
            behind = torch.rand(count, 3, generator=self.generator).to(wanted)
        else:
            behind = self.background(rays_d)
        rendered = render(
            self.field,
            rays_o,
            rays_d,
            num_samples=self.config.num_samples,
            generator=self.generator,
            occupancy=self.occupancy,
            background=behind,
            skip_hidden=self.config.skip_hidden,
        )
        return rendered, wanted[:, :3] + (1 - wanted[:, 3:]) * behind

    def _regularised(self, rendered: Rendered) -> Tensor:
        """What is added to the loss."""
        added = rendered.colour.new_zeros(())
        if self.config.entropy_weight:
            added = added + self.config.entropy_weight * regularisers.entropy(rendered.opacity).mean()
        if self.config.distortion_weight:
            samples = rendered.samples
            spread = regularisers.distortion(samples.weights, samples.distance, samples.lengths)
            added = added + self.config.distortion_weight * spread.mean()
        return added


def fit(
    field: Field,
    views: Sequence[View],
    config: FitConfig,
    generator: torch.Generator,
    on_step: Callable[[FitStep], None] | None = None,
) -> Occupancy | None:
    """Fits the field, and returns where it is empty; `on_step` hears of every step and stops by raising.

    Raises BadRequest, TrainingDiverged, and what `on_step` raises; the field then keeps what it has learned.
    """
    fitter = Fitter(field, views, config, generator)
    for _ in range(config.max_train_steps):
        step = fitter.step()
        if on_step is not None:
            on_step(step)
    return fitter.occupancy


def _pixels(view: View) -> Float[Tensor, "N 4"]:
    """Red, green and blue times alpha, and alpha, row by row."""
    alpha = torch.ones_like(view.picture[..., 0]) if view.alpha is None else view.alpha
    return torch.cat([view.picture * alpha[..., None], alpha[..., None]], dim=-1).reshape(-1, 4)
