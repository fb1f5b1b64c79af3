"""The average of a region, asked for in one request: its places, its files, its notices, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRegion, BadRequest, Cancelled
from engine.geo.place import Place
from engine.geo.region import Box, Polygon
from engine.studio.average import DISAGREEMENT
from engine.studio.gallery import recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.regions import find_region, named_regions
from engine.studio.requests import AverageRequest, request_from_dict
from engine.studio.scatter import scatter, within_box
from engine.studio.studio import Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MIDTOWN = Box(south=40.750, west=-73.990, north=40.760, east=-73.970)
REQUEST = AverageRequest(
    model="town", region=MIDTOWN, samples=5, prompt="a street", num_inference_steps=2, seed=3
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tiny model that knows where its 40 photos were taken."""
    home = tmp_path_factory.mktemp("town")
    card = PlaceCard(
        "Town", conditions=("longitude", "latitude", "hour"), box=BOX, resolution_px=64, base_model="tiny"
    )
    pipe = build_tiny(card)
    latitude, longitude = np.random.default_rng(1).uniform(
        [[40.751], [-73.989]], [[40.753], [-73.985]], (2, 40)
    )
    pipe.photo_places = PhotoPlaces(latitude, longitude)
    save_pipeline(pipe, home / "checkpoints" / "town")
    return home


def test_a_region_becomes_one_picture_that_says_all_about_itself(studio: Studio) -> None:
    events: list[Progress] = []
    artefact = studio.run(REQUEST, events.append)
    assert recall(artefact.path) == artefact.request
    with Image.open(artefact.path) as image, Image.open(artefact.files[DISAGREEMENT]) as disagreement:
        assert image.size == disagreement.size == (64, 64)
        assert np.asarray(disagreement).max() == 255
    places = [Place(*each) for each in artefact.details["places"]]
    assert len(places) == 5
    assert all(map(MIDTOWN.contains, places))
    assert len(artefact.details["standard_error"]) == 2
    assert artefact.details["evaluations"] == 2 * 7
    assert any("place 5 of 5" in event.message for event in events)
    assert [each.files.keys() for each in studio.gallery.list()] == [{DISAGREEMENT}]


def test_the_same_request_makes_the_same_bytes_and_another_region_another_picture(studio: Studio) -> None:
    first = studio.run(REQUEST).path.read_bytes()
    request = studio.gallery.list()[0].request
    assert studio.run(request_from_dict(request.to_dict())).path.read_bytes() == first
    north = Box(south=40.85, west=-73.95, north=40.87, east=-73.92)
    assert studio.run(replace(REQUEST, region=north)).path.read_bytes() != first


def test_what_is_deleted_takes_its_map_along(studio: Studio) -> None:
    artefact = studio.run(REQUEST)
    studio.gallery.delete(artefact.id)
    assert list(studio.gallery.folder.iterdir()) == []


def test_finished_pictures_can_be_averaged_for_contrast(studio: Studio) -> None:
    from engine.studio.requests import ImageRequest

    artefact = studio.run(replace(REQUEST, of_pictures=True, samples=4))
    pictures = [
        studio.run(ImageRequest("town", Place(*each), prompt="a street", num_inference_steps=2, seed=3)).path
        for each in artefact.details["places"]
    ]
    each = [np.asarray(Image.open(path), float) for path in pictures]
    with Image.open(artefact.path) as image:
        assert np.abs(np.asarray(image, float) - np.mean(each, axis=0)).max() <= 2


