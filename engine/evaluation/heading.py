"""Heading: which way a picture looks, read as the direction of the render of its place that it is most like.

Compared are the judge's maps after its second, third and fourth stage, point by point in the picture, once the mean
over all 36 directions is taken off: only what sets a direction apart counts. Of 12 places, real photos under other
skies, with other cameras and things in the way were read with a median error of 3 degrees (at most 5 is the grid's).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8
from numpy.typing import NDArray

from engine.errors import BadRequest
from engine.evaluation.features import map_features
from engine.evaluation.figures import Figure
from engine.evaluation.judges.judge import Images, Judge
from engine.evaluation.panorama import Panorama, panoramas
from engine.evaluation.pictures import Ask, there
from engine.evaluation.sitting import Sitting
from engine.evaluation.visitors import Rows, Visitors, rows_among

DISTINCT_DEG = 15.0
"""A view is distinct where the looks of both others in its panorama are read within so many degrees."""

_STAGES = (2, 3, 4)
_NOISE = 0.1  # of the spread of a whole map: a point that hardly changes around the place says little


@dataclass(frozen=True, eq=False)
class Around:
    """A place's directions as the judge sees them, to read pictures by."""

    judge: Judge
    maps: tuple[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]], ...]
    """By stage: mean over the directions, spread, and the unit vector (D, F) of each direction."""

    @classmethod
    def of(cls, judge: Judge, pixels: UInt8[np.ndarray, "D H W 3"]) -> "Around":
        """From the looks to directions that are spread evenly from north."""
        maps = []
        for stage in _STAGES:
            found = map_features(judge, pixels, stage)
            mean, spread = found.mean(0), found.std(0) + _NOISE * found.std()
            maps.append((mean, spread, _unit((found - mean) / spread)))
        return cls(judge, tuple(maps))

    def likeness(self, pictures: Images) -> Float[np.ndarray, "N D"]:
        """How alike each picture is to each direction: the mean cosine over the stages."""
        stages = zip(_STAGES, self.maps, strict=True)
        found = [
            _unit((map_features(self.judge, pictures, stage) - mean) / spread) @ around.T
            for stage, (mean, spread, around) in stages
        ]
        return np.mean(found, axis=0)

    def read_deg(self, pictures: Images) -> Float[np.ndarray, " N"]:
        """Compass bearing of each picture, one of the directions."""
        likeness = self.likeness(pictures)
        return likeness.argmax(1) * (360.0 / likeness.shape[1])


def off_deg(said: Float[np.ndarray, " N"], true: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """Degrees between directions, from 0 to 180."""
    return np.abs((said - true + 180) % 360 - 180)


def is_distinct(around: Around, panorama: Panorama) -> bool:
    """Whether a view can be told at all, by the renders alone: both others are read within DISTINCT_DEG."""
    return bool((off_deg(around.read_deg(panorama.others), panorama.others_deg) <= DISTINCT_DEG).all())


def heading_figures(sitting: Sitting, places: int, folder: Path) -> list[Figure]:
    """Median errors of views that are asked for by place, heading and hour, at places with a distinct view.

    Beside them that of the visitors' real photos (as good as can be), of views without a heading, and of views that
    belong to another place (no better than chance, 90 degrees). Raises BadRequest where the model knows no heading
    and where no view is distinct.
    """
    if "heading" not in sitting.pipe.card.conditions:
        raise BadRequest("this model has no condition 'heading'; measure one that has")
    people = sitting.people
    rows = _plain(people)[:places]
    shots = [people.shots[row] for row in rows]
    arounds, distinct = [], []
    for panorama in panoramas(shots, folder, sitting.judge.size_px, sitting.telling("panoramas")):
        arounds.append(Around.of(sitting.judge, panorama.pixels))
        distinct.append(is_distinct(arounds[-1], panorama))
    chosen = np.flatnonzero(distinct)
    if not len(chosen):
        raise BadRequest(f"none of {len(rows)} places has a distinct view; look at more of them")
    true = np.array([shots[number].heading_deg for number in chosen])
    own = [arounds[number] for number in chosen]
    asked, open_ = (
        sitting.paint(
            part,
            [
                Ask("", there(shots[number], *names), sitting.seed + turn)
                for turn, number in enumerate(chosen.tolist())
            ],
        )
        for part, names in (("heading", ("heading", "hour")), ("no-heading", ("hour",)))
    )
    as_asked = _errors(own, asked, true)
    figures = [
        Figure("heading as asked, median error", _median(as_asked), "degrees", len(true), "under 25 degrees"),
        Figure("heading as asked, within 30 degrees", float((as_asked <= 30).mean()), "%", len(true)),
        Figure("no heading asked, median error", _median(_errors(own, open_, true)), "degrees", len(true)),
    ]
    if len(true) > 1:
        elsewhere = _errors(own, np.roll(asked, 1, axis=0), true)
        figures.append(
            Figure("views of another place, median error", _median(elsewhere), "degrees", len(true))
        )
    figures += _on_real_photos(sitting, rows[chosen], own, true)
    figures.append(Figure("places whose view is distinct", float(np.mean(distinct)), "%", len(rows)))
    return figures


def _plain(people: Visitors) -> Rows:
    """Visitors on land who took a photo without a style, of nothing that is held out."""
    plain = [
        bool(shot.neighbourhood) and shot.style is None and not shot.split_pair_held_out
        for shot in people.shots[: people.held_out]
    ]
    return np.flatnonzero(plain)


def _errors(arounds: Sequence[Around], pictures: UInt8[np.ndarray, "N H W 3"], true: NDArray) -> NDArray:
    said = [around.read_deg(picture[None])[0] for around, picture in zip(arounds, pictures, strict=True)]
    return off_deg(np.array(said), true)


def _on_real_photos(sitting: Sitting, rows: Rows, arounds: Sequence[Around], true: NDArray) -> list[Figure]:
    if sitting.real is None:
        return []
    shots = tuple(sitting.people.shots[row] for row in rows.tolist())
    photos = rows_among(shots, sitting.real)
    there_is = np.flatnonzero(photos >= 0)
    if not len(there_is):
        return []
    errors = _errors(
        [arounds[each] for each in there_is.tolist()], sitting.real.pixels[photos[there_is]], true[there_is]
    )
    return [Figure("real photos at the same places, median error", _median(errors), "degrees", len(errors))]


def _median(errors: NDArray) -> float:
    return float(np.median(errors))


def _unit(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, C, h, w) as unit vectors (N, F)."""
    flat = maps.reshape(len(maps), -1)
    return flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-9)
