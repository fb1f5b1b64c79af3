"""Visitors: tourists at held-out places, from whom measurements take where to stand, which way to look and when.

A small neighbourhood, such as Times Square, may have no held-out place at all. Then its visitors are training tourists,
who serve for what is held out of the whole neighbourhood, and for nothing else.
"""

from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadRequest
from engine.evaluation.judges.marks import away_from_borders_m, can_be_seen, on_open_ground
from engine.evaluation.judges.questions import KNOWN_NEIGHBOURHOODS
from engine.evaluation.judges.renders import Renders, shots_of
from engine.geo.region import Box
from engine.world.shot import TouristShot

AWAY_M = 75.0
"""Farther than this from every other neighbourhood is away from borders."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Visitors:
    """Shots and, row by row, what matters of where they were taken."""

    shots: tuple[TouristShot, ...]
    """The held-out ones first."""
    held_out: int
    """How many those are; the others stand where some training photo may have been taken."""
    neighbourhood: NDArray[np.str_]
    away: NDArray[np.bool_]
    """Whether the place is away from borders."""
    seen: NDArray[np.bool_]
    """Whether a neighbourhood can be seen there at all: on a street, or in a park that is one."""
    in_the_open: NDArray[np.bool_]
    """Whether the place is in a park, on a plaza or on a pier rather than on a street."""

    def evenly(self, count: int) -> Rows:
        """Held-out rows away from borders, as many of each of `known`, `count` of them or a few more."""
        each = -(-count // len(self.known))
        return np.concatenate([self.within(name, each) for name in self.known])

    @property
    def known(self) -> tuple[str, ...]:
        """Those of the sixteen known neighbourhoods with held-out visitors well within. Raises BadRequest for none."""
        there = set(self.neighbourhood[: self.held_out][self.away[: self.held_out]].tolist())
        if not there.intersection(KNOWN_NEIGHBOURHOODS):
            raise BadRequest(
                f"none of {self.held_out:,} visitors is well within a known neighbourhood; ask more of them"
            )
        return tuple(name for name in KNOWN_NEIGHBOURHOODS if name in there)

    def has(self, neighbourhood: str, on_street: bool = False) -> bool:
        """Whether somebody is there, away from its borders."""
        return bool(self._fitting(neighbourhood, on_street).any())

    def within(self, neighbourhood: str, count: int, on_street: bool = False) -> Rows:
        """`count` rows in one neighbourhood away from its borders, the first visitors; again where there are fewer.

        Raises BadRequest where there is none.
        """
        rows = np.flatnonzero(self._fitting(neighbourhood, on_street))
        if not len(rows):
            raise BadRequest(
                f"none of {len(self.shots):,} visitors is well within {neighbourhood}; ask more of them"
            )
        return np.resize(rows, count)

    def _fitting(self, neighbourhood: str, on_street: bool) -> NDArray[np.bool_]:
        return self.away & (self.neighbourhood == neighbourhood) & ~(self.in_the_open & on_street)


def visitors(count: int, seed: int = 0, box: Box | None = None) -> Visitors:
    """The first held-out tourists, 3 ms of one core each, without those outside of a model's box.

    They are those of `judges.renders.render_photos` with the same seed, so real photos of theirs may be there.
    """
    held_out = [shot for shot in islice(shots_of("held_out", seed), count) if _inside(box, shot)]
    missing = set(KNOWN_NEIGHBOURHOODS) - {shot.neighbourhood for shot in held_out}
    others = islice(shots_of("train", seed), count) if missing else ()
    shots = (*held_out, *(shot for shot in others if shot.neighbourhood in missing and _inside(box, shot)))
    latitude = np.array([shot.place_true.latitude for shot in shots])
    longitude = np.array([shot.place_true.longitude for shot in shots])
    names = np.array([shot.neighbourhood for shot in shots])
    return Visitors(
        shots,
        len(held_out),
        names,
        away_from_borders_m(latitude, longitude, names) > AWAY_M,
        can_be_seen(latitude, longitude, names),
        on_open_ground(latitude, longitude),
    )


def rows_among(shots: tuple[TouristShot, ...], photos: Renders) -> Rows:
    """Row of each shot's real photo, -1 where it has none."""
    truth = photos.truth
    keys = zip(truth["index"].tolist(), truth["latitude"].tolist(), truth["longitude"].tolist(), strict=True)
    row = {key: number for number, key in enumerate(keys)}
    found = [(shot.index, shot.place_true.latitude, shot.place_true.longitude) for shot in shots]
    return np.array([row.get(key, -1) for key in found], np.int64)


def _inside(box: Box | None, shot: TouristShot) -> bool:
    return box is None or box.contains(shot.place_true)
