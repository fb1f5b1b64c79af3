"""Evidence: photos at known offsets give known counts, distances and directions, and a copy is found out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.tiny import build_tiny
from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.photos.exif import open_upright
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture
from engine.studio.evidence import COMPASS, collection_of, evidence_of
from engine.studio.gallery import Artefact, Gallery, recall_picture
from engine.studio.made import Made
from engine.studio.requests import AverageRequest, ImageRequest
from engine.studio.studio import Studio

HERE = Place(55.70, 13.19)
WAYS = ((10, 30.0), (58, 120.0), (90, 180.0), (200, 400.0), (250, 900.0), (315, 1_500.0))
"""Bearing in degrees and distance in metres of each photo."""
REQUEST = ImageRequest(model="lund", place=HERE, prompt="a street")


def places_at(ways: Sequence[tuple[float, float]]) -> PhotoPlaces:
    places = [destination(HERE, *way) for way in ways]
    return PhotoPlaces(*np.array([(place.latitude, place.longitude) for place in places]).T)


def scene(seed: int) -> Image.Image:
    """A picture of soft blobs, unlike that of any other seed."""
    coarse = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), np.uint8)
    return Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection of photos WAYS around HERE, named by their distance: 0030.jpg has a credit and an hour."""
    home = tmp_path_factory.mktemp("home")
    photos = home / "photos"
    photos.mkdir()
    table = ["file,latitude,longitude,date"]
    for number, (bearing_deg, away_m) in enumerate(WAYS):
        path = photos / f"{away_m:04.0f}.jpg"
        place = destination(HERE, bearing_deg, away_m)
        clock = datetime(2023, 7, 4, 0, 5, tzinfo=timezone(timedelta(hours=2))) if number == 0 else None
        write_picture(path, scene(number), place=place, taken_at=clock)
    first = photos / "0030.jpg"
    with Image.open(first) as image:
        exif = image.getexif()
        exif[ExifTags.Base.Artist] = b"Jane Doe"
        image.save(first, exif=exif, quality=95)
    table.append(
        f"0120.jpg,{destination(HERE, *WAYS[1]).latitude},{destination(HERE, *WAYS[1]).longitude},2022-12-31"
    )
    (home / "table.csv").write_text("\n".join(table) + "\n")
    ingest([photos], home / "collections" / "lund", table=home / "table.csv", workers=1)
    return Collection.open(home / "collections" / "lund")


@pytest.fixture(scope="module")
def learned(collection: Collection) -> PhotoPlaces:
    """The places of all photos but the second nearest and the farthest."""
    paths = [Path(path).name for path in collection.photos["path"].to_pylist()]
    kept = np.array([name not in ("0120.jpg", "1500.jpg") for name in paths])
    columns = (collection.photos[name].to_numpy()[kept] for name in ("latitude", "longitude"))
    return PhotoPlaces(*columns)


def picture(folder: Path, image: Image.Image, request: ImageRequest | AverageRequest = REQUEST) -> Artefact:
    """A picture in a gallery, of the pixels that it is given."""
    return Gallery(folder).add(Made(image), request, {"name": "lund"})


def test_places_alone_tell_distances_and_directions(tmp_path: Path) -> None:
    found = evidence_of(REQUEST, places_at(WAYS), None, tmp_path)
    assert found.within_m == {50: 1, 200: 3, 1_000: 5}
    assert [photo.direction for photo in found.nearest] == ["N", "NE", "E", "S", "W", "NW"]
    for photo, (bearing_deg, away_m) in zip(found.nearest, WAYS, strict=True):
        assert photo.distance_m == pytest.approx(away_m, abs=1e-3)
        assert photo.bearing_deg == pytest.approx(bearing_deg, abs=1e-3)
        assert (photo.learned, photo.path, photo.taken_at, photo.credit) == (True, None, None, None)
    assert (found.photos_here, found.likest) == (False, None)
    assert len(evidence_of(REQUEST, places_at(WAYS), None, tmp_path, count=2).nearest) == 2


def test_directions_are_the_nearest_of_eight(tmp_path: Path) -> None:
    for eighth, name in enumerate(COMPASS):
        for off_deg in (-22.4, 0, 22.4):
            places = places_at([((45 * eighth + off_deg) % 360, 500)])
            assert evidence_of(REQUEST, places, None, tmp_path).nearest[0].direction == name


def test_photos_come_with_file_credit_and_clock(
    collection: Collection, learned: PhotoPlaces, tmp_path: Path
) -> None:
    found = evidence_of(REQUEST, learned, collection, tmp_path, count=3)
    assert found.within_m == {50: 1, 200: 2, 1_000: 4}
    first, second, third = found.nearest
    assert [photo.path and photo.path.name for photo in found.nearest] == ["0030.jpg", "0120.jpg", "0180.jpg"]
    assert [photo.learned for photo in found.nearest] == [True, False, True]
    assert (first.credit, first.taken_at) == ("Jane Doe", datetime(2023, 7, 4, 0, 5))  # the day before in UTC
    assert (second.credit, second.taken_at) == (None, date(2022, 12, 31))
    assert third.taken_at is None
    assert first.thumbnail is not None
    assert first.thumbnail.is_file()
    assert first.distance_m == pytest.approx(30, abs=0.01)
    assert found.likest is None  # only a finished picture is like something


