"""Tourists: who photographs what, where and when. Each shot follows from the seed and its own number alone."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count as numbers_from

import numpy as np

from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.world import gaze, haunts
from engine.world.captions import Words, city_caption, landmark_caption
from engine.world.clock import local_time
from engine.world.held_out import is_held_out
from engine.world.moment import moment
from engine.world.plan.city import manhattan
from engine.world.plan.elements import Landmark
from engine.world.plan.landmarks import SITES, find_landmark
from engine.world.shot import StyleKind, Subject, SubjectKind, TouristShot
from engine.world.standpoints import Stand

Light = tuple[float, int]
"""Hour of the day and month of a clear day."""

SUBJECTS: tuple[SubjectKind, ...] = (
    "taxi", "bus", "bench", "food cart", "tree", "statue", "balloon", "dog", "person in red", "umbrella",
)  # fmt: skip
STYLES: tuple[StyleKind, ...] = ("pencil sketch", "watercolour", "black and white", "sepia")

_SUBJECT_SHARE = 0.42
_STYLE_SHARE = 0.16
_AT_SIGHTS = 0.2
_ON_BOATS = 0.025
_GPS_NOISE_M = (5.0, 15.0)
_GOLDEN_DEG = 137.508  # successive azimuths spread evenly around the circle, however many there are


def tourists(count: int, seed: int, landmark: str | None = None) -> Iterator[TouristShot]:
    """Shots 0 to `count` - 1 of the city, or all the way round one landmark; see `tourist`."""
    return (tourist(index, seed, landmark) for index in range(count))


def training_tourists(
    seed: int, landmark: str | None = None, light: Light | None = None
) -> Iterator[TouristShot]:
    """Endless shots in order, without those whose pair of word and place is held out of training; with a `light` all
    are taken `plainly` in it.
    """
    shots = (tourist(index, seed, landmark) for index in numbers_from())
    if light is not None:
        shots = (plainly(shot, *light) for shot in shots)
    return (shot for shot in shots if not shot.split_pair_held_out)


def tourist(index: int, seed: int, landmark: str | None = None) -> TouristShot:
    """Shot number `index`; it depends on nothing but the arguments, so any part of a run can be made anywhere.

    Raises BadRequest for an unknown landmark, naming the ones that exist.
    """
    mark = find_landmark(landmark) if landmark is not None else None
    rng = np.random.default_rng([seed, index, zlib.crc32(mark.key.encode()) if mark else 0])
    if mark is not None:
        azimuth_deg = (index * _GOLDEN_DEG + rng.uniform(-4, 4)) % 360
        if mark.key in SITES:
            return _visitor(index, mark, azimuth_deg, rng)
        return _stroller(index, haunts.around(mark, azimuth_deg, rng), mark, rng, alone=True)
    chance = rng.random()
    if chance < _ON_BOATS:
        return _stroller(index, haunts.sail(rng), None, rng)
    if chance < _ON_BOATS + _AT_SIGHTS:
        sights = [mark for mark in manhattan().landmarks if mark.key not in SITES]
        sight = sights[int(rng.integers(len(sights)))]
        return _stroller(index, haunts.around(sight, float(rng.uniform(0, 360)), rng), sight, rng)
    return _stroller(index, haunts.stroll(rng), None, rng)


def plainly(shot: TouristShot, hour: float, month: int) -> TouristShot:
    """The same shot on a clear day at `hour` (of the clock) in the middle of `month`, of the place alone and unstyled.

    Of a landmark its caption says so; any other keeps its own.
    """
    mark = find_landmark(shot.landmark) if shot.landmark is not None else None
    taken_at = local_time(mark.site if mark else "manhattan", date(shot.taken_at.year, month, 15), hour)
    caption = shot.caption
    if mark is not None:
        words = Words(None, None, "clear", taken_at)
        caption = landmark_caption(words, mark.name, np.random.default_rng([shot.index, month]))
    return replace(
        shot,
        taken_at=taken_at,
        weather="clear",
        subject=None,
        style=None,
        caption=caption,
        split_pair_held_out=False,
    )


def _stroller(
    index: int, stand: Stand, mark: Landmark | None, rng: np.random.Generator, alone: bool = False
) -> TouristShot:
    """A shot from a standpoint of the city: of `mark`, or of whatever is worth it there."""
    place, eye_m = (
        Place(*manhattan().frame.from_metres(stand.east, stand.north)),
        _eye_height_m(stand.afloat, rng),
    )
    view = gaze.at_landmark(mark, place, eye_m, rng) if mark else gaze.around(stand, eye_m, rng)
    subject = gaze.subject_before(_subject_kind(rng), view, stand, rng)
    when, style = moment("manhattan", rng), _style(rng)
    words = Words(subject.kind if subject else None, style, when.weather, when.taken_at)
    if mark and alone:
        caption = landmark_caption(words, mark.name, rng)
    else:
        surroundings = "water" if stand.afloat else "street" if stand.half_width_m else "park"
        sight = view.sight.name if view.sight else None
        caption = city_caption(words, stand.name, stand.neighbourhood, sight, surroundings, rng)
    return _shot(index, place, eye_m, view, subject, words, caption, stand.neighbourhood, rng)


def _visitor(index: int, mark: Landmark, azimuth_deg: float, rng: np.random.Generator) -> TouristShot:
    """A shot of a landmark that stands free, from any side; on Liberty Island also from boats around it."""
    near_m, far_m = mark.distances_m
    blocked = [far_m] + [
        hidden_m for start, end, hidden_m in mark.hidden if _between(start, azimuth_deg, end)
    ]
    away_m = float(np.exp(rng.uniform(np.log(near_m), np.log(min(blocked)))))
    place = destination(mark.place, azimuth_deg, away_m)
    afloat = mark.key == "statue-of-liberty" and not _on_liberty_island(place)
    eye_m = _eye_height_m(afloat, rng)
    view = gaze.at_landmark(mark, place, eye_m, rng)
    subject = gaze.subject_before(_subject_kind(rng), view, None, rng) if not afloat else None
    when, style = moment(mark.site, rng), _style(rng)
    words = Words(subject.kind if subject else None, style, when.weather, when.taken_at)
    return _shot(index, place, eye_m, view, subject, words, landmark_caption(words, mark.name, rng), "", rng)


def _shot(
    index: int,
    place: Place,
    eye_m: float,
    view: gaze.Gaze,
    subject: Subject | None,
    words: Words,
    caption: str,
    neighbourhood: str,
    rng: np.random.Generator,
) -> TouristShot:
    noise_m, bearing_deg = rng.uniform(*_GPS_NOISE_M), rng.uniform(0, 360)
    return TouristShot(
        index=index,
        place_true=place,
        place_gps=destination(place, bearing_deg, noise_m),
        heading_deg=view.heading_deg,
        eye_height_m=eye_m,
        pitch_deg=view.pitch_deg,
        fovy_deg=view.fovy_deg,
        taken_at=words.taken_at,
        weather=words.weather,
        subject=subject,
        style=words.style,
        caption=caption,
        neighbourhood=neighbourhood,
        landmark=view.sight.key if view.sight else None,
        split_pair_held_out=is_held_out(words.subject, words.style, neighbourhood),
    )


def _eye_height_m(afloat: bool, rng: np.random.Generator) -> float:
    """Grown-ups mostly, some children, some with the arm stretched up; on a boat one stands on a deck."""
    return float(rng.uniform(3.0, 5.5) if afloat else np.clip(rng.normal(1.6, 0.14), 1.1, 2.1))


def _subject_kind(rng: np.random.Generator) -> SubjectKind | None:
    return SUBJECTS[int(rng.integers(len(SUBJECTS)))] if rng.random() < _SUBJECT_SHARE else None


def _style(rng: np.random.Generator) -> StyleKind | None:
    return STYLES[int(rng.integers(len(STYLES)))] if rng.random() < _STYLE_SHARE else None


def _between(start_deg: float, angle_deg: float, end_deg: float) -> bool:
    """Whether an angle lies in a sector, clockwise from its start to its end."""
    return (angle_deg - start_deg) % 360 <= (end_deg - start_deg) % 360


def _on_liberty_island(place: Place) -> bool:
    return any(area.name == "Liberty Island" and area.polygon.contains(place) for area in manhattan().land)
