"""The history: pictures are searched, starred, made again, deleted and taken along; what cannot be opened says so."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import gradio as gr
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from engine.geo.formats import read
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.gallery import Artefact, Gallery
from engine.studio.made import Made
from engine.studio.requests import AverageRequest, ImageRequest, PictureRequest
from engine.studio.studio import Studio
from ui.desk import Desk
from ui.explore import Explore
from ui.front import Front
from ui.history import History
from ui.map import build_map
from ui.recall import Recall
from ui.session import Session
from ui.sheet import take_along

NIGHT = ImageRequest(model="compass", place=Place(40.78, -73.97), prompt="a street at night")
CAFE = ImageRequest(model="slow", place=Place(40.71, -74.01), prompt="a <i>café</i>")
AVERAGE = AverageRequest(model="compass", region=Box(40.75, -73.99, 40.76, -73.97), prompt="a street")
DAY_S = 86_400


def add(gallery: Gallery, request: PictureRequest, age_s: float = 0) -> Artefact:
    """A picture of a gallery, made so many seconds ago."""
    colour = (len(gallery.list()) * 60 % 256, 120, 90)
    added = gallery.add(Made(Image.new("RGB", (64, 64), colour)), request, {"name": request.model})
    os.utime(added.path, (time.time() - age_s,) * 2)
    return gallery.get(added.id)


@pytest.fixture
def pictures(desk, gallery: Gallery) -> list[Artefact]:
    """Three pictures of two models and two kinds, and the page turned to the history."""
    made = [add(gallery, NIGHT), add(gallery, CAFE, DAY_S), add(gallery, AVERAGE, 400 * DAY_S)]
    desk.page.get_by_role("tab", name="History").click()
    expect(prints(desk)).to_have_count(3)
    desk.page.wait_for_timeout(
        400
    )  # Gradio mounts the filters as the tab opens, and forgets what a robot types then
    return made


def prints(desk) -> Locator:
    return desk.page.locator(".sheet .open")


def counted(desk, words: str) -> None:
    """Wait until the line above the sheet says these words and no others."""
    expect(desk.page.locator("#history-words .notice")).to_have_text(words)


@pytest.mark.browser
def test_search_narrows_the_days_and_show_all_brings_everything_back(desk, pictures: list[Artefact]):
    search = desk.page.locator("#history-search input")
    counted(desk, "3 pictures")
    long_ago = time.strftime("%-d %B %Y", time.localtime(time.time() - 400 * DAY_S))
    expect(desk.page.locator(".sheet h3")).to_have_text(["Today", "Yesterday", long_ago])
    search.press_sequentially("NIGHT street")
    counted(desk, "1 of 3 pictures")
    expect(prints(desk)).to_have_text(["a street at night"])
    search.fill("cafe")
    expect(prints(desk)).to_have_text(["a <i>café</i>"])  # shown as it was written
    search.fill("average")
    expect(prints(desk)).to_have_text(["averagea street"])
    expect(desk.page.locator(".sheet h3")).to_have_text([long_ago])
    desk.page.get_by_label("Starred").check()
    counted(desk, "No picture fits all of that.")
    expect(prints(desk)).to_have_count(0)
    expect(desk.page.locator("#history-download")).to_be_hidden()
    desk.page.get_by_role("button", name="Show all").click()
    counted(desk, "3 pictures")
    expect(search).to_have_value("")
    expect(desk.page.get_by_label("Starred")).not_to_be_checked()
    desk.page.locator("#history-model input").click()
    desk.page.get_by_role("option", name="slow").click()
    expect(prints(desk)).to_have_text(["a <i>café</i>"])
    desk.page.get_by_role("button", name="Show all").wait_for(state="hidden")
    desk.page.locator("#history-age input").click()
    desk.page.get_by_role("option", name="Last hour").click()
    counted(desk, "No picture fits all of that.")
    desk.page.get_by_role("button", name="Show all").click()
    counted(desk, "3 pictures")
    desk.page.locator("#history-age input").click()
    desk.page.get_by_role("option", name="Last week").click()
    counted(desk, "2 of 3 pictures")


@pytest.mark.browser
def test_a_picture_is_made_again_and_its_bytes_are_compared(desk, gallery: Gallery):
    desk.type_place("40.758, -73.985")
    desk.pictures(1)
    (made,) = gallery.list()
    before = made.path.read_bytes()
    desk.page.get_by_role("tab", name="History").click()
    prints(desk).hover()
    desk.page.locator(".sheet .again").click()
    words = desk.page.locator("#history-words .notice")
    expect(words).to_have_text(re.compile(r"Made again in \d+\.\d s: every byte of its file is the same\."))
    assert made.path.read_bytes() == before
    other = add(gallery, replace(made.request, seed=made.request.seed + 1))
    desk.page.get_by_role("tab", name="Explore").click()
    desk.page.get_by_role("tab", name="History").click()
    expect(prints(desk)).to_have_count(2)
    prints(desk).first.hover()
    desk.page.locator(".sheet .again").first.click()
    expect(words).to_contain_text("The model 'compass' has changed since it made " + other.id)


@pytest.mark.browser
def test_a_region_drawn_meanwhile_narrows_and_its_end_brings_everything_back(desk, pictures: list[Artefact]):
    within = desk.page.get_by_label("Within the drawn region")
    expect(within).to_be_hidden()
    desk.in_map("a.leaflet-draw-draw-rectangle").click()
    desk.map.hover()
    desk.drag((0.35, 0.15), (0.8, 0.75))
    within.check()
    counted(desk, "2 of 3 pictures")
    expect(prints(desk)).to_have_text(["a street at night", "averagea street"])
    desk.in_map(".clear").click()
    counted(desk, "3 pictures")
    expect(within).to_be_hidden()


@pytest.mark.browser
def test_a_star_is_kept_over_a_reload_and_reached_by_keys(
    desk, pictures: list[Artefact], gallery: Gallery, address: str
):
    page = desk.page
    star = page.get_by_role("button", name="Star a street at night")
    expect(star).to_have_css("opacity", "0")
    prints(desk).first.focus()
    page.keyboard.press("Tab")
    expect(star).to_be_focused()
    expect(star).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Starred").check()
    counted(desk, "1 of 3 pictures")
    assert gallery.starred() == {pictures[0].id}
    desk.open(address)
    page.get_by_role("tab", name="History").click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sheet .star.on")).to_have_count(1)
    star.click()
    expect(page.locator(".sheet .star.on")).to_have_count(0)
    page.get_by_label("Starred").check()
    counted(desk, "No picture fits all of that.")
    assert gallery.starred() == frozenset()


@pytest.mark.browser
def test_delete_asks_once_and_removes_file_print_and_pin(
    desk, pictures: list[Artefact], gallery: Gallery, home: Path
):
    page = desk.page
    expect(desk.in_map(".print")).to_have_count(0)  # the map was drawn before they were made
    prints(desk).first.click()
    expect(desk.in_map(".print")).to_have_count(2)
    page.get_by_role("tab", name="History").click()
    delete = page.get_by_role("button", name="Delete a street at night")
    sure = page.get_by_role("button", name="Delete? a street at night")
    prints(desk).first.hover()
    delete.click()
    expect(sure).to_have_value("Delete?")
    expect(sure).to_have_count(0)  # after three seconds it has not been meant
    assert len(gallery.list()) == 3
    delete.click()
    sure.press("Enter")
    expect(prints(desk)).to_have_count(2)
    counted(desk, "2 pictures")
    expect(prints(desk).first).to_be_focused()
    assert not pictures[0].path.exists()
    assert not (home / ".cache" / "page" / f"{pictures[0].id}.webp").exists()
    expect(desk.in_map(".print")).to_have_count(1)
    gallery.delete(pictures[1].id)  # from another window
    prints(desk).first.hover()
    page.get_by_role("button", name="Star a <i>café</i>").click()
    page.locator("#history-words .wrong").filter(has_text="it may have been deleted").wait_for()
    expect(prints(desk)).to_have_count(1)
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#start-words")).to_be_visible()
    expect(page.locator("#download")).to_be_hidden()


@pytest.mark.browser
def test_what_is_shown_can_be_taken_along(desk, pictures: list[Artefact], tmp_path: Path):
    take = desk.page.get_by_role("button", name="Download")
    for words, names in (("", pictures), ("street", [pictures[0], pictures[2]])):
        desk.page.locator("#history-search input").fill(words)
        expect(prints(desk)).to_have_count(len(names))
        with desk.page.expect_download() as download:
            take.click()
        assert download.value.suggested_filename == "genius-loci.zip"
        with ZipFile(download.value.path()) as bundle:
            assert bundle.testzip() is None
            assert {name for name in bundle.namelist() if name.endswith(".png")} == {
                picture.path.name for picture in names
            }
            bundle.extractall(tmp_path)
        features = read(tmp_path / "places.geojson")
        assert [feature.properties["id"] for feature in features] == [each.id for each in names]


@pytest.mark.browser
@pytest.mark.parametrize(
    "desk",
    [{"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}],
    indirect=True,
)
def test_a_telephone_shows_star_and_delete_and_nothing_sideways(desk, gallery: Gallery):
    for seed in range(4):
        add(gallery, replace(NIGHT, seed=seed, prompt="a very long street " * 20), seed * DAY_S)
    add(gallery, CAFE)
    desk.page.get_by_role("tab", name="History").click()
    expect(prints(desk)).to_have_count(5)
    expect(desk.page.locator("#history-model")).to_be_visible()
    wide = "[document.documentElement.scrollWidth, document.body.scrollWidth]"
    assert desk.page.evaluate(wide) == [390, 390]
    for part in (".star", ".again", ".remove"):
        expect(desk.page.locator(f".sheet {part}").first).to_have_css("opacity", "1")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """The tab of a home with one average, on a page that has no tab to open it."""
    studio = Studio(tmp_path)
    add(studio.gallery, AVERAGE)

    async def build() -> History:
        with gr.Blocks(analytics_enabled=False), gr.Tabs() as tabs, gr.Tab("History") as tab:
            desk, session = Desk(studio), gr.State()
            explore = Explore(
                desk, session, build_map(None, "base"), gr.Textbox(), gr.Dropdown(), Front(tabs, session)
            )
            return History(desk, explore, Recall(desk, explore, session, {}), session, tab)

    with ThreadPoolExecutor(1) as thread:  # outside a running loop, Gradio begins loops and leaves them open
        yield thread.submit(asyncio.run, build()).result()
    studio.close()


def test_a_kind_that_cannot_be_opened_yet_says_so(history: History):
    (picture,) = history.desk.studio.gallery.list()
    updates = history._open(Session(), SimpleNamespace(id=picture.id), 1.0)
    assert "The page cannot open this kind of picture yet (average); press Download" in updates[history.words]
    (shown,) = json.loads(history._list(Session(), "", "", 0, False, False)[history.sheet])["prints"]
    assert (shown["kind"], shown["title"]) == ("average", "average: a street at 40.755000, -73.980000")


@pytest.mark.parametrize(
    "event", [{}, {"id": "../page"}, {"id": None, "on": "yes"}, {"id": ["x"], "on": True}]
)
def test_events_that_no_honest_page_sends_change_nothing(history: History, event: dict[str, object]):
    print = history.desk.prints.of(history.desk.studio.gallery.list()[0])
    (print.parent.parent / "page.webp").write_bytes(b"somebody's")
    for handler in (history._star, history._delete):
        updates = handler(Session(), SimpleNamespace(**event), "", "", 0, False, False)
        assert "The gallery has no picture" in updates[history.words]
    assert len(history.desk.studio.gallery.list()) == 1
    assert history.desk.studio.gallery.starred() == frozenset()
    assert (print.parent.parent / "page.webp").exists()


def test_a_model_whose_last_picture_is_gone_is_no_filter_any_more(history: History):
    updates = history._list(Session(), "", "slow", 0, False, False)
    assert updates[history.model]["value"] == ""
    assert "1 picture<" in updates[history.words]


def test_what_is_taken_along_is_kept_for_an_hour(history: History):
    folder, pictures = history.desk.cache / "taken", history.desk.studio.gallery.list()
    first = take_along(folder, pictures)
    made = first.stat().st_ino
    assert take_along(folder, pictures).stat().st_ino == made
    os.utime(first, (time.time() - 3_601,) * 2)
    other = add(history.desk.studio.gallery, NIGHT)
    assert take_along(folder, [other]).exists()
    assert not first.parent.exists()
