"""The run: a distillation from the model to the field, with meters, previews, and states to go on from."""

import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from engine.atomic import writing_folder
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import Cancelled, MissingModel, OutputExists
from engine.landmark.distillation.beginning import new_field, new_surroundings
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.dataset_update import DatasetUpdate, sky_of
from engine.landmark.distillation.distiller import Distiller
from engine.landmark.distillation.growth import Growth, load_weights
from engine.landmark.distillation.guard import check_opacity
from engine.landmark.distillation.looks import Looks, look_around, write_strip
from engine.landmark.distillation.meters import AngleReader, DistilStep, OnStep, Pace, saturation
from engine.landmark.distillation.standpoint import with_standpoint
from engine.landmark.distillation.states import State, states_in
from engine.landmark.distillation.teacher import Teacher
from engine.landmark.fields.hash_grid import HashGridField
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.occupancy import Occupancy
from engine.landmark.surroundings import Surroundings

_LOOK_VIEWS, _CHECK_VIEWS, _CHECK_PX = 8, 4, 24


@dataclass(frozen=True, eq=False)
class Distilled:
    """What a run left: a field, where it is empty, and what it learned of the surroundings."""

    field: HashGridField | VoxelField
    occupancy: Occupancy
    background: Surroundings | None
    config: DistilConfig
    """What was asked, with the cameras as they stood in the end."""
    prompt: str
    sky: Float[Tensor, "3 S S"] | None
    """What was around the landmark in the pictures that the field was fitted to, where there were any."""
    distance_share: float
    """Its views were told the distance that such a share of the photos are within, where the model knows distances."""
    step: int
    """Steps done; fewer than `config.steps` where the run was stopped."""


def distil(
    pipe: PlacePipeline,
    prompt: str,
    config: DistilConfig,
    folder: Path,
    *,
    resume: bool = False,
    on_step: OnStep | None = None,
    angle_reader: AngleReader | None = None,
    photo_saturation: float | None = None,
) -> Distilled:
    """The field of what `pipe` shows under `prompt`, as `folder`/result keeps it too (`open_distilled`).

    `folder`/states has what `resume` goes on from, and ends as if it had never stopped, even after kill -9 (a dataset
    update makes the round in which it was stopped again); `folder`/preview.png shows the field from all around every
    `preview_every_s` seconds. Weights of `pipe` stop being trainable. Cancelled out of `on_step` passes through, after
    what is there was kept as the result.

    Raises BadRequest, OutputExists, BadFile, TrainingDiverged, EmptyField and DiskFull; after the last three the last
    good state is still there.
    """
    states = folder / "states"
    last = states_in(states)[-1:]
    if last and not resume:
        raise OutputExists(
            f"{folder} holds a distillation that stopped at {last[0].name}; resume it, or choose another folder"
        )
    generator = torch.Generator().manual_seed(config.seed)
    teacher = Teacher(pipe, prompt, config)
    kind = DatasetUpdate if config.method == "dataset-update" else Distiller
    growth: Growth = kind(teacher, config, generator)
    run = _Run(growth, config, prompt, pipe.card.name, folder, angle_reader, photo_saturation)
    if last:
        state = State.read(last[0])
        state.check(prompt, run.model, config)
        growth.restore(state.tensors)
        run.good = last[0]
    with writing_folder(folder / ".room"):
        pass  # a place that cannot be written to is told now, not after an hour
    (folder / ".room").rmdir()
    try:
        run.to_the_end(on_step)
    except Cancelled:
        run.state().write(folder / "result")
        raise
    run.state().write(folder / "result")
    return _distilled(growth, prompt)


