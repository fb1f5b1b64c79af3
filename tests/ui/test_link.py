"""Links: every request comes back out of its own query, and a query that says nothing sensible is told so."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadPlace, BadRequest
from engine.geo.place import Place
from engine.studio.requests import ImageRequest
from ui.link import query_of, request_of

numbers = st.none() | st.floats(-100, 100)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(
    place=st.none() | st.builds(Place, st.floats(-90, 90), st.floats(-180, 179.9)),
    prompt=words,
    negative_prompt=words,
    heading=st.none() | st.floats(0, 359.9),
    hour=st.none() | st.floats(0, 24),
    month=st.none() | st.floats(1, 12),
    guidance_scale=numbers,
    gps_guidance_scale=numbers,
    num_inference_steps=st.none() | st.integers(1, 999),
    seed=st.integers(0, 2**63 - 1),
    width_px=st.none() | st.sampled_from([64, 512]),
    height_px=st.none() | st.sampled_from([64, 512]),
    gps_in_exif=st.booleans(),
)
def test_a_request_comes_back_out_of_its_link(**settings: object):
    request = ImageRequest("Lund & co?", **settings).validate()  # pyright: ignore[reportArgumentType]
    query = query_of(request)
    assert query[0] == "?"
    assert request_of(dict(parse_qsl(query[1:])), "another") == request


def test_a_link_is_short_and_can_be_read():
    request = ImageRequest("demo", Place(40.758, -73.9855), prompt="a taxi", seed=7)
    assert query_of(request) == "?model=demo&at=40.758%2C-73.9855&prompt=a+taxi&seed=7"


def test_a_link_may_be_written_by_hand():
    found = request_of({"at": "40 45 28 N 73 59 08 W", "__theme": "dark"}, "demo")
    assert found is not None
    assert found.model == "demo"
    assert round(found.place.latitude, 3) == 40.758


@pytest.mark.parametrize("query", [{}, {"__theme": "dark"}, {"place": "40, -73"}])
def test_a_query_that_names_no_setting_is_no_link(query: dict[str, str]):
    assert request_of(query, "demo") is None


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"at": "nowhere"}, BadPlace),
        ({"at": "95, 200"}, BadPlace),
        ({"seed": "x"}, BadRequest),
        ({"seed": "-1"}, BadRequest),
        ({"heading": "nan"}, BadRequest),
        ({"gps_in_exif": "maybe"}, BadRequest),
        ({"width_px": "63"}, BadRequest),
        ({"model": ""}, BadRequest),
    ],
)
def test_a_link_with_a_wrong_value_is_told_so(query: dict[str, str], error: type[Exception]):
    with pytest.raises(error):
        request_of(query, "demo")
