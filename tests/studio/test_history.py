"""The history: pictures are found by what was asked for, stars survive, and what was found can be taken along."""

import json
import os
import random
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.errors import BadFile, BadRequest
from engine.geo.formats import read
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.bundle import PLACES, REQUESTS, write_bundle
from engine.studio.gallery import Artefact, Gallery
from engine.studio.history import plain, search
from engine.studio.made import Made
from engine.studio.requests import AverageRequest, ImageRequest, PictureRequest, WorldRequest

LUND = Place(55.6985, 13.1955)
BOX = Box(south=55.69, west=13.19, north=55.70, east=13.20)
CAFE = ImageRequest(model="lund", place=LUND, prompt="A café, Østergade", negative_prompt="cars", seed=3)
PICTURE = Image.linear_gradient("L").convert("RGB").resize((16, 16))
DAY = datetime(2026, 1, 31, 12, tzinfo=UTC)


def artefact(request: PictureRequest, id: str = "0" * 16, at: datetime = DAY) -> Artefact:
    return Artefact(Path(f"{id}.png"), request, id, at)


def add(gallery: Gallery, request: PictureRequest, made: Made | None = None, age_s: int = 0) -> Artefact:
    """A picture of the gallery as a listing tells of it, made so many seconds before noon."""
    added = gallery.add(made or Made(PICTURE), request, {"name": request.model})
    os.utime(added.path, (DAY.timestamp() - age_s,) * 2)
    return gallery.get(added.id)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "gallery")


@pytest.mark.parametrize(
    "words", ["", "  ", "cafe", "CAFÉ", "ostergade", "østergade café", "cars", "image", "gade cars caf"]
)
def test_all_words_are_found_in_any_order_without_case_or_accents(words: str) -> None:
    assert search([artefact(CAFE)], words)


@pytest.mark.parametrize("words", ["cafe tram", "lund", "average", "acafe", "55.69"])
def test_a_word_that_is_not_there_finds_nothing(words: str) -> None:
    assert search([artefact(CAFE)], words) == ()


@given(st.text(), st.text(), st.randoms(use_true_random=False))
def test_a_picture_is_found_by_its_own_words(prompt: str, negative: str, order: random.Random) -> None:
    words = [*prompt.split(), *negative.split()]
    order.shuffle(words)
    assert search([artefact(replace(CAFE, prompt=prompt, negative_prompt=negative))], " ".join(words))


@given(st.text(st.characters(max_codepoint=0x17F)))
def test_case_and_accents_are_the_same_however_they_are_written(words: str) -> None:
    assert plain(words.upper()) == plain(words.lower()) == plain(words)
    assert plain(unicodedata.normalize("NFD", words)) == plain(plain(words)) == plain(words)


@given(st.text(max_size=20))
def test_more_words_never_find_more(words: str) -> None:
    prompts = ("a street", "a café", "ß Ångström")
    pictures = [artefact(replace(CAFE, prompt=prompt), id=prompt) for prompt in prompts]
    more = {each.id for each in search(pictures, f"{words} a")}
    assert more <= {each.id for each in search(pictures, words)} <= set(prompts)


def test_what_was_found_keeps_its_order() -> None:
    pictures = [artefact(replace(CAFE, seed=seed), id=f"{seed:016x}") for seed in (5, 1, 3)]
    assert search(pictures) == tuple(pictures)


def test_a_region_holds_what_lies_in_it_and_tells_where_it_lies() -> None:
    inside, outside = artefact(CAFE), artefact(replace(CAFE, place=Place(40.7, -74.0)))
    nowhere = artefact(replace(CAFE, place=None))
    average = artefact(AverageRequest(model="lund", region=BOX))
    assert search([inside, outside, nowhere, average], region=BOX) == (inside, average)


def test_models_kinds_and_stars_are_kept_apart() -> None:
    picture = artefact(CAFE, "a" * 16)
    average = artefact(AverageRequest(model="oslo", region=BOX), "b" * 16)
    photos = Artefact(Path("photos"), WorldRequest(Path("photos"), 3), "photos", DAY)  # no picture of a place
    every = [picture, average, photos]
    assert search(every) == (picture, average)
    assert search(every, model="oslo") == search(every, kind="average") == (average,)
    assert search(every, words="AVERAGE") == (average,)
    assert search(every, starred={"a" * 16}) == (picture,)
    assert search(every, starred=frozenset()) == ()


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-14, 14))
def test_days_are_those_of_utc_and_both_ends_belong(at: datetime, hours: int) -> None:
    there = at.replace(tzinfo=UTC) + timedelta(hours=hours)
    pictures, day = [artefact(CAFE, at=there)], there.date()
    assert search(pictures, since=day, until=day)
    assert not search(pictures, since=day + timedelta(1))
    assert not search(pictures, until=day - timedelta(1))


def test_a_day_does_not_hang_on_the_zone_in_which_it_is_told() -> None:
    late = datetime.fromisoformat("2026-01-31T23:30:00-05:00")  # in UTC the next day
    assert search([artefact(CAFE, at=late)], since=date(2026, 2, 1))


def test_stars_survive_and_go_with_their_picture(gallery: Gallery) -> None:
    first, second = add(gallery, CAFE), add(gallery, replace(CAFE, seed=4))
    gallery.star(first.id, True)
    gallery.star(second.id, True)
    gallery.star(second.id, True)
    assert Gallery(gallery.folder).starred() == {first.id, second.id}
    gallery.star(second.id, False)
    assert Gallery(gallery.folder).starred() == {first.id}
    gallery.delete(first.id)
    assert gallery.starred() == frozenset()
    assert add(gallery, CAFE).id == first.id  # the same picture made again begins without a star
    assert gallery.starred() == frozenset()


