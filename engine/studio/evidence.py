"""Evidence: what real photos say of a picture: how many are near its place, the nearest of them, and the likest one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.diffusion.photo_places import PhotoPlaces
from engine.geo.bearing import azimuth_deg, distance_m
from engine.geo.ellipsoid import inverse
from engine.geo.place import Place
from engine.photos.colours import FEATURE, colours_of
from engine.photos.credit import credit_of
from engine.photos.exif import open_upright
from engine.studio.gallery import Artefact
from engine.studio.requests import ImageRequest, PictureRequest

if TYPE_CHECKING:
    from engine.diffusion.card import PlaceCard
    from engine.photos.collection import Collection

RADII_M: Final = (50, 200, 1_000)
"""Training photos are counted within each of these."""
COMPASS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True)
class NearPhoto:
    """A real photo, and how it lies to the place of the picture."""

    distance_m: float | None
    """From the picture's place; None where that is not known."""
    bearing_deg: float | None
    """Where it was taken, seen from the picture's place: clockwise from true north, [0, 360)."""
    learned: bool
    """Whether the model has learned from it."""
    path: Path | None = None
    """The photo's own file; None where only its place is known, on this machine or at all."""
    thumbnail: Path | None = None
    """The collection's small copy of it."""
    credit: str | None = None
    """Who took it and whose it is."""
    taken_at: date | None = None
    """By a clock at its place, a datetime; a date alone where only the day is known."""

    @property
    def direction(self) -> str | None:
        """The nearest of the eight points of the compass, N to NW."""
        return None if self.bearing_deg is None else COMPASS[round(self.bearing_deg / 45) % 8]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, as `--json` prints it."""
        return {
            "distance_m": self.distance_m,
            "bearing_deg": self.bearing_deg,
            "direction": self.direction,
            "learned": self.learned,
            "path": None if self.path is None else str(self.path),
            "credit": self.credit,
            "taken_at": None if self.taken_at is None else self.taken_at.isoformat(),
        }


@dataclass(frozen=True)
class LikestPhoto:
    """The training photo that a picture is most like."""

    photo: NearPhoto
    difference: float
    """Between the two, by `feature`."""
    usual: float | None
    """Median difference between a training photo and the one it is most like; None of a single photo."""
    compared: int
    """Training photos that the picture was compared with; of many, some spread evenly."""
    feature: str = FEATURE
    """What pictures are compared by."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, as `--json` prints it."""
        return vars(self) | {"photo": self.photo.to_dict()}


@dataclass(frozen=True)
class Evidence:
    """What there is to hold against a picture."""

    within_m: Mapping[int, int] | None
    """Training photos within each of RADII_M; None where the picture has no place, or the model tells of no photos."""
    nearest: tuple[NearPhoto, ...]
    """The nearest photos that are known, learned from or not, the nearest first."""
    likest: LikestPhoto | None
    """None where the photos are not on this machine, or the picture is more than one of a place."""
    photos_here: bool
    """Whether the model's collection is on this machine."""
    another_model: bool = False
    """Whether the picture was made by another model than the one that has its name now."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, as `--json` prints it."""
        return {
            "within_m": None if self.within_m is None else dict(self.within_m),
            "nearest": [photo.to_dict() for photo in self.nearest],
            "likest": self.likest and self.likest.to_dict(),
            "photos_here": self.photos_here,
            "another_model": self.another_model,
        }


def evidence_of(
    picture: Artefact | PictureRequest,
    photo_places: PhotoPlaces | None,
    collection: "Collection | None",
    cache: Path,
    count: int = 6,
    another_model: bool = False,
) -> Evidence:
    """What the photos of a model say of a picture, or of the place of one that is only asked for.

    `photo_places` are those that the model learned from, `collection` holds them with others; where the model tells
    none, the collection's part for training stands for them. With neither there is little to say. A finished picture
    of one place is compared with the thumbnails of training photos, whose colours are kept in `cache`. Raises BadFile
    for a picture that cannot be read any more.
    """
    request = picture.request if isinstance(picture, Artefact) else picture
    where = request.where if isinstance(request, PictureRequest) else None
    seen = _Seen(photo_places, collection)
    places = seen.learned_places if photo_places is None else photo_places
    within_m = None
    if where is not None and places is not None:
        within_m = {radius: places.near(where, radius)[1] for radius in RADII_M}
    likest = None
    if isinstance(picture, Artefact) and isinstance(request, ImageRequest):
        likest = seen.likest(picture.path, where, cache)
    return Evidence(
        within_m,
        seen.nearest(where, count) if where else (),
        likest,
        collection is not None,
        another_model,
    )


