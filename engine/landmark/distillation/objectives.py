"""Objectives: the gradient that each method of distillation has for the latents of one rendered view."""

from jaxtyping import Float
from torch import Tensor

from engine.landmark.camera import Camera
from engine.landmark.distillation import gradients
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.particle import Particle
from engine.landmark.distillation.predictions import add_noise, clean_of, noise_of
from engine.landmark.distillation.sampling import inverted_noise
from engine.landmark.distillation.teacher import Teacher


def latent_gradient(
    teacher: Teacher,
    config: DistilConfig,
    latents: Float[Tensor, "1 C h w"],
    camera: Camera,
    timestep: int,
    noise: Float[Tensor, "1 C h w"],
    particle: Particle | None = None,
) -> Float[Tensor, "1 C h w"]:
    """Gradient of the config's method at `timestep`, with `noise` as the random noise; `vsd` needs its `particle`.

    `latents` carry no gradient here. Bridge multiplies the difference of its prompts by guidance_weight, since neither
    branch is guided.
    """
    level, kind, weight = teacher.alpha_bar(timestep), teacher.kind, config.guidance_weight
    tokens = teacher.tokens([camera])
    if config.method == "sdi":
        noise = _inverted(teacher, config, latents, tokens, timestep, noise)
    noisy = add_noise(latents, noise, level)
    conditional, unconditional = teacher.branches(noisy, timestep, tokens)

    def noise_in(prediction: Tensor) -> Tensor:
        return noise_of(prediction, noisy, level, kind)

    if config.method == "csd":
        return gradients.csd(noise_in(conditional), noise_in(unconditional), level)
    if config.method == "bridge":
        source, _ = teacher.branches(noisy, timestep, teacher.tokens([camera], config.source_prompt))
        return gradients.bridge(noise_in(conditional), noise_in(source), level, weight)
    guided = gradients.guided(conditional, unconditional, weight)
    if config.method == "x0":
        clean, plain = (clean_of(each, noisy, level, kind) for each in (guided, conditional))
        return gradients.x0_gradient(latents, gradients.rescaled(clean, plain, config.rescale))
    if config.method == "vsd" and particle is not None:
        return gradients.vsd(noise_in(guided), noise_in(particle.predict(noisy, timestep, tokens)), level)
    return gradients.sds(guided, latents, noise, level, kind)


def _inverted(
    teacher: Teacher,
    config: DistilConfig,
    latents: Float[Tensor, "1 C h w"],
    tokens: Float[Tensor, "1 N D"],
    timestep: int,
    fresh: Float[Tensor, "1 C h w"],
) -> Float[Tensor, "1 C h w"]:
    """The noise that the model itself sees in the latents, found by DDIM inversion up to `timestep` (SDI)."""
    count = config.inversion_steps
    timesteps = [-1 + (timestep + 1) * step // count for step in range(count + 1)]
    levels = [teacher.alpha_bar(each) for each in timesteps]

    def read(noisy: Tensor, number: int) -> tuple[Tensor, Tensor]:
        # Of a picture without noise the model is asked at the least noise that it knows.
        at = max(timesteps[number], 0)
        prediction = teacher.guided(noisy, at, tokens, config.inversion_guidance_weight)
        level = min(levels[number], teacher.alpha_bar(0))
        return (
            clean_of(prediction, noisy, level, teacher.kind),
            noise_of(prediction, noisy, level, teacher.kind),
        )

    return inverted_noise(read, latents, levels, fresh, config.inversion_fresh_share)
