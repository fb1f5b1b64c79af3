"""The page's parts without a browser: what travels to the map, what comes from it, and what a program may ask."""

import contextlib
import copy
import json
from dataclasses import fields
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.errors import GeniusLociError
from engine.geo.place import Place
from engine.geo.region import Path as Line
from engine.photos.stamp import read_provenance
from engine.studio.average import DISAGREEMENT
from engine.studio.gallery import Gallery
from engine.studio.jobs import Job
from engine.studio.made import Made
from engine.studio.requests import ImageRequest, PictureSettings
from ui import map_document, units
from ui.map_document import build_document
from ui.map_state import MapState, Pin, Pins
from ui.notice import notice, notices, sentence
from ui.prints import Prints
from ui.region import read_drawn
from ui.session import Session


def test_nothing_that_somebody_wrote_becomes_markup():
    words = "<script>alert(1)</script>"
    assert "<script" not in notice(words) + notices([words])
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


def test_the_question_asked_last_counts_in_whatever_order_they_arrive():
    request = ImageRequest(model="tiny", place=None)
    session, newer, newest = Session(), Job(request), Job(request)
    assert session.ask(2.0, lambda: newer)
    assert not session.ask(1.0, lambda: pytest.fail("an older question was asked"))
    assert session.job is newer
    assert session.ask(3.0, lambda: newest)
    assert newer.state == "cancelled"
    assert session.turn_to(5.0)
    assert newest.state == "cancelled"
    assert not session.ask(4.0, lambda: pytest.fail("the page has turned to something else"))
    assert not session.turn_to(4.0)
    assert copy.deepcopy(session).job is None  # another page has a session of its own


def test_a_print_is_small_and_made_once(tmp_path: Path):
    gallery, prints = Gallery(tmp_path / "gallery"), Prints(tmp_path / "prints")
    picture = gallery.add(
        Made(Image.new("RGB", (512, 256), "red")), ImageRequest(model="tiny", place=None), {"name": "tiny"}
    )
    path = prints.of(picture)
    with Image.open(path) as image:
        assert image.size == (160, 160)
    made = path.stat().st_mtime_ns
    assert prints.of(picture) == path
    assert path.stat().st_mtime_ns == made


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


def test_the_map_comes_from_the_public_address_where_nothing_is_installed(
    monkeypatch, caplog, tmp_path: Path
):
    monkeypatch.setattr(map_document, "LEAFLET", tmp_path / "none")
    html = build_document(None).html
    assert "https://cdn.jsdelivr.net/npm/leaflet@" in html
    assert "jquery" not in html
    assert [record.getMessage() for record in caplog.records] == [
        "Leaflet is not installed, so the map loads it from its public CDN; "
        "run `make setup` with npm to work offline."
    ]


@pytest.mark.parametrize(
    ("value_m2", "words"), [(12, "12 m²"), (250_000, "0.25 km²"), (4.204e6, "4.2 km²"), (2.2e8, "220 km²")]
)
def test_areas_carry_their_unit(value_m2, words):
    assert units.area(value_m2) == words


def _call(address: str, endpoint: str = "generate", **given: object) -> dict:
    """What an endpoint answers to these values, the others left as they are, as any HTTP client would ask."""
    with urlopen(f"{address}gradio_api/info", timeout=60) as answer:
        parameters = json.load(answer)["named_endpoints"][f"/{endpoint}"]["parameters"]
    values = {each["parameter_name"]: each.get("parameter_default") for each in parameters} | given
    body = json.dumps({"data": list(values.values())}).encode()
    ask = Request(f"{address}gradio_api/call/{endpoint}", body, {"Content-Type": "application/json"})
    with urlopen(ask, timeout=60) as answer:
        event = json.load(answer)["event_id"]
    with urlopen(f"{address}gradio_api/call/{endpoint}/{event}", timeout=60) as answer:
        kind, data = answer.read().decode().strip().split("\n")[-2:]
    return {"kind": kind.removeprefix("event: "), "data": json.loads(data.removeprefix("data: "))}


def test_a_program_may_set_whatever_a_request_holds(address: str):
    with urlopen(f"{address}gradio_api/info", timeout=60) as answer:
        parameters = json.load(answer)["named_endpoints"]["/generate"]["parameters"]
    defaults = {each["parameter_name"]: each["parameter_default"] for each in parameters}
    wanted = {each.name: each.default for each in fields(PictureSettings)}
    assert defaults == wanted | {"place": "", "model": ""}


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
    assert (request["guidance_scale"], request["gps_guidance_scale"]) == (4.0, 6.5)
    assert done["data"][1] == []


def test_a_program_is_told_what_the_model_does_not_know(address: str):
    done = _call(address, place="40.90, -73.95", prompt="a zebra", num_inference_steps=1)
    outside, word = done["data"][1]
    assert outside.startswith("This place is 2.2 km outside of what the model knows")
    assert word == "The model never learned the word “zebra”; it knows street."


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"place": "nowhere"}, "There is no place"),
        ({"place": 5}, "'5' is not a place"),
        ({"model": "../../etc"}, "There is no model"),
        ({"seed": "x"}, "Seed must be a whole number"),
    ],
)
def test_a_program_is_told_what_was_wrong(address: str, given: dict[str, object], words: str):
    failed = _call(address, **given)
    assert failed["kind"] == "error"
    assert words in json.dumps(failed["data"])


def test_a_program_may_ask_for_whatever_the_studio_makes(address: str, tmp_path: Path):
    request = {
        "version": 1,
        "request": "average",
        "model": "compass",
        "region": {"south": 40.75, "west": -73.99, "north": 40.76, "east": -73.97},
        "samples": 4,
        "num_inference_steps": 2,
    }
    done = _call(address, "make", request=request)
    assert done["kind"] == "complete"
    picture, files, known = done["data"]
    with urlopen(picture["url"], timeout=60) as answer:
        (tmp_path / "got.png").write_bytes(answer.read())
    made = read_provenance(tmp_path / "got.png")["request"]
    assert made == known["request"]
    assert made == made | request
    assert [file["orig_name"].endswith(DISAGREEMENT) for file in files] == [True]
    assert len(known["places"]) == 4


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"version": 1, "request": "world", "out": "/tmp/photos", "count": 3}, "use the command line"),
        ({"version": 1, "request": "spell"}, "there is no request of the kind"),
        ({"version": 9, "request": "image"}, "the request has version 9"),
    ],
)
def test_a_program_cannot_reach_the_folders_of_the_computer(address: str, request_: dict, words: str):
    failed = _call(address, "make", request=request_)
    assert failed["kind"] == "error"
    assert words.lower() in json.dumps(failed["data"]).lower()


def test_only_the_api_is_public(address: str):
    with urlopen(f"{address}gradio_api/info", timeout=60) as answer:
        assert list(json.load(answer)["named_endpoints"]) == ["/generate", "/make"]
