"""Notices: a strange place and strange words are said in numbers, and nothing where the model knows everything."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.tiny import build_tiny
from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.gallery import recall_picture
from engine.studio.notices import notices, unknown_words, within_reach
from engine.studio.requests import ImageRequest
from engine.studio.studio import Studio

TIMES_SQUARE = Place(40.7580, -73.9855)
RIVER = Place(40.7640, -74.0050)
LUND = Place(55.6985, 13.1955)
CARD = PlaceCard(
    name="Midtown",
    box=Box(40.74, -74.02, 40.78, -73.96),
    resolution_px=64,
    words=("a", "taxi", "the", "in", "rain", "59th", "women's", "bus"),
)
Photos = Callable[..., PhotoPlaces]


@pytest.fixture
def photos() -> Photos:
    """Photos around a place, by their distances in metres."""

    def around(place: Place, *ways_m: float) -> PhotoPlaces:
        found = [destination(place, 40 * turn, way_m) for turn, way_m in enumerate(ways_m)]
        return PhotoPlaces(np.array([p.latitude for p in found]), np.array([p.longitude for p in found]))

    return around


def at(place: Place | None, prompt: str = "", negative_prompt: str = "") -> ImageRequest:
    return ImageRequest("midtown", place, prompt=prompt, negative_prompt=negative_prompt)


def test_what_the_model_knows_needs_no_notice(photos: Photos) -> None:
    assert notices(at(TIMES_SQUARE, "A taxi in the RAIN, 59th"), CARD, photos(TIMES_SQUARE, 30)) == ()
    assert notices(at(None, "taxi"), CARD, photos(TIMES_SQUARE, 30)) == ()
    assert notices(at(TIMES_SQUARE), CARD, None) == ()


def test_a_place_outside_says_how_far_and_what_is_near(photos: Photos) -> None:
    north = Place(40.80, -73.98)
    (said,) = notices(at(north), CARD, photos(north, 150, 1_234))
    assert said == (
        "This place is 2.2 km outside of what the model knows, so the nearest place inside is shown; "
        "the nearest training photo is 150 m away, 1 within 200 m."
    )
    (said,) = notices(at(north), CARD, None)
    assert said.endswith("so the nearest place inside is shown.")


def test_where_no_photo_was_taken_the_picture_is_a_guess(photos: Photos) -> None:
    (said,) = notices(at(TIMES_SQUARE), CARD, photos(TIMES_SQUARE, 250))
    assert said == (
        "The model has seen nothing near this place: the nearest training photo is 250 m away, none within 200 m, "
        "so the picture is a guess."
    )
    assert notices(at(TIMES_SQUARE), CARD, photos(TIMES_SQUARE, 115)) == ()
    assert notices(at(TIMES_SQUARE), CARD, photos(TIMES_SQUARE)) == ()


def test_the_river_is_said_to_be_one_even_where_boats_go(photos: Photos) -> None:
    (said,) = notices(at(RIVER), CARD, photos(RIVER, 300))
    assert said == (
        "This place is in the Hudson River: the nearest training photo is 300 m away, none within 200 m, "
        "so the picture is a guess."
    )
    (said,) = notices(at(RIVER), CARD, photos(RIVER, 40, 90))
    assert (
        said == "This place is in the Hudson River: the nearest training photo is 40 m away, 2 within 200 m."
    )
    assert notices(at(RIVER), CARD, None) == (
        "This place is in the Hudson River, so the picture is a guess.",
    )
    assert notices(at(RIVER), replace(CARD, untrained=True), None) == ()


def test_unknown_words_are_named_with_those_that_are_known() -> None:
    (said,) = notices(at(None, "A zebra in the rain", "zebra, spaceships"), CARD, None)
    assert said == "The model never learned the words “zebra” and “spaceships”; it knows taxi, rain, bus."
    (said,) = notices(at(None, "Zebra"), CARD, None)
    assert said.startswith("The model never learned the word “zebra”; it knows")
    assert notices(at(None, "anything at all"), replace(CARD, words=()), None) == ()


def test_a_landmark_knows_the_words_that_it_was_taught_with() -> None:
    tower = replace(CARD, name="Torre Pendente", kind="angle")
    assert notices(at(None, "A photo of Torre Pendente in the rain"), tower, None) == ()
    (said,) = notices(at(None, "Torre Eiffel"), tower, None)
    assert said.startswith("The model never learned the word “eiffel”; it knows taxi")


def test_a_long_text_of_unknown_words_stays_one_sentence() -> None:
    known = tuple(f"{first}{second}" for first in "abcdefghij" for second in "klmnopqrst")
    (said,) = notices(
        at(None, " ".join(f"x{number}" for number in range(200))), replace(CARD, words=known), None
    )
    assert "“x7” and 192 more; it knows" in said
    assert said.count(", ") == 7 - 1 + 39 + 1
    (said,) = notices(at(None, "z" * 2_000), CARD, None)
    assert len(said) < 120


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Taxi, TAXI; bus!", []),
        ("women’s women's", []),
        ("taxis", ["taxis"]),
        ("rain-bus/59th", []),
        ("Østergade på 5", ["østergade", "på", "5"]),
        ("taxi_bus", []),
        ("😀 ... --", []),
    ],
)
def test_words_are_split_at_everything_but_letters_digits_and_apostrophes(
    text: str, unknown: list[str]
) -> None:
    assert unknown_words(text, CARD.words) == unknown


def test_only_a_place_outside_is_brought_within_reach() -> None:
    assert within_reach(at(TIMES_SQUARE), CARD) == at(TIMES_SQUARE)
    assert within_reach(at(None), CARD) == at(None)
    assert within_reach(at(LUND), CARD) == at(Place(40.78, -73.96))
    assert within_reach(at(LUND), replace(CARD, box=None)) == at(LUND)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the model `midtown`, which keeps the places of its photos."""
    home = tmp_path_factory.mktemp("home")
    pipe = build_tiny(CARD)
    pipe.photo_places = PhotoPlaces(np.array([TIMES_SQUARE.latitude]), np.array([TIMES_SQUARE.longitude]))
    save_pipeline(pipe, home / "checkpoints" / "midtown")
    return home


def test_a_picture_of_a_place_outside_is_made_of_the_nearest_inside_and_keeps_the_request(home: Path) -> None:
    studio = Studio(home)
    request = replace(at(Place(40.80, -73.98), "a zebra"), num_inference_steps=2)
    outside = studio.run(request)
    inside = studio.run(replace(request, place=Place(40.78, -73.98)))
    with Image.open(outside.path) as one, Image.open(inside.path) as two:
        assert one.tobytes() == two.tobytes()
    assert outside.request.to_dict()["place"] == {"latitude": 40.80, "longitude": -73.98}
    assert [each.split(" ")[:3] for each in outside.notices] == [
        ["This", "place", "is"],
        ["The", "model", "never"],
    ]
    assert studio.gallery.get(outside.id).notices == outside.notices
    assert recall_picture(outside.path).notices == outside.notices
    assert outside.to_dict()["notices"] == list(outside.notices)


def test_a_file_that_does_not_tell_the_place_does_not_tell_it_in_a_notice(home: Path) -> None:
    made = Studio(home).run(replace(at(RIVER), num_inference_steps=1, gps_in_exif=False))
    assert "Hudson" in made.notices[0]
    assert b"Hudson" not in made.path.read_bytes()
    assert recall_picture(made.path).notices == ()
