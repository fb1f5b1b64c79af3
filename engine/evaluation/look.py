"""Look: unselected pictures for people to judge, in the order in which the visitors came."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import UInt8

from engine.evaluation.pictures import Ask, there
from engine.evaluation.visitors import Visitors


def unselected(
    people: Visitors, paint: Callable[[str, Sequence[Ask]], UInt8[np.ndarray, "N H W 3"]], count: int
) -> tuple[UInt8[np.ndarray, "N H W 3"], list[str]]:
    """Pictures at the first visitors' places with the seeds 0, 1, 2, ..., and a label of two lines for each.

    `paint` makes the pictures of a part by its name; no judge is needed.

    In turn with GPS alone and with the visitor's caption; labels say the place, its neighbourhood and the words.
    """
    shots = people.shots[: min(count, people.held_out)]
    asks = [Ask(shot.caption if turn % 2 else "", there(shot), turn) for turn, shot in enumerate(shots)]
    labels = [
        f"{shot.place_true.latitude:.4f}, {shot.place_true.longitude:.4f} {shot.neighbourhood}\n"
        f"{ask.prompt or 'GPS alone'}"
        for shot, ask in zip(shots, asks, strict=True)
    ]
    return paint("look", asks), labels
