"""The distiller: random view, its side, the model's gradient on it, and a step of the field, again and again."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from engine.landmark import regularisers
from engine.landmark.camera import Camera, rays
from engine.landmark.distillation.annealing import timestep_range
from engine.landmark.distillation.beginning import new_field, new_surroundings
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.growth import (
    Grown,
    belonging_to,
    load_weights,
    memory_of,
    remember,
    weights_of,
)
from engine.landmark.distillation.guard import Guard
from engine.landmark.distillation.objectives import latent_gradient
from engine.landmark.distillation.particle import Particle
from engine.landmark.distillation.teacher import Teacher
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import Lambert, Rendered, render

_OCCUPANCY_EVERY = 16
_TEXTURELESS = 0.25
"""Share of the shaded views without colour, so that the shape has to say it all."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """One view, rendered with a gradient."""

    camera: Camera
    rendered: Rendered
    rays_d: Float[Tensor, "N 3"]

    def picture(self, size: int) -> Float[Tensor, "1 3 S S"]:
        return self.rendered.colour.T.reshape(1, 3, size, size)


class Distiller:
    """A field on its way, its optimiser, and what they are asked of. Random numbers come from `generator`, on the CPU.

    It can be kept after every step.
    """

    def __init__(self, teacher: Teacher, config: DistilConfig, generator: torch.Generator) -> None:
        self.teacher, self.config, self.generator = teacher, config, generator
        self.field = new_field(config).to(teacher.device)
        self.background = new_surroundings(config.background == "learned")
        self.occupancy = Occupancy().to(teacher.device)
        self.particle: Particle | None = None
        if config.method == "vsd":
            self.particle = Particle(teacher, config.lora_rank, config.lora_learning_rate, config.seed)
        self._learned = list(self.field.parameters())
        if self.background is not None:
            self._learned += self.background.to(teacher.device).parameters()
        self.optimizer = torch.optim.Adam(self._learned, config.learning_rate, eps=1e-15)
        self.sky = None
        self.distance_share = config.distance_shares[-1]
        self.steps_done = 0
        self._guard = Guard()

    @property
    def resumable(self) -> bool:
        return True

    def step(self) -> Grown:
        """One view and one step of Adam. A gradient that is not finite changes nothing.

        Raises TrainingDiverged after three of these in a row.
        """
        config, teacher = self.config, self.teacher
        # 1. A random view
        seen = self._look(config.cameras.draw(self.generator))
        latents = teacher.encode(seen.picture(config.render_px))

        # 2. What the model says of it, at a random level of noise
        least, most = timestep_range(
            self.steps_done, config.anneal_steps, config.first_timesteps, config.last_timesteps
        )
        part = least + (most - least) * float(torch.rand((), generator=self.generator))
        noise = self._noise(latents)
        timestep = teacher.timestep(part)
        gradient = latent_gradient(
            teacher, config, latents.detach(), seen.camera, timestep, noise, self.particle
        )

        # 3. A step of the field; the slope of this product is the gradient
        loss = (latents * gradient).sum() + self._regularised(seen)
        self.optimizer.zero_grad()
        loss.backward()
        slopes = [weight.grad for weight in self._learned if weight.grad is not None]
        finite = all(bool(slope.isfinite().all()) for slope in slopes)
        self._guard.passed(finite, self.steps_done + 1, config.learning_rate)
        if finite:
            self.optimizer.step()
        if self.particle is not None:
            part = float(torch.rand((), generator=self.generator))
            noise = self._noise(latents)
            tokens = teacher.tokens([seen.camera])
            self.particle.learn(latents.detach(), noise, teacher.timestep(part), tokens)
        self.steps_done += 1
        if self.steps_done % _OCCUPANCY_EVERY == 0:
            self.occupancy.update(self.field, self.generator)
        return Grown(gradient.square().mean().sqrt().item(), skipped=not finite)

    def tensors(self) -> dict[str, Tensor]:
        memory = {f"memory.{name}": value for name, value in memory_of(self.optimizer).items()}
        particle = {} if self.particle is None else self.particle.tensors()
        return (
            weights_of(self._parts)
            | memory
            | {f"particle.{name}": value for name, value in particle.items()}
            | {
                "generator": self.generator.get_state(),
                "steps_done": torch.tensor(self.steps_done),
                "failures": torch.tensor(self._guard.failures),
            }
        )

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        load_weights(self._parts, tensors)
        remember(self.optimizer, belonging_to("memory", tensors))
        if self.particle is not None:
            self.particle.restore(belonging_to("particle", tensors))
        self.generator.set_state(tensors["generator"])
        self.steps_done = int(tensors["steps_done"])
        self._guard.failures = int(tensors["failures"])

    @property
    def _parts(self) -> dict[str, torch.nn.Module | None]:
        return {"field": self.field, "occupancy": self.occupancy, "background": self.background}

    def _look(self, camera: Camera) -> _Seen:
        size, device = self.config.render_px, self.teacher.device
        rays_o, rays_d = (each.to(device) for each in rays(camera, size, size))
        if self.background is None:
            background = torch.rand(3, generator=self.generator).to(device)
        else:
            background = self.background(rays_d)
        shaded = self.steps_done >= self.config.shading_from_step
        lambert = self._lamp(camera) if shaded else None
        # Of the two fields only the hash grid can be differentiated twice.
        exact = self.config.field == "hash-grid"
        normals = "analytic" if exact else "finite"
        rendered = render(
            self.field,
            rays_o,
            rays_d,
            num_samples=self.config.num_samples,
            generator=self.generator,
            occupancy=self.occupancy,
            background=background,
            normals=normals if shaded or self.config.orientation_weight else None,
            lambert=lambert,
        )
        return _Seen(camera, rendered, rays_d)

    def _lamp(self, camera: Camera) -> Lambert:
        """A lamp somewhere around the camera (DreamFusion), now and then on a shape without colour."""
        drawn = torch.randn(3, generator=self.generator) * 0.5 + functional.normalize(
            torch.tensor(camera.position), dim=0
        )
        east, north, up = functional.normalize(drawn, dim=0).tolist()
        textureless = float(torch.rand((), generator=self.generator)) < _TEXTURELESS
        return Lambert((east, north, up), textureless=textureless)

    def _regularised(self, seen: _Seen) -> Tensor:
        """What is added to the loss."""
        config, rendered = self.config, seen.rendered
        added = config.opacity_weight * regularisers.opacity(rendered.opacity).mean()
        samples = rendered.samples
        if config.orientation_weight and samples.normals is not None:
            turned = regularisers.orientation(
                samples.seen.detach(), samples.normals, seen.rays_d[samples.ray]
            )
            added = added + config.orientation_weight * turned.sum() / len(seen.rays_d)
        return added

    def _noise(self, latents: Tensor) -> Tensor:
        return torch.randn(latents.shape, generator=self.generator).to(latents.device)
