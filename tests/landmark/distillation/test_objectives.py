"""Objectives: each method's gradient on a real small model, against what its definition says of it."""

import pytest
import torch
from torch import Tensor

from engine.landmark.camera import Camera
from engine.landmark.distillation.objectives import latent_gradient
from engine.landmark.distillation.particle import Particle
from engine.landmark.distillation.predictions import add_noise, clean_of, noise_of
from engine.landmark.distillation.teacher import Teacher

CAMERA, TIMESTEP = Camera(120.0), 600


def asked(pipe, config, particle: bool = False) -> tuple[Teacher, Tensor, Tensor, Tensor]:
    """Teacher, latents, noise, and the method's gradient."""
    teacher = Teacher(pipe, "A photo of Cathedral", config)
    generator = torch.Generator().manual_seed(0)
    latents, noise = (torch.randn(1, *teacher.latent_shape, generator=generator) for _ in range(2))
    layers = Particle(teacher, 2, 1e-3, seed=0) if particle else None
    return (
        teacher,
        latents,
        noise,
        latent_gradient(teacher, config, latents, CAMERA, TIMESTEP, noise, layers),
    )


def said(teacher: Teacher, latents: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor, float]:
    """The noises of the two branches, the noisy latents and their level."""
    level = teacher.alpha_bar(TIMESTEP)
    noisy = add_noise(latents, noise, level)
    branches = teacher.branches(noisy, TIMESTEP, teacher.tokens([CAMERA]))
    conditional, unconditional = (noise_of(each, noisy, level, teacher.kind) for each in branches)
    return conditional, unconditional, noisy, level


@pytest.mark.parametrize("model", ["pipe", "noise_pipe"])
def test_sds_is_the_papers(request, quick, model: str) -> None:
    pipe = request.getfixturevalue(model)
    teacher, latents, noise, found = asked(pipe, quick(guidance_weight=5.0))
    conditional, unconditional, _, level = said(teacher, latents, noise)
    wanted = (1 - level) * (6 * conditional - 5 * unconditional - noise)
    assert torch.allclose(found, wanted, atol=1e-4)


def test_csd_is_what_the_condition_adds(pipe, quick) -> None:
    teacher, latents, noise, found = asked(pipe, quick(method="csd"))
    conditional, unconditional, _, level = said(teacher, latents, noise)
    assert torch.allclose(found, (1 - level) * (conditional - unconditional), atol=1e-5)


def test_a_bridge_between_the_same_words_is_nothing(pipe, quick) -> None:
    assert asked(pipe, quick(method="bridge", source_prompt=""))[3].abs().max() < 1e-5
    assert asked(pipe, quick(method="bridge"))[3].abs().max() > 1e-4


def test_x0_without_rescaling_leads_to_the_clean_picture(pipe, quick) -> None:
    teacher, latents, noise, found = asked(pipe, quick(method="x0", rescale=0.0, guidance_weight=0.0))
    _, _, noisy, level = said(teacher, latents, noise)
    conditional, _ = teacher.branches(noisy, TIMESTEP, teacher.tokens([CAMERA]))
    wanted = latents - clean_of(conditional, noisy, level, teacher.kind)
    assert torch.allclose(found, wanted, atol=1e-4)
    half = asked(pipe, quick(method="x0", rescale=0.5, guidance_weight=8.0))[3]
    assert not torch.allclose(half, asked(pipe, quick(method="x0", rescale=0.0, guidance_weight=8.0))[3])


def test_vsd_begins_with_a_particle_that_is_the_model(pipe, quick) -> None:
    teacher, latents, noise, found = asked(pipe, quick(method="vsd", guidance_weight=3.0), particle=True)
    conditional, unconditional, _, level = said(teacher, latents, noise)
    assert torch.allclose(found, (1 - level) * 3 * (conditional - unconditional), atol=1e-4)


def test_sdi_does_without_random_noise(pipe, quick) -> None:
    config = quick(method="sdi", inversion_fresh_share=0.0, inversion_steps=3)
    teacher, latents, _, found = asked(pipe, config)
    other = torch.randn(latents.shape, generator=torch.Generator().manual_seed(9))
    again = latent_gradient(teacher, config, latents, CAMERA, TIMESTEP, other)
    assert torch.equal(found, again)
    assert found.isfinite().all()
    assert not torch.allclose(found, asked(pipe, quick(method="sds"))[3])
