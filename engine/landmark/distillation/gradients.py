"""Gradients of score distillation: which way the latents of a rendered picture should go, as pure functions.

All are with respect to the latents and are handed to the picture by the chain rule; a step goes against them. e is a
predicted noise, `noise` the one that was added, w(t) = sigma_t^2 = 1 - alpha_bar (paper).
"""

import math

from jaxtyping import Float
from torch import Tensor

from engine.landmark.distillation.predictions import Kind, velocity


def weight(alpha_bar: float) -> float:
    """w(t) = sigma_t^2 (paper)."""
    return 1 - alpha_bar


def guided(
    conditional: Float[Tensor, "B C h w"], unconditional: Float[Tensor, "B C h w"], guidance_weight: float
) -> Float[Tensor, "B C h w"]:
    """(1 + w) e(p, g') - w e(0, 0) (paper; DreamFusion, Eq. 4).

    w is one less than the usual guidance_scale: 0 is the conditional prediction, -1 the unconditional one. Linear, so
    it holds for predictions of noise and of velocity alike.
    """
    return (1 + guidance_weight) * conditional - guidance_weight * unconditional


def sds(
    prediction: Float[Tensor, "B C h w"],
    latents: Float[Tensor, "B C h w"],
    noise: Float[Tensor, "B C h w"],
    alpha_bar: float,
    kind: Kind,
) -> Float[Tensor, "B C h w"]:
    """w(t) (e - noise), score distillation sampling (paper; DreamFusion, Eq. 3).

    For a velocity it is the same written without a detour: e - noise = a (v - (a noise - s latents)), which is exactly
    0, and no rounded difference of large numbers, where nothing but noise is left.
    """
    if kind == "epsilon":
        return weight(alpha_bar) * (prediction - noise)
    return weight(alpha_bar) * math.sqrt(alpha_bar) * (prediction - velocity(latents, noise, alpha_bar))


def csd(
    conditional: Float[Tensor, "B C h w"], unconditional: Float[Tensor, "B C h w"], alpha_bar: float
) -> Float[Tensor, "B C h w"]:
    """w(t) (e(p, g') - e(0, 0)): only what the condition adds (Yu et al. 2023, classifier score distillation)."""
    return weight(alpha_bar) * (conditional - unconditional)


def bridge(
    wanted: Float[Tensor, "B C h w"], source: Float[Tensor, "B C h w"], alpha_bar: float, scale: float = 1.0
) -> Float[Tensor, "B C h w"]:
    """w(t) scale (e(wanted) - e(source)): from what renders look like to what photos look like.

    `source` was predicted with a prompt that describes the artefacts (McAllister et al. 2024, Rethinking score
    distillation as a bridge between image distributions, stage 2).
    """
    return weight(alpha_bar) * scale * (wanted - source)


def vsd(
    prediction: Float[Tensor, "B C h w"], particle: Float[Tensor, "B C h w"], alpha_bar: float
) -> Float[Tensor, "B C h w"]:
    """w(t) (e - e_particle), variational score distillation (Wang et al. 2023, ProlificDreamer, Eq. 9).

    `particle` is the noise predicted by a copy of the model that knows the renders. One that knows nothing but this
    picture predicts `noise`, and then it is `sds`.
    """
    return weight(alpha_bar) * (prediction - particle)


def rescaled(
    guided_clean: Float[Tensor, "B C h w"], conditional_clean: Float[Tensor, "B C h w"], share: float = 0.5
) -> Float[Tensor, "B C h w"]:
    """Guided clean latents whose contrast has gone `share` of the way back to that of the unguided ones.

    The standard deviation is each picture's own (Lin et al. 2023, Eq. 15 and 16; MVDream takes 0.5).
    """
    axes = (1, 2, 3)
    spread = guided_clean.std(dim=axes, keepdim=True).clamp_min(1e-6)
    matched = guided_clean * (conditional_clean.std(dim=axes, keepdim=True) / spread)
    return share * matched + (1 - share) * guided_clean


def x0_gradient(
    latents: Float[Tensor, "B C h w"], clean: Float[Tensor, "B C h w"]
) -> Float[Tensor, "B C h w"]:
    """latents - clean: the gradient of |latents - clean|^2 / 2 with `clean` held still (MVDream, Eq. 3).

    Without rescaling it is s / a (e - noise): score distillation with another w(t).
    """
    return latents - clean
