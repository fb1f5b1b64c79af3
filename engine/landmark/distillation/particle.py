"""The particle: LoRA layers in the model's UNet that learn what the renders look like (VSD)."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from jaxtyping import Float
from peft import LoraConfig
from torch import Tensor
from torch.nn import functional

from engine.landmark.distillation.growth import memory_of, remember
from engine.landmark.distillation.predictions import add_noise, velocity
from engine.landmark.distillation.teacher import Teacher

_NAME = "renders"
_ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]


class Particle:
    """A second model for the renders that shares all weights with the teacher but a few; the teacher stays as it is.

    The layers are in the UNet for as long as it lives, and on only while this is asked or learns. The same seed gives
    the same layers, which at first change nothing.
    """

    def __init__(self, teacher: Teacher, rank: int, learning_rate: float, seed: int) -> None:
        self.teacher = teacher
        self._unet: Any = teacher.pipe.unet
        self._others = [name for name in getattr(self._unet, "peft_config", {}) if name != _NAME]
        if _NAME in getattr(self._unet, "peft_config", {}):
            self._unet.delete_adapters(_NAME)  # of a distillation before this one
        config = LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=_ATTENTION)
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            # Layers of an angle adapter may be there already, and these are meant to lie beside them.
            warnings.filterwarnings("ignore", message="Already found a `peft_config`")
            torch.manual_seed(seed)
            self._unet.add_adapter(config, adapter_name=_NAME)
        self.layers: dict[str, Tensor] = {
            name: weight for name, weight in self._unet.named_parameters() if f".{_NAME}." in name
        }
        """What is learned, by name."""
        self._optimizer = torch.optim.AdamW(self.layers.values(), learning_rate)
        self._off()

    def predict(
        self, noisy: Float[Tensor, "B C h w"], timestep: int, tokens: Float[Tensor, "B N D"]
    ) -> Float[Tensor, "B C h w"]:
        """What the model of the renders predicts, without guidance."""
        with torch.no_grad(), self._on():
            return self.teacher.predict(noisy, timestep, tokens)

    def learn(
        self,
        latents: Float[Tensor, "B C h w"],
        noise: Float[Tensor, "B C h w"],
        timestep: int,
        tokens: Float[Tensor, "B N D"],
    ) -> float:
        """Loss of one step of the usual training on renders: their noise, or their velocity, is to be predicted.

        A loss that is not finite changes nothing.
        """
        level = self.teacher.alpha_bar(timestep)
        wanted = noise if self.teacher.kind == "epsilon" else velocity(latents, noise, level)
        with self._on():
            prediction = self.teacher.predict(add_noise(latents, noise, level), timestep, tokens)
            loss = functional.mse_loss(prediction, wanted)
            self._optimizer.zero_grad()
            loss.backward()
        if loss.isfinite():
            self._optimizer.step()
        return loss.item()

    def tensors(self) -> dict[str, Tensor]:
        """Layers and the optimiser's memory."""
        layers = {f"layers.{name}": weight.detach() for name, weight in self.layers.items()}
        memory = {f"memory.{name}": value for name, value in memory_of(self._optimizer).items()}
        return layers | memory

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Makes it what it was when `tensors` were taken."""
        for name, weight in self.layers.items():
            weight.copy_(tensors[f"layers.{name}"])
        remember(
            self._optimizer,
            {
                name.removeprefix("memory."): value
                for name, value in tensors.items()
                if name.startswith("memory.")
            },
        )

    @contextmanager
    def _on(self) -> Iterator[None]:
        self._unet.enable_adapters()
        self._unet.set_adapter([*self._others, _NAME])
        self._learnable()
        try:
            yield
        finally:
            self._off()

    def _off(self) -> None:
        """Leaves the layers that the model came with, and no others, on."""
        if self._others:
            self._unet.set_adapter(self._others)
        else:
            self._unet.disable_adapters()
        self._learnable()

    def _learnable(self) -> None:
        """Nothing but these layers is trained, whatever peft thinks of active ones."""
        self._unet.requires_grad_(False)
        for weight in self.layers.values():
            weight.requires_grad_(True)
