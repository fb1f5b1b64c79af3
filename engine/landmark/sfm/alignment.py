"""Alignment: metres, up and north for a reconstruction that has none, from level photos and their GPS.

Structure from motion leaves a similarity open. Up is what the pictures' right sides are square to, for people hold
cameras level; GPS then has to tell only scale, north and place on the horizontal plane. A free similarity in space
would lean as the altitudes of telephones do, which are off by tens of metres where they are there at all.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCollection

Floats = NDArray[np.float64]

EYES_M = 1.6
"""Height of the cameras above the ground in the median."""
TOLERANCE_M = 25.0
"""GPS that is farther off than this is left out; telephones are off by 5 to 15 m."""
_ROLL = math.sin(math.radians(15.0))
_LEAST_TURN = 3e-3
"""Variance of the right sides in their second direction: they span a plane from headings 3 degrees apart on."""
_MOST_PAIRS = 4_000
_FEWEST = 3
_WORST_SCALE = 0.1


@dataclass(frozen=True, eq=False)
class Alignment:
    """The similarity from the reconstruction's axes to metres east, north and up of a place on the ground."""

    scale: float
    """Metres of the reconstruction's unit."""
    rotation: Floats
    """(3, 3), of determinant 1."""
    translation_m: Floats
    """(3,)"""
    trusted: NDArray[np.bool_]
    """(N,) photos whose GPS was believed."""
    residual_m: float
    """Root mean square of how far the trusted photos stand from their GPS."""
    uncertainty: float
    """Standard error of the scale as a share of it, and of north in radians, if GPS errors are independent."""

    def metres(self, points: Floats) -> Floats:
        """(N, 3) points in metres east, north and up."""
        return self.scale * points @ self.rotation.T + self.translation_m


def align(centres: Floats, axes: Floats, gps_m: Floats) -> Alignment:
    """The similarity that brings cameras to their GPS.

    `centres` (N, 3) and `axes` (N, 3, 3; columns right, up and back) are the cameras' in the reconstruction, `gps_m`
    (N, 2) their positions in metres east and north. Heights come from the cameras' own: their median stands `EYES_M`
    above the ground. Nothing here is random.

    Raises BadCollection where the photos cannot tell which way is up, how large the world is, or where north lies.
    """
    level = _levelled(axes)
    ground = centres @ level.T
    plane, wanted = ground[:, 0] + 1j * ground[:, 1], gps_m[:, 0] + 1j * gps_m[:, 1]
    trusted = _agreeing(plane, wanted)
    turn, shift = _least_squares(plane[trusted], wanted[trusted])
    off = np.abs(turn * plane + shift - wanted)[trusted]
    residual_m = float(np.sqrt((off**2).mean()))
    spread = np.sqrt((np.abs(plane[trusted] - plane[trusted].mean()) ** 2).sum()) * abs(turn)
    # Two of the 2 n numbers tell the place and two the turn; half of what is left is in the turn's direction.
    freedom = len(off) / max(len(off) - 2, 1)
    uncertainty = float(residual_m * math.sqrt(freedom / 2) / spread)
    if len(off) < _FEWEST or uncertainty > _WORST_SCALE:
        raise BadCollection(
            f"the GPS of only {len(off)} of {len(centres)} registered photos agrees with where they stood, to "
            f"{residual_m:.0f} m, too little to tell scale and north; add photos from places farther apart"
        )
    scale, angle = abs(turn), np.angle(turn)
    north = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0.0, 0.0, 1.0]])
    heights = scale * ground[trusted, 2]
    translation_m = np.array([shift.real, shift.imag, EYES_M - np.median(heights)])
    return Alignment(float(scale), north @ level, translation_m, trusted, residual_m, uncertainty)


def _levelled(axes: Floats) -> Floats:
    """The rotation after which up is the third axis, and the first two point anywhere."""
    rights, ups = axes[:, :, 0], axes[:, :, 1]
    level = np.ones(len(rights), dtype=bool)
    up, second = ups.mean(0), 0.0
    for _ in range(3):  # a photo that was taken askew is left out once it stands out
        spreads, directions = np.linalg.eigh(rights[level].T @ rights[level] / level.sum())
        up, second = directions[:, 0], spreads[1]
        lean = np.abs(rights @ up)
        level = lean <= max(_ROLL, float(np.median(lean)))
    if second < _LEAST_TURN:
        raise BadCollection(
            "all registered photos look the same way, which does not tell what is up; add photos from other sides"
        )
    if (ups @ up).mean() < 0:
        up = -up
    first = np.cross(up, np.eye(3)[np.abs(up).argmin()])
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(up, first), up])


def _agreeing(plane: NDArray[np.complex128], wanted: NDArray[np.complex128]) -> NDArray[np.bool_]:
    """The photos whose GPS fits the similarity that fits most of them (RANSAC over the longest baselines)."""
    here, there = np.triu_indices(len(plane), 1)
    apart = np.abs(plane[there] - plane[here])
    longest = np.argsort(-apart, kind="stable")[:_MOST_PAIRS]
    longest = longest[apart[longest] > 0]
    here, there = here[longest], there[longest]
    turns = (wanted[there] - wanted[here]) / (plane[there] - plane[here])  # (P,)
    shifts = (wanted[here] + wanted[there] - turns * (plane[here] + plane[there])) / 2
    off = np.abs(turns[:, None] * plane + shifts[:, None] - wanted)  # (P, N)
    best = (np.minimum(off / TOLERANCE_M, 1.0) ** 2).sum(1).argmin()
    trusted = off[best] <= TOLERANCE_M
    for _ in range(10):
        turn, shift = _least_squares(plane[trusted], wanted[trusted])
        again = np.abs(turn * plane + shift - wanted) <= TOLERANCE_M
        if again.sum() < _FEWEST or (again == trusted).all():
            break
        trusted = again
    return trusted


def _least_squares(
    plane: NDArray[np.complex128], wanted: NDArray[np.complex128]
) -> tuple[np.complex128, np.complex128]:
    """Turn a and shift b of the similarity a z + b nearest to w: complex numbers know no mirror."""
    about = plane - plane.mean()
    turn = (about.conj() * wanted).sum() / (np.abs(about) ** 2).sum()
    return turn, wanted.mean() - turn * plane.mean()
