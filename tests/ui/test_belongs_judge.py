"""The tab Belongs, asked directly: who can be asked where there is a judge, and what is asked of it."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.geo.region import Box
from engine.studio.requests import ImageRequest
from engine.studio.studio import Studio
from ui import text
from ui.belongs import Belongs
from ui.desk import Desk
from ui.explore import Explore
from ui.front import Front
from ui.map import build_map
from ui.session import Session

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
PICTURE = ImageRequest("town", None, prompt="a street", heading=90.0, seed=7)


@pytest.fixture
def belongs(tmp_path: Path, lay_judge: Callable[..., Path]) -> Iterator[Belongs]:
    """The tab of a home with a model that has a judge and one that has none."""
    card = PlaceCard(
        "Town", ("longitude", "latitude", "heading"), box=BOX, resolution_px=32, base_model="tiny"
    )
    for name in ("town", "alone"):
        save_pipeline(build_tiny(card), tmp_path / "checkpoints" / name)
    lay_judge(tmp_path / "checkpoints" / "town", BOX)
    studio = Studio(tmp_path)

    async def build() -> Belongs:
        with gr.Blocks(analytics_enabled=False), gr.Tabs() as tabs, gr.Tab("Explore"):
            desk, session = Desk(studio), gr.State()
            explore = Explore(
                desk, session, build_map(None, "base"), gr.Textbox(), gr.Dropdown(), Front(tabs, session)
            )
            return Belongs(desk, explore, session)

    with ThreadPoolExecutor(1) as thread:  # outside a running loop, Gradio begins loops and leaves them open
        yield thread.submit(asyncio.run, build()).result()
    studio.close()


def test_the_judge_is_offered_where_there_is_one(belongs: Belongs) -> None:
    shown = belongs.suit("town", "judge")
    assert (shown[belongs.by]["visible"], shown[belongs.by]["value"]) == (True, "judge")
    assert not shown[belongs.cells]["visible"]
    assert not shown[belongs.prompt]["interactive"]
    for model in ("alone", "tiny", "gone", None):
        hidden = belongs.suit(model, "judge")
        assert (hidden[belongs.by]["visible"], hidden[belongs.by]["value"]) == (False, "model")
        assert hidden[belongs.cells]["visible"]
        assert hidden[belongs.prompt]["interactive"]


def test_the_judge_is_told_nothing_but_the_picture(belongs: Belongs, tmp_path: Path) -> None:
    path = tmp_path / "park.png"
    Image.new("RGB", (64, 48), "green").save(path)
    session = Session()
    asked = belongs.request(session, PICTURE, (str(path), "judge", 32)).validate()
    assert (asked.by, asked.prompt, asked.heading, asked.seed, asked.cells) == ("judge", "", None, 0, 144)
    itself = belongs.request(session, PICTURE, (str(path), "model", 32)).validate()
    assert (itself.by, itself.prompt, itself.heading, itself.seed, itself.cells) == (
        "model", "a street", 90.0, 7, 32,
    )  # fmt: skip


def test_a_result_of_the_judge_brings_its_controls_back(belongs: Belongs, tmp_path: Path) -> None:
    path = tmp_path / "park.png"
    Image.new("RGB", (64, 48), "green").save(path)
    session = Session()
    session.model = "town"
    artefact = belongs.desk.studio.run(belongs.request(session, PICTURE, (str(path), "judge", 32)))
    updates = belongs.take_up(session, artefact.request)
    assert updates[belongs.by]["value"] == "judge"
    assert not updates[belongs.cells]["visible"]
    assert updates[belongs.prompt]["value"] == ""
    assert belongs.shown(artefact)[1].startswith("Best by the judge at ")
    assert text.BELONG_BYS.keys() == {"model", "judge"}
