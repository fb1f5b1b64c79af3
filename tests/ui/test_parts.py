"""The page's parts without a browser: what travels to the map, what comes from it, and what a program may ask."""

import contextlib
import json
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import GeniusLociError
from engine.geo.place import Place
from engine.geo.region import Path as Line
from engine.photos.stamp import read_provenance
from ui import text
from ui.map_document import build_document
from ui.map_state import MapState, Pin, Pins
from ui.notice import notice, sentence
from ui.region import read_drawn


def test_nothing_that_somebody_wrote_becomes_markup():
    words = "<script>alert(1)</script>"
    assert "<script" not in notice(words)
    pin = Pin("0", Place(1, 2), "url", words)
    state = MapState(layers={"pins": Pins([pin])}).to_json()
    assert "<" not in state
    assert json.loads(state)["layers"]["pins"]["items"][0]["title"] == words


def test_an_error_becomes_a_sentence():
    assert sentence("the seed is empty") == "The seed is empty."
    assert sentence("Is it there?") == "Is it there?"
    assert sentence("a.png is none") == "a.png is none."


def test_a_box_is_measured():
    corners = [[55.69, 13.19], [55.69, 13.20], [55.70, 13.20], [55.70, 13.19]]
    drawn = read_drawn({"shape": "box", "places": corners})
    assert drawn.size == "629 m × 1,113 m, 0.7 km²"
    assert drawn.count([55.695, 55.8], [13.195, 13.195]) == 1


def test_a_line_is_measured_and_has_no_inside():
    drawn = read_drawn({"shape": "line", "places": [[55.69, 13.19], [55.70, 13.19]]})
    assert isinstance(drawn.geometry, Line)
    assert drawn.size == "1,113 m"
    assert drawn.count([55.69], [13.19]) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda each: st.lists(each, max_size=4),
)


@given(st.sampled_from(["box", "polygon", "line", "circle", None]), _JSON)
def test_whatever_the_browser_sends_is_a_region_or_one_of_our_errors(shape, places):
    with contextlib.suppress(GeniusLociError):
        assert read_drawn({"shape": shape, "places": places}).size


def test_the_map_asks_nothing_outside_but_tiles(home: Path):
    html = build_document(None).html
    assert "http://" not in html
    assert "https://" not in html.replace("https://www.openstreetmap.org", "")


@pytest.mark.parametrize(
    ("value_m2", "words"), [(12, "12 m²"), (250_000, "0.25 km²"), (4.204e6, "4.2 km²"), (2.2e8, "220 km²")]
)
def test_areas_carry_their_unit(value_m2, words):
    assert text.area(value_m2) == words


def _call(address: str, **given: object) -> dict:
    """What the endpoint answers to these values, the others left as they are, as any HTTP client would ask."""
    with urlopen(f"{address}gradio_api/info", timeout=60) as answer:
        parameters = json.load(answer)["named_endpoints"]["/generate"]["parameters"]
    values = {each["parameter_name"]: each["parameter_default"] for each in parameters} | given
    body = json.dumps({"data": list(values.values())}).encode()
    ask = Request(f"{address}gradio_api/call/generate", body, {"Content-Type": "application/json"})
    with urlopen(ask, timeout=60) as answer:
        event = json.load(answer)["event_id"]
    with urlopen(f"{address}gradio_api/call/generate/{event}", timeout=60) as answer:
        kind, data = answer.read().decode().strip().split("\n")[-2:]
    return {"kind": kind.removeprefix("event: "), "data": json.loads(data.removeprefix("data: "))}


def test_a_program_gets_the_file_that_the_studio_wrote(address: str, tmp_path: Path):
    given = {"place": "40.76, -73.98", "prompt": "a street", "seed": 3, "num_inference_steps": 3, "hour": 9.0}
    done = _call(address, **given)
    assert done["kind"] == "complete"
    with urlopen(done["data"][0]["url"], timeout=60) as answer:
        (tmp_path / "got.png").write_bytes(answer.read())
    request = read_provenance(tmp_path / "got.png")["request"]
    assert request["place"] == {"latitude": 40.76, "longitude": -73.98}
    assert (request["prompt"], request["seed"], request["hour"]) == ("a street", 3, 9.0)
    assert request["model"] == "compass"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"place": "nowhere"}, "'nowhere' is not a place"),
        ({"place": 5}, "'5' is not a place"),
        ({"model": "../../etc"}, "There is no model"),
        ({"seed": "x"}, "Seed must be a whole number"),
    ],
)
def test_a_program_is_told_what_was_wrong(address: str, given: dict[str, object], words: str):
    failed = _call(address, **given)
    assert failed["kind"] == "error"
    assert words in json.dumps(failed["data"])


def test_only_the_api_is_public(address: str):
    with urlopen(f"{address}gradio_api/info", timeout=60) as answer:
        assert list(json.load(answer)["named_endpoints"]) == ["/generate"]
