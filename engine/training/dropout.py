"""Condition dropout: which photos of a batch are shown without their text, their place, or both.

Without it the model would not know the branches that guidance combines. "No text" is the empty prompt and "no place"
is NaN in every condition, here and in the pipeline alike.
"""

from jaxtyping import Bool, Float
from torch import Tensor

_WHERE = ("longitude", "latitude", "azimuth")


def kept(
    draws: Float[Tensor, " B"], text_only: float, gps_only: float, neither: float
) -> tuple[Bool[Tensor, " B"], Bool[Tensor, " B"]]:
    """Whether each photo keeps its text, and whether it keeps its place, by one draw in [0, 1) for each photo.

    A share of `text_only` keeps only its text, `gps_only` only its place, `neither` keeps nothing, and the rest keeps
    both (paper: 5 % each).
    """
    keeps_text = (draws < text_only) | (draws >= text_only + gps_only + neither)
    keeps_place = draws >= text_only
    keeps_place &= ~((draws >= text_only + gps_only) & (draws < text_only + gps_only + neither))
    return keeps_text, keeps_place


def drop_place(values: Float[Tensor, "B C"], keeps_place: Bool[Tensor, " B"]) -> Float[Tensor, "B C"]:
    """The conditions, absent (NaN) in the photos that do not keep their place."""
    return values.masked_fill(~keeps_place[:, None], float("nan"))


def drop_optional(
    values: Float[Tensor, "B C"],
    conditions: tuple[str, ...],
    draws: Float[Tensor, "B C"],
    probability: float,
    position_only: Bool[Tensor, " B"],
) -> Float[Tensor, "B C"]:
    """The conditions, each but longitude, latitude and azimuth absent where its own draw in [0, 1) is below
    `probability`, and all of them where `position_only` holds.

    So a model can be asked for a place, or a side of a landmark, without saying the hour.
    """
    optional = values.new_tensor([name not in _WHERE for name in conditions]).bool()
    return values.masked_fill(((draws < probability) | position_only[:, None]) & optional, float("nan"))
