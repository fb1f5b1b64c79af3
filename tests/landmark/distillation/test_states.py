"""States: written whole, read back as they were, two kept, and not gone on from with other settings."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.errors import BadFile, BadRequest
from engine.landmark.distillation.states import State, states_in


def state(config, step: int = 7) -> State:
    generator = torch.Generator().manual_seed(step)
    tensors = {"a.grid": torch.randn(2, 3, generator=generator), "generator": generator.get_state()}
    return State(step, "A photo of Cathedral", "Cathedral", config, tensors)


def test_a_state_is_what_it_was(quick, tmp_path: Path) -> None:
    kept = state(quick(strengths=(0.8, 0.3)))
    read = State.read(kept.keep(tmp_path))
    assert (read.step, read.prompt, read.model, read.config) == (7, kept.prompt, kept.model, kept.config)
    assert read.tensors.keys() == kept.tensors.keys()
    assert all(torch.equal(read.tensors[name], value) for name, value in kept.tensors.items())


def test_the_two_newest_are_kept(quick, tmp_path: Path) -> None:
    for step in (9, 10, 200, 1_000_000):
        state(quick(), step).keep(tmp_path)
    assert [path.name for path in states_in(tmp_path)] == ["step-000200", "step-1000000"]


def test_a_damaged_one_is_named(quick, tmp_path: Path) -> None:
    path = state(quick()).keep(tmp_path)
    (path / "state.safetensors").write_bytes(b"cut off")
    with pytest.raises(BadFile, match="step-000007 is damaged"):
        State.read(path)


def test_other_settings_do_not_go_on_from_it(quick) -> None:
    kept = state(quick())
    kept.check(kept.prompt, kept.model, replace(kept.config, preview_px=20, preview_every_s=1.0))
    with pytest.raises(BadRequest, match=r"stopped at step 7 had guidance_weight 1.0, not 3.0"):
        kept.check(kept.prompt, kept.model, quick(guidance_weight=3.0))
    with pytest.raises(BadRequest, match="had model 'Cathedral', not 'Tower'"):
        kept.check(kept.prompt, "Tower", kept.config)
