"""Marks: how often a judge is right, on the photos that can be told apart, and what it takes for what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from engine.evaluation.judges.questions import MISSING
from engine.world.plan.city import manhattan

Mask = NDArray[np.bool_]

_PARKS = ("Central Park", "Battery Park")


@dataclass(frozen=True)
class Mark:
    """Right answers among those asked for."""

    right: int
    count: int
    mean_by_answer: float
    """Mean over the answers of the share that is right, so that a rare answer counts as much as a frequent one."""

    @property
    def share(self) -> float:
        """In [0, 1]; NaN where nothing was asked."""
        return self.right / self.count if self.count else float("nan")

    def __str__(self) -> str:
        return f"{self.share:.1%} ({self.right:,} of {self.count:,}; mean over the answers {self.mean_by_answer:.1%})"


@dataclass(frozen=True)
class Mistake:
    """One answer taken for another."""

    true: str
    said: str
    count: int
    share: float
    """Of all photos of which the first is true."""

    def __str__(self) -> str:
        return f"{self.true} taken for {self.said}: {self.share:.0%} ({self.count})"


def mark(said: NDArray[np.int64], true: NDArray[np.int64], counted: Mask | None = None) -> Mark:
    """How many answers are right, of those that have a label and are counted."""
    asked = (true != MISSING) & (True if counted is None else counted)
    right = (said == true)[asked]
    by_answer = [right[true[asked] == answer].mean() for answer in np.unique(true[asked])]
    return Mark(int(right.sum()), int(asked.sum()), float(np.mean(by_answer)) if by_answer else float("nan"))


def mistakes(
    said: NDArray[np.int64], true: NDArray[np.int64], answers: tuple[str, ...], counted: Mask | None = None
) -> list[Mistake]:
    """Every confusion that occurs, by its share of the true answer, the worst first."""
    asked = (true != MISSING) & (True if counted is None else counted)
    totals = Counter(true[asked].tolist())
    pairs = Counter(zip(true[asked].tolist(), said[asked].tolist(), strict=True))
    found = [
        Mistake(answers[right], answers[wrong], count, count / totals[right])
        for (right, wrong), count in pairs.items()
        if right != wrong
    ]
    return sorted(found, key=lambda mistake: (-mistake.share, -mistake.count, mistake.true, mistake.said))


def can_be_seen(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], neighbourhood: Iterable[str]
) -> Mask:
    """Whether a photo taken there can show its neighbourhood: on a street, or in the parks that are one themselves.

    Lawns and trees within another neighbourhood look like those of any; outside of all there is nothing to see.
    """
    names = np.array(list(neighbourhood))
    return (names != "") & (~on_open_ground(latitude, longitude) | np.isin(names, _PARKS))


def on_open_ground(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> Mask:
    """Whether a photo is taken in a park, on a plaza or on a pier, rather than on a street or on the water."""
    parks = [area.polygon.shape for area in manhattan().areas if area.kind != "lake"]
    return shapely.contains_xy(shapely.union_all(parks), longitude, latitude)


def away_from_borders_m(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], neighbourhood: Iterable[str]
) -> NDArray[np.float64]:
    """Metres from each place, standing in the named neighbourhood, to the nearest other one; 0 outside of all."""
    plan = manhattan()
    shapes = {}
    for part in plan.neighbourhoods:
        places = part.polygon.exterior
        lat, lon = np.array([(place.latitude, place.longitude) for place in places]).T
        shapes[part.name] = shapely.Polygon(np.column_stack(plan.frame.to_metres(lat, lon)))
    points = np.array(shapely.points(np.column_stack(plan.frame.to_metres(latitude, longitude))))
    names, away = np.array(list(neighbourhood)), np.zeros(len(points))
    for name in shapes:
        others = shapely.union_all([shape for other, shape in shapes.items() if other != name])
        shapely.prepare(others)
        away[names == name] = shapely.distance(points[names == name], others)
    return away