def test_a_picture_that_was_taken_out_of_the_folder_has_no_star(gallery: Gallery) -> None:
    gone, kept = add(gallery, CAFE), add(gallery, replace(CAFE, seed=4))
    gallery.star(gone.id, True)
    gone.path.unlink()
    assert gallery.starred() == frozenset()
    gallery.star(kept.id, True)
    add(gallery, CAFE)
    assert gallery.starred() == {kept.id}


@pytest.mark.parametrize("id", ["../secret", "0" * 16])
def test_what_is_not_there_gets_no_star(gallery: Gallery, id: str) -> None:
    with pytest.raises(BadRequest, match="the gallery has no picture"):
        gallery.star(id, True)
    assert not gallery.folder.exists()


@pytest.mark.parametrize(
    "written", [b"", b"{}", b"[1, null]", b'["../../etc/passwd"]', b"\xff", b"[" * 99_999]
)
def test_a_broken_list_of_stars_is_an_empty_one(gallery: Gallery, written: bytes) -> None:
    picture = add(gallery, CAFE)
    (gallery.folder / "stars.json").write_bytes(written)
    assert gallery.starred() == frozenset()
    gallery.star(picture.id, True)
    assert gallery.starred() == {picture.id}


def test_a_bundle_holds_every_file_and_every_place(gallery: Gallery, tmp_path: Path) -> None:
    beside = Made(PICTURE, {".disagreement.png": lambda path: path.write_bytes(b"beside")})  # pyright: ignore
    add(gallery, AverageRequest(model="lund", region=BOX, hour=9.0), beside, age_s=60)
    picture = add(gallery, replace(CAFE, heading=90.0))
    hidden = add(gallery, replace(CAFE, prompt="hidden", gps_in_exif=False), age_s=120)
    pictures = gallery.list()
    write_bundle(tmp_path / "all.zip", pictures)
    with ZipFile(tmp_path / "all.zip") as bundle:
        assert bundle.testzip() is None
        names = {file.name for file in gallery.folder.iterdir()}
        assert set(bundle.namelist()) == names | {PLACES, REQUESTS}
        assert all(bundle.read(name) == (gallery.folder / name).read_bytes() for name in names)
        assert bundle.getinfo(picture.path.name).date_time == (2026, 1, 31, 12, 0, 0)
        bundle.extractall(tmp_path / "out")
    features = {feature.properties["id"]: feature for feature in read(tmp_path / "out" / PLACES)}
    assert [each.id for each in pictures if each.id in features] == [each.id for each in pictures[:2]]
    assert features[picture.id].geometry == LUND
    assert dict(features[picture.id].properties) == {
        "id": picture.id,
        "prompt": "A café, Østergade",
        "model": "lund",
        "seed": 3,
        "heading": 90.0,
        "azimuth": None,
        "distance": None,
        "hour": None,
        "month": None,
        "created_at": "2026-01-31T12:00:00+00:00",
    }
    everything = json.loads((tmp_path / "out" / PLACES).read_text())["features"]
    assert [each["properties"]["id"] for each in everything if each["geometry"] is None] == [hidden.id]
    requests = json.loads((tmp_path / "out" / REQUESTS).read_text())
    assert [each["id"] for each in requests] == [each.id for each in pictures]
    assert requests[0]["request"] == pictures[0].request.to_dict()
    assert len(requests[1]["files"]) == 2


def test_a_bundle_does_not_tell_the_place_that_a_picture_hides(gallery: Gallery, tmp_path: Path) -> None:
    request = replace(CAFE, gps_in_exif=False)
    added = gallery.add(Made(PICTURE), request, {"name": "lund"})  # its request still knows the place
    assert isinstance(added.request, ImageRequest)
    assert added.request.place == LUND
    write_bundle(tmp_path / "one.zip", [added])
    assert b"55.69" not in (tmp_path / "one.zip").read_bytes()


def test_the_same_pictures_are_the_same_bytes(gallery: Gallery, tmp_path: Path) -> None:
    pictures = [add(gallery, replace(CAFE, seed=seed), age_s=seed) for seed in range(3)]
    write_bundle(tmp_path / "a.zip", pictures)
    write_bundle(tmp_path / "b.zip", [*Gallery(gallery.folder).list(), pictures[0]])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_times_that_a_zip_cannot_hold_are_brought_into_its_years(gallery: Gallery, tmp_path: Path) -> None:
    picture = add(gallery, CAFE)
    os.utime(picture.path, (0, 0))
    write_bundle(tmp_path / "old.zip", gallery.list())
    with ZipFile(tmp_path / "old.zip") as bundle:
        assert {entry.date_time[0] for entry in bundle.infolist()} == {1980}


def test_what_cannot_be_bundled_is_said_and_leaves_nothing(gallery: Gallery, tmp_path: Path) -> None:
    picture = add(gallery, CAFE)
    with pytest.raises(BadRequest, match="there is no picture to take along"):
        write_bundle(tmp_path / "none.zip", [])
    with pytest.raises(BadRequest, match=r"written as 'all\.tar'; end it in \.zip"):
        write_bundle(tmp_path / "all.tar", [picture])
    gallery.delete(picture.id)
    with pytest.raises(BadFile, match="has been deleted meanwhile"):
        write_bundle(tmp_path / "gone.zip", [picture])
    assert [path.name for path in tmp_path.iterdir()] == ["gallery"]
