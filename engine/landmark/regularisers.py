"""Regularisers of radiance fields: what a good field does not do, each as a number to add to a loss."""

import torch
from jaxtyping import Float
from torch import Tensor


def orientation(
    weights: Float[Tensor, "*B"], normals: Float[Tensor, "*B 3"], rays_d: Float[Tensor, "*B 3"]
) -> Float[Tensor, "*B"]:
    """Penalty of each sample that is seen though its outward normal turns away from the camera (Ref-NeRF, Eq. 11).

    Sum it over a ray's samples. `rays_d` point away from the camera. DreamFusion detaches the weights.
    """
    return weights * (normals * rays_d).sum(-1).clamp_min(0).square()


def opacity(opacity: Float[Tensor, "*B"], softness: float = 0.01) -> Float[Tensor, "*B"]:
    """About the opacity itself, with no slope at 0: sqrt(opacity^2 + softness) (DreamFusion).

    Keeps a field from filling the cube with fog.
    """
    return (opacity.square() + softness).sqrt()


def entropy(opacity: Float[Tensor, "*B"]) -> Float[Tensor, "*B"]:
    """Binary entropy of an opacity in nats: 0 for a ray that is stopped or free, log 2 half-way.

    Does what Neural Volumes' beta prior does, and is finite.
    """
    share = opacity.clamp(1e-5, 1 - 1e-5)
    return -(share * share.log() + (1 - share) * (1 - share).log())


def sparsity(density: Float[Tensor, "*B"]) -> Float[Tensor, "*B"]:
    """log(1 + 2 density^2) of each sample: empties what no picture asks for (SNeRG; Plenoxels)."""
    return torch.log1p(2 * density.square())


def distortion(
    weights: Float[Tensor, "*B K"], distance: Float[Tensor, "*B K"], lengths: Float[Tensor, "*B K"]
) -> Float[Tensor, "*B"]:
    """How far the weights along each ray are spread: sum_ij w_i w_j |t_i - t_j| + sum_i w_i^2 length_i / 3.

    mip-NeRF 360, Eq. 15, in O(K) by prefix sums. `distance`, the stretches' middles, grows along K; scale distance
    and lengths by 1 / (far - near) for the paper's units.
    """
    before = weights.cumsum(-1) - weights
    moment = (weights * distance).cumsum(-1) - weights * distance
    between = 2 * (weights * (distance * before - moment)).sum(-1)
    return between + (weights.square() * lengths).sum(-1) / 3


def total_variation(grid: Float[Tensor, "1 C D H W"]) -> Float[Tensor, ""]:
    """Mean squared step between neighbours of a voxel grid, added over its three axes (after Plenoxels)."""
    return sum((grid.diff(dim=axis).square().mean() for axis in (2, 3, 4)), start=grid.new_zeros(()))
