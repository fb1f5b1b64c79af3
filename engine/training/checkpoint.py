"""Checkpoints: everything that a run needs to go on as if it had never stopped, in folders that appear whole.

    checkpoints/step-000200/
        model.safetensors       trained weights by name
        ema.safetensors         averaged weights by name
        optimizer.safetensors   AdamW's memory by number of the weight
        state.json              counters; the draws, the rate and the position in the data follow from seed and step

A new folder is renamed into place before the oldest is removed, and nothing is a pickle.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.atomic import writing_folder
from engine.errors import BadModel

_STATE = "state.json"
_PARTS = ("model", "ema", "optimizer")


@dataclass(frozen=True)
class Checkpoint:
    """A run at the end of a step."""

    step: int
    """Steps done; the next one begins with the photos and draws of this number."""
    model: Mapping[str, Tensor]
    """Trained weights by name."""
    ema: Mapping[str, Tensor]
    """Averaged weights by name; empty without averaging."""
    optimizer: Mapping[str, Tensor]
    """The optimiser's tensors, named "number of the weight.name"."""
    counters: Mapping[str, Any]
    """Seed, skipped steps, loss scale, updates of the average."""

    def write(self, folder: Path, keep: int) -> Path:
        """The folder step-NNNNNN in `folder`, once it is there whole and only the `keep` newest are left.

        Raises DiskFull.
        """
        path = folder / f"step-{self.step:06d}"
        with writing_folder(path) as temporary:
            for part in _PARTS:
                tensors = {name: value.contiguous() for name, value in getattr(self, part).items()}
                save_file(tensors, temporary / f"{part}.safetensors")
            state = {"step": self.step, "counters": self.counters}
            (temporary / _STATE).write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
        for old in checkpoints_in(folder)[:-keep]:
            shutil.rmtree(old)
        return path

    @classmethod
    def read(cls, path: Path) -> "Checkpoint":
        """The checkpoint in the folder `path`. Raises BadModel when it is damaged."""
        try:
            state = json.loads((path / _STATE).read_text(encoding="utf-8"))
            parts = {part: load_file(path / f"{part}.safetensors") for part in _PARTS}
            return cls(step=state["step"], counters=state["counters"], **parts)
        except (
            Exception
        ) as error:  # safetensors has an exception of its own, beside OSError, ValueError, KeyError
            raise BadModel(
                f"the checkpoint {path} is damaged ({error}); delete it to go on from the one before"
            ) from error


def checkpoints_in(folder: Path) -> list[Path]:
    """The whole checkpoints in `folder`, oldest first."""
    return sorted(folder.glob("step-*"), key=lambda path: int(path.name.removeprefix("step-")))


def memory_of(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What the optimiser remembers, named "number of the weight.name"."""
    state = optimizer.state_dict()["state"]
    return {f"{index}.{name}": value for index in state for name, value in state[index].items()}


def remember(optimizer: torch.optim.Optimizer, memory: Mapping[str, Tensor]) -> None:
    """Make the optimiser remember what `memory_of` said."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in memory.items():
        index, name = key.split(".")
        weight = weights[int(index)]
        # A fused optimiser reads its memory in the order of the weight, channels last or not.
        same = torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value
        state.setdefault(int(index), {})[name] = same
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def sweep(folder: Path) -> None:
    """Remove what killed runs left half-written in `folder`."""
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
