"""Requests: what is refused, in which words, and the round trip through JSON."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadPlace, BadRequest, UserError
from engine.geo.place import Place
from engine.geo.region import Box, Polygon
from engine.studio.requests import (
    AttentionRequest,
    BelongRequest,
    GivenPicture,
    ImageRequest,
    IngestRequest,
    Request,
    TrainRequest,
    WorldRequest,
    request_from_dict,
)

LUND = Place(55.6985, 13.1955)
PICTURE = ImageRequest(model="tiny", place=LUND)
ATTENTION = AttentionRequest(model="tiny", place=LUND)
BELONG = BelongRequest("tiny", picture=GivenPicture("lund.png", "0" * 64, LUND))
FOLDERS = (
    IngestRequest((Path("a"),), Path("b")),
    TrainRequest(Path("a"), Path("b")),
    WorldRequest(Path("a"), 3),
)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)
names = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180, exclude_max=True))
paths = names.map(Path)
sizes = st.none() | st.integers(4, 128).map(lambda eighths: 8 * eighths)
images = st.builds(
    lambda kind, **settings: kind(**settings),
    st.sampled_from([ImageRequest, AttentionRequest]),
    model=names,
    place=st.none() | places,
    prompt=texts,
    negative_prompt=texts,
    heading=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    hour=st.none() | st.floats(0, 24),
    month=st.none() | st.floats(1, 12),
    guidance_scale=st.none() | st.floats(-100, 100),
    gps_guidance_scale=st.none() | st.floats(-100, 100),
    num_inference_steps=st.none() | st.integers(1, 999),
    seed=st.integers(0, 2**63 - 1),
    width_px=sizes,
    height_px=sizes,
    gps_in_exif=st.booleans(),
)
regions = st.sampled_from(
    [
        None,
        Box(55.6, 13.1, 55.8, 13.3),
        Polygon((Place(55.6, 13.1), Place(55.6, 13.3), Place(55.8, 13.2))),
        Polygon(
            (Place(0, 0), Place(0, 9), Place(9, 9), Place(9, 0)),
            ((Place(1, 1), Place(1, 2), Place(2, 2)), (Place(5, 5), Place(5, 6), Place(6, 6))),
        ),
    ]
)
ingests = st.builds(
    IngestRequest,
    sources=st.lists(paths, min_size=1, max_size=3).map(tuple),
    out=paths,
    table=st.none() | paths,
    region=regions,
)
trainings = st.builds(
    TrainRequest,
    collection=paths,
    out=paths,
    base=names,
    preset=names,
    overrides=st.dictionaries(
        names, st.integers(-9, 9) | st.booleans() | names | st.lists(st.integers(1, 9), max_size=3)
    ),
    resume=st.booleans(),
)
angles = st.builds(
    TrainRequest,
    collection=paths,
    out=paths,
    kind=st.just("angle"),
    landmark=st.just("Lund Cathedral"),
    centre=st.just(Place(55.704, 13.1935)),
    radius_m=st.floats(20, 900),
    min_distance_m=st.none() | st.floats(0, 19),
)
worlds = st.builds(
    WorldRequest,
    out=paths,
    count=st.integers(1, 200_000),
    seed=st.integers(0, 2**63 - 1),
    landmark=st.none() | names,
    size_px=st.integers(32, 2048),
)


@given(images | ingests | trainings | angles | worlds)
def test_a_request_survives_the_way_through_json(request: Request) -> None:
    checked = request.validate()
    assert request_from_dict(json.loads(json.dumps(checked.to_dict(), allow_nan=False))) == checked


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_heading_becomes_a_compass_direction(heading: float) -> None:
    found = replace(PICTURE, heading=heading).validate().heading
    assert found is not None
    assert 0 <= found < 360
    assert math.cos(math.radians(found)) == pytest.approx(math.cos(math.radians(heading % 360)), abs=1e-9)


def test_whole_floats_of_a_page_become_whole_numbers() -> None:
    checked = replace(PICTURE, seed=7.0, num_inference_steps=20.0, width_px=64.0).validate()
    assert (checked.seed, checked.num_inference_steps, checked.width_px) == (7, 20, 64)
    assert all(
        isinstance(value, int) for value in (checked.seed, checked.num_inference_steps, checked.width_px)
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prompt": "x" * 10_000}, "the prompt has 10,000 characters; shorten it to 2,000"),
        (
            {"negative_prompt": "x" * 2_001},
            "the negative prompt has 2,001 characters; shorten it to 2,000",
        ),
        ({"prompt": "\ud800"}, "the prompt has a broken character"),
        ({"prompt": None}, "the prompt must be text, not None"),
        ({"num_inference_steps": 0}, "num_inference_steps is 0; choose a whole number from 1 to 999"),
        ({"num_inference_steps": 1000}, "num_inference_steps is 1000"),
        ({"num_inference_steps": 2.5}, "num_inference_steps must be a whole number, not 2.5"),
        ({"num_inference_steps": True}, "num_inference_steps must be a whole number, not True"),
        ({"guidance_scale": 100.5}, "guidance_scale is 100.5; choose a number from -100 to 100"),
        ({"gps_guidance_scale": math.nan}, "gps_guidance_scale is nan"),
        ({"gps_guidance_scale": "7"}, "gps_guidance_scale must be a number, not '7'"),
        ({"guidance_scale": 10**400}, "guidance_scale is a number with more than 18 digits"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**63}, "seed is a number with more than 18 digits"),
        ({"width_px": 100}, "width_px is 100; choose a multiple of 8, such as 96"),
        ({"height_px": 24}, "height_px is 24; choose a whole number from 32 to 1,024"),
        ({"height_px": 1032}, "height_px is 1032"),
        ({"hour": 24.5}, "hour is 24.5; choose a number from 0 to 24"),
        ({"month": 0.5}, "month is 0.5; choose a number from 1 to 12"),
        ({"heading": math.inf}, "heading is inf; give a finite number"),
        ({"model": " "}, "the request names no model"),
        ({"gps_in_exif": 1}, "gps_in_exif must be true or false, not 1"),
        ({"place": (55.0, 13.0)}, "place must be a Place, not tuple"),
    ],
)
def test_a_bad_setting_is_refused_in_one_sentence(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadRequest) as caught:
        replace(PICTURE, **change).validate()
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"sed": 3}, BadRequest, "the request has no setting 'sed'"),
        ({"version": 2}, BadRequest, "the request has version 2; this program reads 1"),
        ({"request": "video"}, BadRequest, "there is no request of the kind 'video'"),
        ({"place": {"latitude": 91, "longitude": 0}}, BadPlace, "latitude 91"),
        ({"place": {"latitude": "55", "longitude": 0}}, BadRequest, "place must have a number"),
        ({"place": [55, 13]}, BadRequest, "place must have latitude and longitude"),
        ({"place": {"latitude": 55}}, BadRequest, "place must have latitude and longitude"),
        ({"seed": "seven"}, BadRequest, "seed must be a whole number, not 'seven'"),
    ],
)
def test_bad_json_is_refused_in_one_sentence(
    change: dict[str, object], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        request_from_dict(PICTURE.to_dict() | change)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("data", [None, [], "image", 3, {}, {"request": ["image"]}])
def test_json_that_is_no_request_is_refused(data: object) -> None:
    with pytest.raises(BadRequest, match="no request of the kind"):
        request_from_dict(data)  # pyright: ignore[reportArgumentType]


PLACE = {"latitude": 1, "longitude": 2}
JSON_VALUES = [
    *(None, True, 0, 30.0, -1.5, math.nan, 10**30, "", "x", "\0", [], [None], ["a", 3], [[1, 2], [3, 4]], {}),
    *(PLACE, {"latitude": 95, "longitude": None}, {"exterior": [], "holes": []}),
    *({"exterior": [PLACE], "holes": [3]}, {"exterior": 1, "holes": None}),
    *({"south": 0, "west": "x", "north": [], "east": None}, {"south": 3, "west": 0, "north": 1, "east": 1}),
]


@given(
    st.dictionaries(
        st.sampled_from([*PICTURE.to_dict(), "sources", "out", "region", "overrides", "picture", "cells"]),
        st.sampled_from(JSON_VALUES),
        max_size=4,
    ),
    st.sampled_from([PICTURE, ATTENTION, BELONG, *FOLDERS]),
)
def test_any_json_is_read_or_refused(change: dict[str, object], request: Request) -> None:
    try:
        found = request_from_dict(request.to_dict() | change)
    except UserError:
        return
    assert request_from_dict(found.to_dict()) == found


def test_a_missing_setting_is_named() -> None:
    data = IngestRequest((Path("photos"),), Path("collection")).to_dict()
    del data["out"]
    with pytest.raises(BadRequest, match="the request lacks 'out'"):
        request_from_dict(data)


def test_nothing_to_ingest_is_refused() -> None:
    with pytest.raises(BadRequest, match="nothing to ingest"):
        IngestRequest((), Path("collection")).validate()


@pytest.mark.parametrize("request_", FOLDERS)
def test_a_request_without_a_place_for_its_result_is_refused(request_: Request) -> None:
    with pytest.raises(BadRequest, match="out must be a path, not NoneType"):
        request_from_dict(request_.to_dict() | {"out": None})


def test_an_unknown_kind_of_training_is_refused() -> None:
    with pytest.raises(BadRequest, match="no training of the kind 'sound'"):
        TrainRequest(Path("a"), Path("b"), kind="sound").validate()


def test_an_angle_model_needs_a_ring_and_a_gps_model_none() -> None:
    whole = TrainRequest(
        Path("a"), Path("b"), kind="angle", landmark="Arc", centre=Place(48.87, 2.29), radius_m=300.0
    )
    assert whole.validate().ring.min_distance_m == 10
    for name in ("landmark", "centre", "radius_m"):
        with pytest.raises(BadRequest, match=f"needs landmark, centre and radius_m; give {name}"):
            replace(whole, **{name: None}).validate()
    with pytest.raises(BadRequest, match="make no ring"):
        replace(whole, min_distance_m=400.0).validate()
    with pytest.raises(BadRequest, match="landmark is for a landmark"):
        replace(whole, kind="gps").validate()


def test_conditions_are_those_that_are_set() -> None:
    assert PICTURE.conditions == {"latitude": 55.6985, "longitude": 13.1955}
    assert replace(PICTURE, place=None, heading=0.0, hour=0.0).conditions == {"heading": 0.0, "hour": 0.0}
