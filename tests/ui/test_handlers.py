"""What the page answers, asked directly: a home without a model, and events that no honest page would send."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image

from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.made import Made
from engine.studio.requests import AtlasRequest, ImageRequest
from engine.studio.studio import Studio
from ui import text
from ui.desk import Desk
from ui.explore import Explore
from ui.front import Front
from ui.map import build_map
from ui.recall import Recall
from ui.session import Session
from ui.workshop import Workshop

ATLAS = AtlasRequest("tiny", region=Box(40.75, -73.99, 40.76, -73.98), side_m=400, num_inference_steps=1)


@pytest.fixture
def recall(tmp_path: Path) -> Iterator[Recall]:
    """What brings pictures back into the Explore tab of an empty home."""
    studio = Studio(tmp_path)

    async def build() -> Recall:
        with gr.Blocks(analytics_enabled=False), gr.Tabs() as tabs, gr.Tab("Explore"):
            desk, session = Desk(studio), gr.State()
            explore = Explore(
                desk, session, build_map(None, "base"), gr.Textbox(), gr.Dropdown(), Front(tabs, session)
            )
            return Recall(desk, explore, session, {ImageRequest: explore})

    with ThreadPoolExecutor(1) as thread:  # outside a running loop, Gradio begins loops and leaves them open
        yield thread.submit(asyncio.run, build()).result()
    studio.close()


@pytest.fixture
def explore(recall: Recall) -> Explore:
    """The Explore tab of an empty home."""
    tab = recall.tabs[ImageRequest]
    assert isinstance(tab, Explore)
    return tab


def _values(explore: Explore) -> list[object]:
    return [control.value for control in explore.settings.controls]


def test_without_a_trained_model_the_page_offers_the_untrained_base(explore: Explore):
    session = Session()
    updates = explore.arrive(session)
    assert "No model has been trained yet" in updates[explore.easel.start_words]
    assert "train gps" in updates[explore.easel.start_words]
    assert updates[explore.easel.start_button]["value"] == text.START_UNTRAINED_BUTTON
    assert updates[explore.model]["choices"] == [("tiny (untrained)", "tiny")]
    shown = json.loads(updates[explore.map])
    assert shown["legend"][0]["text"].startswith("Manhattan, untrained")
    assert shown["layers"]["box"]["bounds"] == [[40.70, -74.03], [40.88, -73.90]]


def test_another_model_leaves_the_field_of_the_place_to_the_hand_that_types(explore: Explore):
    session = Session()
    explore.arrive(session)
    place = explore.settings.place
    values = [None] * len(explore.settings.controls)
    assert place not in explore.choose(session, 1.0, "tiny", *values)
    session.place = Place(40.75, -73.98)
    assert place not in explore.choose(session, 2.0, "tiny", *values)
    assert session.place is not None
    session.place = Place(59.33, 18.06)
    assert explore.choose(session, 3.0, "tiny", *values)[place]["value"] == ""  # outside the model's box


def test_a_dial_that_the_next_model_does_not_know_goes_though_it_is_emptied(explore: Explore, monkeypatch):
    session = Session()
    explore.arrive(session)
    monkeypatch.setattr("ui.explore.left_behind", lambda *_: {"heading": "", "prompt": "A photo"})
    updates = explore.choose(session, 1.0, "tiny", *[None] * len(explore.settings.controls))
    assert updates[explore.settings.heading] == gr.update(value="", visible=False)
    assert updates[explore.settings.prompt]["value"] == "A photo"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"latitude": None, "longitude": 3},
        {"latitude": "x", "longitude": []},
        {"latitude": 1e9, "longitude": 0},
    ],
)
def test_a_click_on_no_place_changes_nothing(explore: Explore, event: dict[str, object]):
    session = Session()
    explore.arrive(session)
    updates = explore._clicked(session, SimpleNamespace(**event), 1.0, *_values(explore))
    assert "wrong" in updates[explore.status]
    assert session.place is None
    assert session.job is None


def test_a_pin_that_is_none_is_answered_in_a_sentence(recall: Recall, explore: Explore):
    session = Session()
    explore.arrive(session)
    updates = recall._open_pin(session, SimpleNamespace(id="../../secret"), 1.0)
    assert "The gallery has no picture" in updates[explore.status]


def test_sizes_that_nobody_offered_are_refused(explore: Explore):
    session = Session()
    explore.arrive(session)
    values = explore.settings.replaced(_values(explore), size="99999 × 64")
    assert "choose a whole number" in explore._ask(session, 1.0, values)[explore.status]
    values = explore.settings.replaced(_values(explore), size="huge")
    assert "choose one from the list" in explore._ask(session, 2.0, values)[explore.status]
    assert session.job is None


@pytest.mark.parametrize(
    "event",
    [{}, {"name": "seed", "value": "x"}, {"name": "hour", "value": "late"}, {"name": [], "value": {}}],
)
def test_a_dial_that_is_none_asks_for_nothing(explore: Explore, event: dict[str, object]):
    session = Session()
    explore.arrive(session)
    explore._dialled(session, SimpleNamespace(**event), 1.0, *_values(explore))
    assert session.job is None


def test_a_side_of_a_ring_that_is_about_to_go_asks_for_nothing(explore: Explore):
    session = Session()
    explore.arrive(session)
    explore._sided(session, SimpleNamespace(azimuth_deg=90), 1.0, *_values(explore))
    assert session.job is None


def test_an_example_that_is_none_asks_for_nothing(explore: Explore):
    session = Session()
    explore.arrive(session)
    explore._example(session, SimpleNamespace(title="Paris"), 1.0, *_values(explore))
    explore._welcome(session, SimpleNamespace(query_params={}), 1.0, *_values(explore))
    assert session.job is None


class Wall(Workshop):
    """A workshop whose result is an atlas of Midtown."""

    TAB = KEY = PROMPT_HINT = START = "wall"
    REQUEST = AtlasRequest

    def build_controls(self) -> list[object]:
        return []

    def build_result(self) -> gr.HTML:
        return gr.HTML()

    def request(self, session: Session, picture: ImageRequest, values: object) -> AtlasRequest:
        return ATLAS

    def title(self, request: object) -> str:
        return "wall"

    def shown(self, artefact: object) -> tuple[str, str]:
        return "null", ""

    def take_up(self, session: Session, request: object) -> dict[object, object]:
        return {}


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Wall]:
    """The workshop beside the Explore tab of an empty home."""
    studio = Studio(tmp_path)

    async def build() -> Wall:
        with gr.Blocks(analytics_enabled=False), gr.Tabs() as tabs, gr.Tab("Wall"):
            desk, state = Desk(studio), gr.State()
            explore = Explore(
                desk, state, build_map(None, "base"), gr.Textbox(), gr.Dropdown(), Front(tabs, state)
            )
            return Wall(desk, explore, state)

    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(asyncio.run, build()).result()
    studio.close()


def test_a_question_that_came_too_late_leaves_a_workshop_as_it_is(wall: Wall):
    session = Session()
    wall.explore.arrive(session)
    assert session.turn_to(5.0)
    # Gradio empties the outputs of a generator that yields nothing.
    assert list(wall._make(session, 4.0, "", *_values(wall.explore))) == [gr.skip()]
    assert session.job is None


def test_another_tab_that_stops_a_picture_leaves_no_button_to_cancel_it(wall: Wall):
    session, explore = Session(), wall.explore
    explore.arrive(session)
    updates = explore._ask(session, 1.0, explore.settings.replaced(_values(explore), place="40.75, -73.98"))
    assert updates[explore.cancel]["visible"]
    assert explore.darkroom.take(session) == gr.skip()  # it develops
    assert session.ask(2.0, lambda: explore.desk.studio.jobs.submit(ATLAS))
    assert wall._rest(session) == {wall.make: gr.update(visible=False), wall.cancel: gr.update(visible=True)}
    updates = explore.darkroom.take(session)
    assert updates[explore.make]["visible"]
    assert not updates[explore.cancel]["visible"]
    assert explore.front.tabs not in updates  # the visitor looks at the other tab
    assert explore.darkroom.take(session) == gr.skip()  # what is said on the page is not wiped away later


def test_a_picture_that_stops_a_workshop_leaves_it_its_own_button(wall: Wall):
    session, explore = Session(), wall.explore
    explore.arrive(session)
    assert session.ask(1.0, lambda: explore.desk.studio.jobs.submit(ATLAS))
    explore._ask(session, 2.0, explore.settings.replaced(_values(explore), place="40.75, -73.98"))
    assert session.awaits(ImageRequest)
    assert wall._rest(session) == {wall.make: gr.update(visible=True), wall.cancel: gr.update(visible=False)}


def test_the_frame_of_explore_does_not_show_how_far_another_tab_is(explore: Explore):
    session = Session()
    explore.arrive(session)
    assert session.ask(1.0, lambda: explore.desk.studio.jobs.submit(ATLAS))
    assert list(explore.darkroom._look(session)) == [(gr.skip(), gr.skip())]
    session.stop()


def test_the_map_lives_on_when_what_lies_on_it_is_deleted(tmp_path: Path):
    studio = Studio(tmp_path)
    desk, session = Desk(studio), Session()
    region = Box(40.75, -73.99, 40.76, -73.98)
    sides = {"south": 40.75, "west": -73.99, "north": 40.76, "east": -73.98}
    made = Made(Image.new("RGB", (8, 8)), details={"bounds": sides})
    session.mosaic = studio.gallery.add(made, AtlasRequest("tiny", region=region), {"name": "tiny"})
    assert "mosaic" in json.loads(desk.map_of(session))["layers"]
    studio.gallery.delete(session.mosaic.id)
    assert "mosaic" not in json.loads(desk.map_of(session))["layers"]
    assert session.mosaic is None
    studio.close()
