"""DDIM in both directions, as pure functions over a callable: down to a picture, or up to the noise it comes from."""

import math
from collections.abc import Callable, Sequence

from jaxtyping import Float
from torch import Tensor

Reader = Callable[[Float[Tensor, "B C h w"], int], tuple[Float[Tensor, "B C h w"], Float[Tensor, "B C h w"]]]
"""(noisy, number of the level) -> the clean latents and the noise that are believed to be in it."""


def ddim(
    read: Reader, noisy: Float[Tensor, "B C h w"], alpha_bars: Sequence[float]
) -> Float[Tensor, "B C h w"]:
    """Latents at the last of the levels, from `noisy` at the first (Song et al. 2021, Eq. 12 with sigma = 0).

    Falling levels invert: towards more noise it is the same step with the prediction of where it begins. `read` is
    asked at every level but the last, and nothing is divided by, so levels of 0 and 1 are fine.
    """
    for number, following in enumerate(alpha_bars[1:]):
        clean, noise = read(noisy, number)
        noisy = math.sqrt(following) * clean + math.sqrt(1 - following) * noise
    return noisy


def inverted_noise(
    read: Reader,
    latents: Float[Tensor, "B C h w"],
    alpha_bars: Sequence[float],
    fresh: Float[Tensor, "B C h w"] | None = None,
    fresh_share: float = 0.0,
) -> Float[Tensor, "B C h w"]:
    """The noise that DDIM inversion finds in `latents` at the last of the falling levels (SDI).

    Lukoianov et al. 2024, Score distillation via reparametrized DDIM: added to the latents in the place of random
    noise, it leaves the model nothing to be surprised by but the picture. `fresh_share` (eta) mixes in that much of
    the noise `fresh` and leaves the variance as it is; where in the inversion eta enters is ours to choose.
    """
    last = alpha_bars[-1]
    found = (ddim(read, latents, alpha_bars) - math.sqrt(last) * latents) / math.sqrt(1 - last)
    if fresh is None or not fresh_share:
        return found
    return math.sqrt(1 - fresh_share**2) * found + fresh_share * fresh
