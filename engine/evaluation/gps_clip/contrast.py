"""Contrast: the loss by which pictures and places, or pictures and words, learn to find each other in a batch."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy


def info_nce(
    pictures: Float[Tensor, "B E"],
    others: Float[Tensor, "B E"],
    temperature: float,
    left_out: Bool[Tensor, "B B"] | None = None,
) -> Float[Tensor, ""]:
    """Symmetric InfoNCE (CLIP, arXiv 2103.00020): mean cross entropy of row i choosing column i, and the other way.

    Rows of `pictures` and `others` are unit vectors, and their cosines are divided by `temperature`. Where `left_out`
    is true, picture i and other j are not each other's negatives: the pair is neither pulled together nor pushed
    apart. Its diagonal does not count. With everything else left out the loss is 0; of B pairs that are all alike it
    is log B.
    """
    logits = pictures @ others.T / temperature
    if left_out is not None:
        own = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
        logits = logits.masked_fill(left_out & ~own, -torch.inf)
    belonging = torch.arange(len(logits), device=logits.device)
    return (cross_entropy(logits, belonging) + cross_entropy(logits.T, belonging)) / 2


def nearer_than(metres: Float[Tensor, "B 2"], apart_m: float) -> Bool[Tensor, "B B"]:
    """Pairs of places that are less than `apart_m` from one another; with 0 none, not even a place and itself."""
    return (metres[:, None] - metres[None]).norm(dim=-1) < apart_m


def alike(numbers: Int[Tensor, " B"]) -> Bool[Tensor, "B B"]:
    """Pairs with the same number: the same photo drawn twice, or photos with the same caption."""
    return numbers[:, None] == numbers[None]
