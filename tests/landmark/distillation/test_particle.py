"""The particle: it learns renders, and the teacher stays as it is, with and without layers of its own."""

import pytest
import torch
from torch import Tensor

from engine.diffusion.adapter import add_lora
from engine.landmark.camera import Camera
from engine.landmark.distillation.particle import Particle
from engine.landmark.distillation.teacher import Teacher


@pytest.fixture(params=[False, True], ids=["whole model", "adapter"])
def teacher(request, pipe, quick) -> Teacher:
    if request.param:
        add_lora(pipe, 2)
        for name, weight in pipe.unet.named_parameters():
            if "lora_B" in name:
                torch.nn.init.constant_(weight, 0.05)  # as if it had been trained
    return Teacher(pipe, "A photo of Cathedral", quick())


def drawn(teacher: Teacher, seed: int) -> Tensor:
    return torch.randn(1, *teacher.latent_shape, generator=torch.Generator().manual_seed(seed))


def learned(teacher: Teacher, particle: Particle, steps: int) -> list[float]:
    tokens = teacher.tokens([Camera(10.0)])
    return [
        particle.learn(drawn(teacher, 0), drawn(teacher, step % 3 + 1), 400, tokens) for step in range(steps)
    ]


def test_it_learns_and_the_teacher_does_not_change(teacher: Teacher) -> None:
    tokens, noisy = teacher.tokens([Camera(10.0)]), drawn(teacher, 5)
    before = teacher.branches(noisy, 400, tokens)[0]
    particle = Particle(teacher, rank=4, learning_rate=1e-2, seed=0)
    assert torch.allclose(particle.predict(noisy, 400, tokens), before, atol=1e-5)
    losses = learned(teacher, particle, 24)
    assert sum(losses[-3:]) < 0.98 * sum(losses[:3])
    assert torch.allclose(teacher.branches(noisy, 400, tokens)[0], before, atol=1e-6)
    assert not torch.allclose(particle.predict(noisy, 400, tokens), before, atol=1e-3)


def test_only_its_layers_are_trained(teacher: Teacher) -> None:
    before = {name: weight.clone() for name, weight in teacher.pipe.unet.named_parameters()}
    particle = Particle(teacher, rank=2, learning_rate=1e-2, seed=0)
    learned(teacher, particle, 2)
    for name, weight in teacher.pipe.unet.named_parameters():
        if "renders" not in name:
            assert torch.equal(weight, before.get(name, before.get(name.replace(".base_layer", ""))))
            assert not weight.requires_grad


def test_it_goes_on_from_its_tensors(teacher: Teacher) -> None:
    particle = Particle(teacher, rank=2, learning_rate=1e-2, seed=0)
    learned(teacher, particle, 3)
    kept = {name: value.clone() for name, value in particle.tensors().items()}
    wanted = learned(teacher, particle, 3)
    again = Particle(teacher, rank=2, learning_rate=1e-2, seed=1)
    again.restore(kept)
    assert learned(teacher, again, 3) == wanted
