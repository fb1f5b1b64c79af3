"""Draws: all of a run's randomness follows from its seed and where in the run it is asked for.

So there is no generator whose state could be lost: a run that goes on from step 200 draws what it would have drawn,
and so does a run on another number of devices.
"""

from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

_ORDER, _PASS, _AUTOENCODER, _VALIDATION, _TEXT_ENCODER, _POLISH, _PRIOR = range(7)


def generator_at(seed: int, *where: int) -> torch.Generator:
    """A generator on the CPU that is the same for the same seed and place in the run."""
    mixed = np.random.SeedSequence([seed, *where]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(mixed[0]))


def pass_generator(seed: int, step: int, index: int) -> torch.Generator:
    """The generator of one pass of a step, counted over all devices."""
    return generator_at(seed, _PASS, step, index)


def autoencoder_generator(seed: int, step: int) -> torch.Generator:
    """The generator of one step of the autoencoder."""
    return generator_at(seed, _AUTOENCODER, step)


def text_encoder_generator(seed: int, step: int) -> torch.Generator:
    """The generator of one step of the text encoder."""
    return generator_at(seed, _TEXT_ENCODER, step)


def polish_generator(seed: int, step: int) -> torch.Generator:
    """The generator of one step of the decoder's polish."""
    return generator_at(seed, _POLISH, step)


def prior_generator(seed: int, index: int) -> torch.Generator:
    """The generator of one of the pictures that are drawn from the untouched base."""
    return generator_at(seed, _PRIOR, index)


def validation_generator(seed: int) -> torch.Generator:
    """The generator of every measurement of the validation loss, so that they can be compared."""
    return generator_at(seed, _VALIDATION)


def photos_at(seed: int, count: int, start: int, stop: int) -> Int[Tensor, " N"]:
    """Indices of the photos at positions [start, stop) of an endless order that shows all `count` before any again."""
    epochs = range(start // count, (stop - 1) // count + 1)
    parts = [_epoch(seed, count, each)[max(0, start - each * count) : stop - each * count] for each in epochs]
    return torch.cat(parts)


@lru_cache(maxsize=4)
def _epoch(seed: int, count: int, epoch: int) -> Int[Tensor, " count"]:
    return torch.randperm(count, generator=generator_at(seed, _ORDER, epoch))
