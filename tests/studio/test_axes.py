"""Axes as people write them, on the command line and on the page."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadPlace, BadRequest
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.axes import read_axis
from engine.studio.requests import Axis

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MOMA, UPTOWN = Place(40.7614, -73.9776), Place(40.84, -73.94)


@given(st.text(alphabet="abseedprompt_lc=,;. -0129°é", max_size=40))
def test_whatever_is_written_becomes_an_axis_or_is_refused(written: str) -> None:
    with suppress(BadRequest, BadPlace):
        axis = read_axis("rows", written, BOX).validate("rows")
        assert axis == Axis.from_dict("rows", axis.to_dict()).validate("rows")


def test_an_axis_is_read_as_people_write_it() -> None:
    assert read_axis("rows", "guidance-scale = 1, 2.5") == Axis("guidance_scale", (1, 2.5))
    assert read_axis("rows", "prompt=a street, wet; a park") == Axis("prompt", ("a street, wet", "a park"))
    assert read_axis("rows", "place=40.7614,-73.9776;40.84,-73.94") == Axis("place", (MOMA, UPTOWN))
    for written, sentence in {
        "seed": 'rows must be a setting and its values, like seed=1,2,3, not "seed"',
        "seed=": "rows have no values of seed",
        "colour=red": "rows cannot vary 'colour'",
        "seed=1,two": 'rows have the value "two" of seed, which is no number',
    }.items():
        with pytest.raises(BadRequest, match=sentence):
            read_axis("rows", written)
