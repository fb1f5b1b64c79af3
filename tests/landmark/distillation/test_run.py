"""The run: it tells, keeps, stops, goes on as if it had not stopped, and says in one sentence what went wrong."""

import math
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine.errors import (
    BadRequest,
    Cancelled,
    DiskFull,
    EmptyField,
    MissingModel,
    OutputExists,
    TrainingDiverged,
)
from engine.landmark.distillation.meters import DistilStep
from engine.landmark.distillation.run import Distilled, distil, open_distilled
from engine.landmark.distillation.states import states_in

PROMPT = "A photo of Cathedral"
ROOT = Path(__file__).parents[3]


def weights(distilled: Distilled) -> dict[str, torch.Tensor]:
    found = {f"field.{name}": value for name, value in distilled.field.state_dict().items()}
    found |= {f"occupancy.{name}": value for name, value in distilled.occupancy.state_dict().items()}
    if distilled.background is not None:
        found |= dict(distilled.background.state_dict())
    return found


def same(one: Distilled, other: Distilled) -> bool:
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def stop_at(step: int):
    def stop(said: DistilStep) -> None:
        if said.step >= step:
            raise Cancelled("enough")

    return stop


def test_it_tells_of_every_step(pipe, quick, tmp_path: Path) -> None:
    said: list[DistilStep] = []
    readings: list[tuple] = []

    def read(views: torch.Tensor, azimuths_deg) -> float:
        readings.append((tuple(views.shape), azimuths_deg))
        return 0.75

    config = quick(preview_every_s=0.0)
    distil(pipe, PROMPT, config, tmp_path, on_step=said.append, angle_reader=read, photo_saturation=0.3)
    assert [step.step for step in said] == [1, 2, 3, 4, 5, 6]
    assert said[-1].max_train_steps == 6
    assert all(step.loss > 0 and 0 < step.opacity < 1 and 0 <= step.saturation <= 1 for step in said)
    assert all(step.steps_per_s > 0 and step.fresh_preview for step in said)
    assert said[-1].eta_s == 0
    assert {step.photo_saturation for step in said} == {0.3}
    assert {step.angle_share for step in said} == {0.75}
    assert readings[0] == ((8, 3, 12, 12), tuple(45.0 * number for number in range(8)))
    assert said[-1].preview == tmp_path / "preview.png"
    with Image.open(tmp_path / "preview.png") as preview:
        assert preview.size == (48, 24)


def test_previews_come_when_they_are_due(pipe, quick, tmp_path: Path) -> None:
    said: list[DistilStep] = []
    distil(pipe, PROMPT, quick(), tmp_path, on_step=said.append)
    assert [step.fresh_preview for step in said] == [True, False, False, False, False, True]


@pytest.mark.parametrize("field", ["voxels", "hash-grid"])
def test_the_field_learns_and_the_result_is_kept(pipe, quick, tmp_path: Path, field: str) -> None:
    first = distil(pipe, PROMPT, quick(field=field, max_train_steps=1), tmp_path / "one")
    last = distil(pipe, PROMPT, quick(field=field), tmp_path / "six")
    assert not same(first, last)
    kept = open_distilled(tmp_path / "six")
    assert same(kept, last)
    assert (kept.step, kept.prompt, kept.config.field) == (6, PROMPT, field)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "sds", "background": "learned"},
        {"method": "vsd"},
        {"method": "sdi"},
        {"method": "dataset-update", "rounds": 3},
        {"method": "dataset-update", "empty": "learned", "rounds": 3},
    ],
    ids=lambda changes: " ".join(map(str, changes.values())),
)
def test_a_stopped_run_goes_on_as_if_it_had_not(pipe, quick, tmp_path: Path, changes: dict) -> None:
    config = quick(**changes)
    whole = distil(pipe, PROMPT, config, tmp_path / "whole")
    with pytest.raises(Cancelled):
        distil(pipe, PROMPT, config, tmp_path / "parts", on_step=stop_at(3))
    assert open_distilled(tmp_path / "parts").step == 3  # cancelling keeps what is there
    assert [path.name for path in states_in(tmp_path / "parts" / "states")] == ["step-000002"]
    resumed = distil(pipe, PROMPT, config, tmp_path / "parts", resume=True)
    assert same(resumed, whole)