def collection_of(card: "PlaceCard | None", folders: Sequence[Path]) -> Path | None:
    """The one of some collections that a model learned from, known by its name; None where it is not among them."""
    learned_from = card.training.get("collection") if card else None
    name = Path(learned_from).name if isinstance(learned_from, str) else None
    return next((folder for folder in folders if folder.name == name), None)


class _Seen:
    """The photos of a model as far as they are known here, and which of them it learned from."""

    def __init__(self, photo_places: PhotoPlaces | None, collection: "Collection | None") -> None:
        self.collection = collection
        if collection is None:
            self.places = photo_places
            self.learned = np.ones(len(photo_places or ()), np.bool_)
            return
        photos = collection.photos
        self.places = PhotoPlaces(photos["latitude"].to_numpy(), photos["longitude"].to_numpy())
        if photo_places is None:
            self.learned = photos["split"].to_numpy() == "train"
        else:
            self.learned = np.isin(_complex(self.places), _complex(photo_places))

    @property
    def learned_places(self) -> PhotoPlaces | None:
        """The places of the photos that were learned from."""
        if self.places is None:
            return None
        return PhotoPlaces(self.places.latitude[self.learned], self.places.longitude[self.learned])

    def nearest(self, where: Place, count: int) -> tuple[NearPhoto, ...]:
        """The nearest photos, learned from or not."""
        if self.places is None:
            return ()
        away_m, _ = inverse(where.latitude, where.longitude, self.places.latitude, self.places.longitude)
        return tuple(self.photo(number, where) for number in np.argsort(away_m, kind="stable")[:count])

    def photo(self, number: int, where: Place | None) -> NearPhoto:
        """What is known of one photo."""
        assert self.places is not None
        place = Place(float(self.places.latitude[number]), float(self.places.longitude[number]))
        way = (distance_m(where, place), azimuth_deg(where, place)) if where else (None, None)
        learned = bool(self.learned[number])
        if self.collection is None:
            return NearPhoto(*way, learned)
        (row,) = self.collection.photos.slice(number, 1).to_pylist()
        path, thumbnail = self.collection.file(row), self.collection.file(row, "thumbnail")
        credit = None if path is None else credit_of(path)
        return NearPhoto(*way, learned, path, thumbnail, credit, _clock(row))

    def likest(self, picture: Path, where: Place | None, cache: Path) -> LikestPhoto | None:
        """The photo learned from that the picture in a file is most like; None where none can be looked at."""
        if self.collection is None:
            return None
        thumbnails = self.collection.photos["thumbnail"]
        numbers = np.flatnonzero(self.learned & thumbnails.is_valid().to_numpy())
        files = [self.collection.path / each for each in thumbnails.take(numbers).to_pylist()]
        colours = colours_of(files, cache)
        if not len(colours.number):
            return None
        number, difference = colours.most_like(open_upright(picture))
        usual = colours.usual if np.isfinite(colours.usual) else None
        return LikestPhoto(self.photo(numbers[number], where), difference, usual, len(colours.number))


def _complex(places: PhotoPlaces) -> NDArray[np.complex128]:
    """(N,) places as single numbers that are equal where the places are."""
    return places.latitude + 1j * places.longitude


def _clock(row: Mapping[str, Any]) -> date | None:
    """When a photo was taken by a clock at its place: the column in UTC, moved to the hour that the clock showed."""
    if row["taken_at"] is None:
        return None
    utc: datetime = row["taken_at"].replace(tzinfo=None)
    shown = row["hour"] or 0.0  # a day alone begins at midnight
    ahead = shown - (utc.hour + utc.minute / 60 + utc.second / 3600)
    ahead = round(ahead * 4) / 4  # offsets are whole quarters of an hour
    ahead += 24 * round((row["longitude"] / 15 - ahead) / 24)
    local = utc + timedelta(hours=ahead)
    return local.date() if row["hour"] is None else local