def test_without_the_models_places_the_part_for_training_stands_for_them(
    collection: Collection, tmp_path: Path
) -> None:
    found = evidence_of(REQUEST, None, collection, tmp_path)
    splits = {Path(row["path"]).name: row["split"] for row in collection.photos.to_pylist()}
    assert [photo.learned for photo in found.nearest] == [
        splits[photo.path.name] == "train" for photo in found.nearest if photo.path
    ]
    assert found.within_m is not None
    near = sum(split == "train" and int(name[:4]) <= 1_000 for name, split in splits.items())
    assert found.within_m[1_000] == near


def test_neither_place_nor_photos_leave_anything_to_say(tmp_path: Path, learned: PhotoPlaces) -> None:
    for found in (
        evidence_of(REQUEST, None, None, tmp_path),
        evidence_of(replace(REQUEST, place=None), learned, None, tmp_path),
    ):
        assert (found.within_m, found.nearest, found.likest) == (None, (), None)
    nothing = evidence_of(REQUEST, PhotoPlaces(np.empty(0), np.empty(0)), None, tmp_path)
    assert (nothing.within_m, nothing.nearest) == ({50: 0, 200: 0, 1_000: 0}, ())


def test_a_copy_is_most_like_the_photo_that_it_copies(
    collection: Collection, learned: PhotoPlaces, tmp_path: Path
) -> None:
    copy = open_upright(collection.path.parents[1] / "photos" / "0400.jpg").resize((64, 48))
    found = evidence_of(picture(tmp_path, copy), learned, collection, tmp_path / "cache").likest
    assert found is not None
    assert found.photo.path is not None
    assert (found.photo.path.name, found.photo.learned, found.compared) == ("0400.jpg", True, 4)
    assert found.photo.distance_m == pytest.approx(400, abs=0.01)
    assert found.usual is not None
    assert found.difference < 0.2 * found.usual
    placeless = picture(tmp_path, copy, replace(REQUEST, place=None))
    again = evidence_of(placeless, learned, collection, tmp_path / "cache").likest
    assert again is not None
    assert (again.difference, again.photo.distance_m, again.photo.direction) == (found.difference, None, None)


def test_a_photo_that_was_not_learned_from_is_no_likest(
    collection: Collection, learned: PhotoPlaces, tmp_path: Path
) -> None:
    copy = open_upright(collection.path.parents[1] / "photos" / "0120.jpg")
    found = evidence_of(picture(tmp_path, copy), learned, collection, tmp_path / "cache").likest
    assert found is not None
    assert found.photo.path is not None
    assert found.photo.path.name != "0120.jpg"
    assert found.usual is not None
    assert found.difference > 0.5 * found.usual


def test_an_average_is_like_no_photo(collection: Collection, learned: PhotoPlaces, tmp_path: Path) -> None:
    average = AverageRequest(model="lund", region=Box(55.69, 13.18, 55.71, 13.20))
    found = evidence_of(picture(tmp_path, scene(3), average), learned, collection, tmp_path / "cache")
    assert found.likest is None
    assert found.within_m is not None


def test_a_collection_belongs_to_a_model_by_its_name() -> None:
    folders = [Path("/home/collections/brighton"), Path("/home/collections/lund")]
    card = PlaceCard(name="Lund", training={"collection": "/elsewhere/lund"})
    assert collection_of(card, folders) == folders[1]
    assert collection_of(card, folders[:1]) is None
    assert collection_of(replace(card, training={"collection": 7}), folders) is None
    assert collection_of(None, folders) is None


@pytest.fixture(scope="module")
def studio(collection: Collection, learned: PhotoPlaces) -> Studio:
    """A studio with the collection and an untouched model that learned from it."""
    home = collection.path.parents[1]
    card = PlaceCard(
        name="Lund", box=collection.box, resolution_px=64, training={"collection": str(collection.path)}
    )
    pipe = build_tiny(card)
    pipe.photo_places = learned
    save_pipeline(pipe, home / "checkpoints" / "lund")
    return Studio(home)


def test_the_studio_finds_the_photos_of_the_model(studio: Studio) -> None:
    made = studio.run(replace(REQUEST, num_inference_steps=1))
    found = studio.evidence(made)
    assert found.within_m == {50: 1, 200: 2, 1_000: 4}
    assert (found.photos_here, found.another_model) == (True, False)
    assert found.likest is not None
    assert found.likest.compared == 4
    kept = list((studio.home / ".cache" / "evidence").iterdir())
    assert studio.evidence(recall_picture(made.path)) == found
    assert list((studio.home / ".cache" / "evidence").iterdir()) == kept
    told = {**made.details, "model": {"name": "lund", "manifest": "of another"}}
    assert studio.evidence(replace(made, details=told)).another_model
