"""Growth: what every kind of distillation is to the one who drives, watches and keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engine.landmark.distillation.config import DistilConfig
from engine.landmark.fields.hash_grid import HashGridField
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.occupancy import Occupancy
from engine.landmark.surroundings import Surroundings


@dataclass(frozen=True)
class Grown:
    """What one step says of itself."""

    loss: float
    skipped: bool = False
    """The gradient was not finite, so nothing was changed."""


class Growth(Protocol):
    """A field that is being distilled, step by step."""

    field: HashGridField | VoxelField
    occupancy: Occupancy
    background: Surroundings | None
    distance_share: float
    """Views are told the distance that such a share of the photos are within, where the model knows distances."""
    config: DistilConfig
    """What was asked, with the cameras as they stand by now."""
    steps_done: int

    @property
    def sky(self) -> Float[Tensor, "3 S S"] | None:
        """What pictures that it is fitted to have around the landmark, in the middle of all; None where it has none."""
        ...

    @property
    def resumable(self) -> bool:
        """Whether `tensors` would bring it back as it is now."""
        ...

    def step(self) -> Grown:
        """The next step. Raises TrainingDiverged."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """Everything that its next steps depend on, by name."""
        ...

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Makes it what it was when `tensors` were taken."""
        ...


def weights_of(parts: Mapping[str, nn.Module | None]) -> dict[str, Tensor]:
    """The weights and buffers of each part that there is, named "part.name"."""
    return {
        f"{part}.{name}": value.detach()
        for part, module in parts.items()
        if module is not None
        for name, value in module.state_dict().items()
    }


def load_weights(parts: Mapping[str, nn.Module | None], tensors: Mapping[str, Tensor]) -> None:
    """Gives each part what `weights_of` took from it."""
    for part, module in parts.items():
        if module is not None:
            module.load_state_dict(belonging_to(part, tensors))


def belonging_to(part: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of one part, by their names within it."""
    return {
        name.removeprefix(f"{part}."): value for name, value in tensors.items() if name.startswith(f"{part}.")
    }


def memory_of(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimiser remembers, named "number of the weight.name"."""
    state = optimizer.state_dict()["state"]
    return {f"{number}.{name}": value for number in state for name, value in state[number].items()}


def remember(optimizer: torch.optim.Optimizer, memory: Mapping[str, Tensor]) -> None:
    """Makes the optimiser remember what `memory_of` took from it."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in memory.items():
        number, name = key.split(".")
        state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
