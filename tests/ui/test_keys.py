"""What the hand finds on the page: keys, a sentence on each control, steps back and forth, and links."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from engine.geo.place import Place
from engine.studio.studio import Studio
from ui import text
from ui.build import build_page
from ui.dials import DIALS

HERE, THERE = "40.760000, -73.980000", "40.790000, -73.960000"
_HIDDEN = {"dropped", "history-file"}  # which the page presses itself


@pytest.mark.browser
def test_one_steps_back_and_forth_through_what_was_asked_for(desk):
    page = desk.page
    undo, redo = page.locator("#undo"), page.locator("#redo")
    expect(undo).to_be_disabled()
    desk.type_place(HERE)
    desk.pictures(1)
    desk.type_place(THERE)
    desk.pictures(2)
    expect(undo).to_be_enabled()
    undo.click()
    expect(page.locator("#place input")).to_have_value(HERE)
    expect(undo).to_be_disabled()
    page.locator("body").press("Control+Shift+Z")
    expect(page.locator("#place input")).to_have_value(THERE)
    page.locator("body").press("Control+z")
    expect(page.locator("#place input")).to_have_value(HERE)
    redo.click()
    expect(page.locator("#place input")).to_have_value(THERE)
    expect(redo).to_be_disabled()
    assert len(desk.gallery.list()) == 2  # nothing was made again


@pytest.mark.browser
def test_a_link_opens_the_same_place_with_the_same_settings(desk, address: str):
    page = desk.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#prompt input").fill("a street & more")
    desk.open_more()
    desk.set_number("seed", "77")
    desk.type_place(HERE)
    desk.pictures(1)
    page.locator("#link").click()
    desk.said(text.LINK_COPIED)
    expect(page).to_have_url(re.compile(r"\?model=compass"))
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    assert "seed=77" in urlsplit(link).query
    other = desk.another(link)
    other.said("seed 77")
    expect(other.page.locator("#place input")).to_have_value(HERE)
    expect(other.page.locator("#prompt input")).to_have_value("a street & more")
    assert len(desk.gallery.list()) == 1  # the gallery had it
    desk.another(f"{address}?at={HERE.replace(' ', '')}&seed=78").pictures(2)
    assert (desk.gallery.list()[0].request.place, desk.gallery.list()[0].request.seed) == (
        Place.parse(HERE),
        78,
    )


@pytest.mark.browser
def test_a_link_that_cannot_be_read_is_told_so_and_the_page_lives_on(desk, address: str):
    desk.another(f"{address}?at=95,200").said("latitude 95 is not on Earth")
    astray = desk.another(f"{address}?model=gone&at=40.76,-73.98")
    astray.said("gone")
    astray.type_place(HERE)
    astray.pictures(1)


@pytest.mark.browser
def test_keys_hold_wherever_the_keyboard_is(desk):
    page = desk.page
    desk.type_place(HERE)
    desk.pictures(1)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    desk.pictures(2)
    desk.in_map(".leaflet-container").press("r")
    desk.pictures(3)
    seeds = [each.request.seed for each in desk.gallery.list()]
    assert len(set(seeds)) == 3
    page.locator("#prompt input").press("r")  # a letter is a letter where one writes
    expect(page.locator("#prompt input")).to_have_value("r")
    page.locator("#prompt input").fill("")
    assert len(desk.gallery.list()) == 3
    centre = "Object.values(window).find((each) => each instanceof L.Map).getCenter().lng"
    frame = page.frames[1]
    before = frame.evaluate(centre)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    assert frame.evaluate(centre) > before


@pytest.mark.browser
def test_the_list_of_keys_opens_and_closes(desk):
    page = desk.page
    listed = page.locator("#keys-list")
    expect(listed).to_be_hidden()
    page.locator("body").press("?")
    expect(listed).to_be_visible()
    expect(listed.locator("dt")).to_have_count(len(text.KEYS))
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.locator("#keys-button").click()
    expect(listed).to_be_visible()
    listed.get_by_role("button", name=text.CLOSE).click()
    expect(listed).to_be_hidden()


@pytest.mark.browser
def test_control_enter_makes_and_escape_stops_what_the_open_tab_makes(desk):
    page = desk.page
    desk.choose("slow")
    page.get_by_role("tab", name=text.FILMS).click()
    page.locator("#film-kind input").click()
    page.get_by_role("option", name=text.FILM_KINDS["turn"]).click()
    desk.type_place(HERE)
    page.locator("#cancel").wait_for()  # the place's picture is on its way, on Explore
    page.keyboard.press("Escape")
    page.locator("#make").wait_for()
    page.get_by_role("tab", name=text.FILMS).click()
    page.locator("#films-prompt input").press("Control+Enter")
    expect(page.locator("#films-cancel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#films-status")).to_have_text(text.STOPPED)


@pytest.mark.browser
def test_a_control_explains_itself_to_the_pointer_and_to_the_keyboard(desk):
    page = desk.page
    page.locator("#guidance-scale input[type=range]").hover()
    expect(page.locator("#guidance-scale")).to_have_attribute("title", text.TIPS["guidance-scale"])
    page.get_by_role("tab", name=text.GRIDS).click()
    page.locator("#grids-make").focus()
    expect(page.locator("#grids-make")).to_have_attribute("title", text.TIPS["make"])


def test_every_control_has_its_sentence(tmp_path):
    studio = Studio(tmp_path)
    kinds = ("button", "textbox", "slider", "dropdown", "checkbox", "number", "file", "uploadbutton", "radio")

    async def build() -> list[dict]:
        return build_page(studio).config["components"]

    with ThreadPoolExecutor(1) as thread:  # outside a running loop, Gradio begins loops and leaves them open
        blocks = thread.submit(asyncio.run, build()).result()
    ids = {block["props"].get("elem_id") for block in blocks if block["type"].startswith(kinds)} - {None}
    ids |= set(DIALS)
    ids -= _HIDDEN
    bare = {each if each in text.TIPS else re.sub(r"^.*-(make|cancel|prompt)$", r"\1", each) for each in ids}
    assert bare <= set(text.TIPS)
    assert set(text.TIPS) - bare == {"download"}  # a button of another kind
    for words in text.TIPS.values():
        assert words.endswith((".", ")."))
        assert len(words) <= 100
    studio.close()
