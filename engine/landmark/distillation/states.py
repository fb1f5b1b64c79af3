"""States: everything that a distillation needs to go on as if it had never stopped, in folders that appear whole.

    states/step-000250/
        state.safetensors    field, surroundings, occupancy, the optimiser's memory, the random numbers' place
        state.json           step, prompt, model, settings

A new folder is renamed into place before the oldest is removed, so whatever happens the last good one is there.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.atomic import writing_folder
from engine.errors import BadFile, BadRequest
from engine.landmark.distillation.config import DistilConfig

_TENSORS, _ABOUT = "state.safetensors", "state.json"
_KEPT = 2
_FREE = {"preset", "preview_every_s", "preview_px", "state_every_steps"}
"""Settings that a run may change when it goes on."""


@dataclass(frozen=True)
class State:
    """A distillation at the end of a step."""

    step: int
    prompt: str
    model: str
    """Name of the model, as far as it has one."""
    config: DistilConfig
    tensors: Mapping[str, Tensor]

    def keep(self, folder: Path) -> Path:
        """The folder step-NNNNNN in `folder`, whole; all but one of the older ones are removed. Raises DiskFull."""
        path = self.write(folder / f"step-{self.step:06d}")
        for old in states_in(folder)[:-_KEPT]:
            shutil.rmtree(old)
        return path

    def write(self, path: Path) -> Path:
        """The folder `path`, once it is there whole. Raises DiskFull, and an older one is still there then."""
        about = {"step": self.step, "prompt": self.prompt, "model": self.model}
        with writing_folder(path) as temporary:
            tensors = {name: value.contiguous() for name, value in self.tensors.items()}
            save_file(tensors, temporary / _TENSORS)
            text = json.dumps(about | {"config": _plain(self.config)}, indent=2)
            (temporary / _ABOUT).write_text(text + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> "State":
        """The state in the folder `path`. Raises BadFile where it is damaged."""
        try:
            about = json.loads((path / _ABOUT).read_text(encoding="utf-8"))
            config = DistilConfig(**about["config"])
            tensors = load_file(path / _TENSORS)
            return cls(about["step"], about["prompt"], about["model"], config, tensors)
        except (
            Exception
        ) as error:  # safetensors has an exception of its own, beside OSError, ValueError, KeyError
            raise BadFile(
                f"the state {path} is damaged ({error}); delete it to go on from the one before"
            ) from error

    def check(self, prompt: str, model: str, config: DistilConfig) -> None:
        """Nothing, when a run of these goes on from here. Raises BadRequest that names what differs."""
        there = {"prompt": self.prompt, "model": self.model} | _plain(self.config)
        asked = {"prompt": prompt, "model": model} | _plain(config)
        for name in asked.keys() - _FREE:
            if there.get(name) != asked[name]:
                raise BadRequest(
                    f"the run that stopped at step {self.step:,} had {name} {there.get(name)!r}, not {asked[name]!r}; "
                    "go on with the same, or begin anew in another folder"
                )


def states_in(folder: Path) -> list[Path]:
    """The whole states in `folder`, oldest first."""
    return sorted(folder.glob("step-*"), key=lambda path: int(path.name.removeprefix("step-")))


def _plain(config: DistilConfig) -> dict[str, object]:
    """The settings as JSON has them."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(config).items()
    }
