"""Revision: of each picture, what is the landmark, now that a field fitted to all of them has an opinion?

A cloud behind the landmark, or a foot as pale as the houses at the edges, cannot be told from one picture. But clouds
differ from view to view and the landmark stays, so the field is the vote of all views; and it stands, so what is below
it bears it, down to the ground, where haze and houses are as pale as it and its own colour goes on. Bayes' rule weighs
that vote with what the picture itself shows: is its colour that of the field, or that of the surroundings?
"""

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from engine.landmark.distillation import border

_SHADE, _CLOUD = 0.1, 0.3
"""Likelihood of any other colour: there are shadows on landmarks, and more often clouds that reach no edge."""
_BORNE, _STANDS = 0.6, 0.8
"""Part of a vote that passes on to all that is below; the second near the ground."""
_NEAR_GROUND: Final = 0.2
"""Of the height: what is so far above the lowest foot or less."""
_FOUND: Final = 0.3
"""Opacity from which on a field's colour is the landmark's."""
_SUREST: Final = 0.99
"""A vote counts in proportion to that of the pixels that lie above this share of all: views of something thin, aimed
differently, agree on little, and it would fade from pass to pass."""
_SURE: Final = 0.02
"""No vote is nearer than that to 0 or 1."""


def revised(
    pictures: Float[Tensor, "V 3 S S"],
    shown: Float[Tensor, "V 4 S S"],
    own: Float[Tensor, "V S S"],
    others: Float[Tensor, "V S S"],
    foot: float = math.inf,
    edges_weight: float = 0.5,
) -> Float[Tensor, "V S S"]:
    """How much of each pixel is the landmark, in [0, 1]: the posterior of a field's vote.

    `shown` are the field's colours, multiplied by its opacity, and the opacity, from where the pictures were taken,
    `own` and `others` say how far pixels are `border.apart` from their own surroundings and from all edges. What all
    edges show counts `edges_weight` times as much as a picture's own surroundings. No landmark reaches below the row
    `foot`.
    """
    opacity = shown[:, 3]
    agreed = opacity / opacity.flatten().quantile(_SUREST).clamp_min(_SURE)
    rows = torch.arange(opacity.shape[1])[:, None].expand(opacity.shape[1:])
    low = rows >= foot - _NEAR_GROUND * opacity.shape[1]
    borne = torch.where(low, _STANDS, _BORNE) * agreed.cummax(1).values
    vote = torch.maximum(agreed, borne).clamp(_SURE, 1 - _SURE)
    colour = shown[:, :3] / shown[:, 3:].clamp_min(_SURE)
    lowest = torch.where(opacity > _FOUND, rows, -1).cummax(1).values
    going_on = low & (opacity <= _FOUND) & (lowest >= 0)
    above = colour.gather(2, lowest.clamp_min(0)[:, None].expand_as(colour))
    colour = torch.where(going_on[:, None], above, colour)
    off = (border.smoothed(pictures) - border.smoothed(colour)).square().sum(1).sqrt()
    known = (opacity > _SURE) | going_on  # of nothing no colour is known
    landmark = torch.where(known, _likelihood(off, _SHADE), _SHADE)
    surroundings = torch.maximum(_likelihood(own, _CLOUD), edges_weight * _likelihood(others, _CLOUD))
    posterior = vote * landmark / (vote * landmark + (1 - vote) * surroundings)
    return torch.where(rows > foot, 0.0, posterior)


def _likelihood(distance: Float[Tensor, "V S S"], other: float) -> Float[Tensor, "V S S"]:
    return other + (1 - other) * border.alike(distance)
