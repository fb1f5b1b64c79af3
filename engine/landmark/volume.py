"""Volume rendering: from densities along rays to colour, opacity and depth, as pure functions.

Every ray has K stretches, front to back, within which density and colour are constant; then the quadrature is exact
(Max, Optical models for direct volume rendering, 1995; NeRF, Eq. 3). All of it is differentiable, twice.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def alphas(density: Float[Tensor, "*B K"], lengths: Float[Tensor, "*B K"]) -> Float[Tensor, "*B K"]:
    """Share of the light that each stretch stops: 1 - exp(-density length)."""
    return -torch.expm1(-density * lengths)


def transmittance(density: Float[Tensor, "*B K"], lengths: Float[Tensor, "*B K"]) -> Float[Tensor, "*B K"]:
    """Share of the light that reaches each stretch's near end; 1 for the first."""
    passed = (density * lengths)[..., :-1].cumsum(-1)
    # Not the whole sum less its last term: behind a wall of density 1e5 that would round away the air before it.
    return torch.exp(-torch.nn.functional.pad(passed, (1, 0)))


def weights(density: Float[Tensor, "*B K"], lengths: Float[Tensor, "*B K"]) -> Float[Tensor, "*B K"]:
    """Share of a ray's light that comes from each stretch; their sum is the ray's opacity."""
    return transmittance(density, lengths) * alphas(density, lengths)


def composite(
    weights: Float[Tensor, "*B K"],
    values: Float[Tensor, "*B K C"],
    background: Float[Tensor, "*#B C"] | None = None,
) -> Float[Tensor, "*B C"]:
    """What is seen along each ray; `background` shines through where the ray is not opaque (none: black)."""
    seen = (weights[..., None] * values).sum(-2)
    return seen if background is None else seen + (1 - weights.sum(-1))[..., None] * background


def opacity(weights: Float[Tensor, "*B K"]) -> Float[Tensor, "*B"]:
    """Share of the background that is hidden, in [0, 1]."""
    return weights.sum(-1)


def depth(
    weights: Float[Tensor, "*B K"], distance: Float[Tensor, "*B K"], far: Float[Tensor, "*B"]
) -> Float[Tensor, "*B"]:
    """Mean distance at which a ray ends: at its stretches' middles, or at `far` where it goes on."""
    return (weights * distance).sum(-1) + (1 - weights.sum(-1)) * far
