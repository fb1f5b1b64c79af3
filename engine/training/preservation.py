"""Prior preservation: photos and pictures of the untouched base in one pass, and what each of them counts.

A model that sees one landmark alone forgets what else it knew (Ruiz et al. 2023, arXiv 2208.12242). So beside the
photos it is shown pictures that the base drew for the same prompt, without an azimuth:
L = L_recon + prior_loss_weight * L_prior.
"""

from dataclasses import replace
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor

from engine.training.angle_config import AngleConfig
from engine.training.config import RunConfig
from engine.training.dataset import Dataset
from engine.training.denoiser import Batch, draw_batch, whole_batch
from engine.training.learner import Draw


def pass_weights(
    photo_weights: Float[Tensor, " N"], prior_count: int, prior_loss_weight: float
) -> Float[Tensor, " N+P"]:
    """What the photos of a pass and, after them, its P prior pictures count, so that the mean of the weighed errors is
    L_recon + prior_loss_weight * L_prior (paper).

    L_recon is the mean over the photos, each weighed by `photo_weights`, L_prior the mean over the prior pictures.
    """
    both = len(photo_weights) + prior_count
    prior = photo_weights.new_full((prior_count,), prior_loss_weight * both / max(prior_count, 1))
    return torch.cat([photo_weights * both / len(photo_weights), prior])


def preserving(photo_weights: Float[Tensor, " M"], prior: Dataset | None) -> Draw:
    """A way to draw a pass of the photos that the learner asks for, and beside them pictures of `prior`.

    `photo_weights` are of all photos of the dataset. Which prior pictures are in a pass follows from its generator.
    """

    def draw(
        dataset: Dataset,
        rows: Int[Tensor, " B"],
        config: RunConfig,
        num_train_timesteps: int,
        generator: torch.Generator,
    ) -> Batch:
        photos = draw_batch(dataset, rows, config, num_train_timesteps, generator)
        if prior is None:
            return replace(photos, weights=photo_weights[rows])
        settings = cast(AngleConfig, config)
        count = settings.prior_batch_size
        chosen = torch.randint(len(prior), (count,), generator=generator)
        timesteps = torch.randint(num_train_timesteps, (count,), generator=generator)
        beside = whole_batch(prior, chosen, timesteps, generator)
        weights = pass_weights(photo_weights[rows], count, settings.prior_loss_weight)
        return _joined(photos, beside, weights)

    return draw


def _joined(first: Batch, second: Batch, weights: Float[Tensor, " B"]) -> Batch:
    parts = ("latents", "timesteps", "text", "values")
    both = [torch.cat([getattr(first, part), getattr(second, part)]) for part in parts]
    return Batch(*both, noise_seed=first.noise_seed, weights=weights)