_RUN = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("fixtures", sys.argv[1])
fixtures = importlib.util.module_from_spec(spec)
sys.modules["fixtures"] = fixtures
spec.loader.exec_module(fixtures)
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.run import distil
distil(fixtures._pipe("v_prediction"), sys.argv[3], DistilConfig(**eval(sys.argv[4])), Path(sys.argv[2]), resume=True)
"""


def process(folder: Path, config) -> list[str]:
    fixtures = Path(__file__).with_name("conftest.py")
    return [sys.executable, "-c", _RUN, str(fixtures), str(folder), PROMPT, repr(vars(config))]


def test_a_killed_run_goes_on_as_if_it_had_not(pipe, quick, tmp_path: Path) -> None:
    config = quick(max_train_steps=60, state_every_steps=1)
    running = subprocess.Popen(
        process(tmp_path / "killed", config),
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
    )
    states, deadline = tmp_path / "killed" / "states", time.monotonic() + 60
    while running.poll() is None and time.monotonic() < deadline and len(states_in(states)) < 2:
        time.sleep(0.002)
    running.kill()
    errors = running.communicate()[1].decode()
    assert running.returncode == -9, errors
    before = states_in(states)[-1].name
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        resumed = distil(pipe, PROMPT, config, tmp_path / "killed", resume=True)
        whole = distil(pipe, PROMPT, config, tmp_path / "whole")
    finally:
        torch.set_num_threads(threads)
    assert before < "step-000060"
    assert same(resumed, whole)


def test_a_full_disk_is_said_and_the_last_good_state_is_left(pipe, quick, tmp_path: Path) -> None:
    limits, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fill(step: DistilStep) -> None:
        if step.step == 3:  # the next state, of half a megabyte, has no room
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))

    try:
        with pytest.raises(DiskFull, match=r"the disk is full, so .*step-000004 was not written"):
            distil(pipe, PROMPT, quick(), tmp_path, on_step=fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [path.name for path in (tmp_path / "states").iterdir()] == ["step-000002"]
    assert open_distilled(tmp_path).step == 2


def test_gradients_that_are_not_finite_are_skipped_thrice(pipe, quick, tmp_path: Path) -> None:
    good = quick(max_train_steps=2)
    before = distil(pipe, PROMPT, good, tmp_path / "a")
    with torch.no_grad():
        pipe.unet.conv_out.bias.fill_(math.nan)
    said: list[DistilStep] = []
    with pytest.raises(TrainingDiverged, match=r"not finite at step 3, three times in a row; use a learning"):
        distil(pipe, PROMPT, quick(state_every_steps=1), tmp_path / "b", on_step=said.append)
    assert [math.isnan(step.loss) for step in said] == [True, True]
    untouched = open_distilled(tmp_path / "b")
    assert torch.isfinite(untouched.field.grid).all()
    assert not torch.equal(untouched.field.grid, before.field.grid)
    assert untouched.field.grid.abs().max() == 0


def test_a_single_bad_gradient_is_forgotten(pipe, quick, tmp_path: Path) -> None:
    bias, good = pipe.unet.conv_out.bias, pipe.unet.conv_out.bias.clone()
    losses = []

    def poison(step: DistilStep) -> None:
        losses.append(step.loss)
        with torch.no_grad():
            bias.copy_(torch.full_like(good, math.nan) if step.step in (1, 2, 4) else good)

    distil(pipe, PROMPT, quick(), tmp_path, on_step=poison)
    assert [math.isnan(loss) for loss in losses] == [False, True, True, False, True, False]


def test_an_empty_field_is_said_with_the_last_good_state(pipe, quick, tmp_path: Path) -> None:
    config = quick(
        opacity_weight=1e6,
        learning_rate=2.0,
        max_train_steps=40,
        preview_every_s=0.0,
        state_every_steps=1,
        shading_from_step=1000,
    )
    with pytest.raises(
        EmptyField, match=r"is empty at step \d+: .*the last good state is .*step-\d+; try another seed"
    ):
        distil(pipe, PROMPT, config, tmp_path)
    assert (open_distilled(tmp_path).field.density(torch.zeros(1, 3)) >= 0).all()
    assert states_in(tmp_path / "states")


def test_what_is_there_is_not_overwritten_or_mixed(pipe, quick, tmp_path: Path) -> None:
    distil(pipe, PROMPT, quick(), tmp_path)
    with pytest.raises(OutputExists, match="stopped at step-000006; resume it"):
        distil(pipe, PROMPT, quick(), tmp_path)
    with pytest.raises(BadRequest, match="had seed 0, not 5"):
        distil(pipe, PROMPT, replace(quick(), seed=5), tmp_path, resume=True)
    with pytest.raises(MissingModel, match="no distilled field"):
        open_distilled(tmp_path / "elsewhere")


def test_a_finished_run_that_goes_on_is_the_same(pipe, quick, tmp_path: Path) -> None:
    whole = distil(pipe, PROMPT, quick(), tmp_path)
    assert same(distil(pipe, PROMPT, quick(), tmp_path, resume=True), whole)


def test_a_place_that_cannot_be_written_to_is_said_at_once(pipe, quick, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadRequest, match="cannot be written"):
        distil(pipe, PROMPT, quick(), tmp_path / "file" / "run", on_step=stop_at(0))