def test_a_file_that_does_not_tell_its_place_tells_no_place_of_the_region(
    studio: Studio, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    studio.run(replace(REQUEST, gps_in_exif=False), out=out)
    data = out.read_bytes()
    assert b"40.75" not in data
    assert b"73.9" not in data
    request = recall(out)
    assert isinstance(request, AverageRequest)
    assert request.region is None
    with pytest.raises(BadRequest, match="does not tell its region; draw one"):
        studio.run(request)


def test_it_stops_within_a_step(studio: Studio) -> None:
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if "place" in progress.message:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(REQUEST, stop, cancel)
    assert studio.gallery.list() == ()


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"samples": 3}, BadRequest, "samples is 3; choose a whole number from 4 to 1,024"),
        ({"samples": 2_000}, BadRequest, "samples is 2000"),
        ({"spread": "moonlight"}, BadRequest, "spread is 'moonlight'; choose from area, photos"),
        ({"estimator": "clever"}, BadRequest, "estimator is 'clever'; choose from exact, fresh, growing"),
        (
            {"region": Box(40.75, -73.98, 40.7501, -73.9799), "samples": 64},
            BadRequest,
            "a region of 9. m2 holds no 64 places that differ; draw a larger one",
        ),
        ({"region": Box(48.85, 2.29, 48.86, 2.30)}, BadRegion, "lies outside of what the model knows"),
        (
            {"region": Box(40.85, -73.95, 40.87, -73.92), "spread": "photos"},
            BadRegion,
            "knows of no photo in this region",
        ),
    ],
)
def test_what_cannot_be_averaged_is_said_in_one_sentence(
    studio: Studio, changes: dict, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        studio.run(replace(REQUEST, **changes))
    assert studio.gallery.list() == ()


def test_notices_say_what_the_model_does_not_know_of_a_region(studio: Studio) -> None:
    assert studio.notices(REQUEST) == ()
    beyond = replace(REQUEST, region=Box(40.69, -73.99, 40.76, -73.97))
    assert studio.notices(beyond) == (
        "A part of this region is outside of what the model knows, and is left out.",
    )
    north = replace(REQUEST, region=Box(40.85, -73.95, 40.87, -73.92))
    assert "seen no photo in this region" in studio.notices(north)[0]


def test_places_are_drawn_by_area_or_as_photos_lie() -> None:
    rng = np.random.default_rng(0)
    photos = PhotoPlaces(np.array([40.751, 40.7515, 40.87]), np.array([-73.985, -73.986, -73.91]))
    drawn = scatter(MIDTOWN, 5, "photos", photos, rng)
    assert {place.latitude for place in drawn} == {40.751, 40.7515}
    even = scatter(MIDTOWN, 400, "area", photos, rng)
    north = np.mean([place.latitude > MIDTOWN.centre.latitude for place in even])
    assert north == pytest.approx(0.5, abs=0.08)


def test_neighbours_come_one_after_another() -> None:
    places = scatter(BOX, 300, "area", None, np.random.default_rng(0))
    points = np.array([(place.latitude, place.longitude) for place in places])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1).mean()
    mixed = points[np.random.default_rng(1).permutation(len(points))]
    assert steps < 0.35 * np.linalg.norm(np.diff(mixed, axis=0), axis=1).mean()


def test_only_the_part_of_a_region_that_the_model_knows_is_drawn_from() -> None:
    wide = Polygon((Place(40.60, -73.99), Place(40.60, -73.95), Place(40.75, -73.97)))
    part = within_box(wide, BOX)
    assert part.bounds.south == pytest.approx(40.70)
    assert part.area_m2 < wide.area_m2
    assert within_box(Box(40.6, -75, 41, -73), BOX) == BOX


def test_a_region_is_found_by_name_by_numbers_and_in_a_file(tmp_path: Path) -> None:
    park = find_region("central park", BOX)
    assert park == named_regions()["Central Park"]
    assert park.contains(Place(40.7829, -73.9654))
    assert find_region("40.75,-73.99,40.76,-73.97") == MIDTOWN
    file = tmp_path / "box.geojson"
    file.write_text(
        '{"type": "Polygon", "coordinates": [[[-73.99, 40.75], [-73.97, 40.75], [-73.97, 40.76], [-73.99, 40.75]]]}'
    )
    assert isinstance(find_region(str(file)), Polygon)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("Centrl Park", 'there is no region "Centrl Park" here; perhaps Central Park; give a GeoJSON'),
        ("1,2,3,x", "1,2,3,x is not a box; give SOUTH,WEST,NORTH,EAST"),
    ],
)
def test_a_region_that_is_none_is_said_in_one_sentence(written: str, sentence: str) -> None:
    with pytest.raises(BadRegion, match=sentence):
        find_region(written)