def open_distilled(folder: Path) -> Distilled:
    """What the run in `folder` left, on the CPU. Raises MissingModel where there is nothing, BadFile where damaged."""
    path = next(
        (each for each in (folder / "result", *reversed(states_in(folder / "states"))) if each.exists()), None
    )
    if path is None:
        raise MissingModel(f"there is no distilled field in {folder}; reconstruct one, or check the path")
    state = State.read(path)
    config = state.config
    learned = config.empty if config.method == "dataset-update" else config.background
    parts = {
        "field": new_field(config),
        "occupancy": Occupancy(),
        "background": new_surroundings(learned == "learned"),
    }
    load_weights(parts, state.tensors)
    fitted = config.method == "dataset-update" and config.empty == "border"
    sky = sky_of(state.tensors["pictures"]) if fitted else None
    pictured = "standpoint" in state.tensors and config.standpoint == "pictured"
    share = state.tensors.get("distance_share")
    return Distilled(
        **parts,
        config=with_standpoint(config, *state.tensors["standpoint"].tolist()) if pictured else config,
        prompt=state.prompt,
        sky=sky,
        distance_share=config.distance_shares[-1] if share is None else share.item(),
        step=state.step,
    )


def _distilled(growth: Growth, prompt: str) -> Distilled:
    parts = (growth.field, growth.occupancy, growth.background)
    return Distilled(*parts, growth.config, prompt, growth.sky, growth.distance_share, growth.steps_done)


class _Run:
    """One run on its way: which states and previews there are."""

    def __init__(
        self,
        growth: Growth,
        config: DistilConfig,
        prompt: str,
        model: str,
        folder: Path,
        angle_reader: AngleReader | None,
        photo_saturation: float | None,
    ) -> None:
        self.growth, self.config, self.prompt, self.model = growth, config, prompt, model
        self.good: Path | None = None
        """The last state."""
        self._folder, self._angle_reader, self._photo_saturation = folder, angle_reader, photo_saturation
        self._looks: Looks | None = None
        self._preview: Path | None = None
        self._angle_share: float | None = None
        self._next_preview = 0.0

    def to_the_end(self, on_step: OnStep | None) -> None:
        """All steps that are left."""
        growth, config = self.growth, self.config
        pace = Pace(growth.steps_done, config.steps)
        while growth.steps_done < config.steps:
            grown = growth.step()
            steps_per_s, eta_s = pace.after(growth.steps_done)
            over = growth.steps_done == config.steps
            fresh = over or time.monotonic() >= self._next_preview
            if fresh:
                self._look()
            if growth.resumable and (over or self._due()):
                self._keep()
            if on_step is not None and self._looks is not None:
                on_step(
                    DistilStep(
                        step=growth.steps_done,
                        max_train_steps=config.steps,
                        loss=math.nan if grown.skipped else grown.loss,
                        opacity=self._looks.opacity.mean().item(),
                        saturation=saturation(self._looks.pictures, self._looks.opacity),
                        photo_saturation=self._photo_saturation,
                        angle_share=self._angle_share,
                        steps_per_s=steps_per_s,
                        eta_s=eta_s,
                        preview=self._preview,
                        fresh_preview=fresh,
                    )
                )

    def state(self) -> State:
        """The growth as it is now."""
        growth = self.growth
        return State(growth.steps_done, self.prompt, self.model, self.config, growth.tensors())

    def _due(self) -> bool:
        # A dataset update can be kept after its rounds alone, and is after each.
        rounds = self.config.method == "dataset-update"
        return rounds or self.growth.steps_done % self.config.state_every_steps == 0

    def _keep(self) -> None:
        self._check(look_around(self.growth, self.growth.config, _CHECK_VIEWS, _CHECK_PX))
        self.good = self.state().keep(self._folder / "states")

    def _look(self) -> None:
        self._looks = look_around(self.growth, self.growth.config, _LOOK_VIEWS, self.config.preview_px)
        self._check(self._looks)
        self._preview = write_strip(self._looks.pictures, self._folder / "preview.png", columns=4)
        if self._angle_reader is not None:
            before = self._looks.before(self.growth.sky)
            self._angle_share = self._angle_reader(before, self._looks.azimuths_deg)
        self._next_preview = time.monotonic() + self.config.preview_every_s

    def _check(self, looks: Looks) -> None:
        good = None if self.good is None else self.good.name  # a page tells nobody where things are kept
        check_opacity(looks.opacity.mean().item(), self.growth.steps_done, good)
