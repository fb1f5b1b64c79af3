"""The page in Chromium: a click on the map ends in a picture, and everything around that."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from engine.geo.place import Place
from engine.photos.stamp import read_provenance
from engine.studio.gallery import Gallery
from ui import text

pytestmark = pytest.mark.browser


def test_the_page_loads_without_a_network_and_draws_its_own_map(desk):
    assert desk.outside  # the street map was asked for, and did not answer
    expect(desk.in_map(".tile-button")).to_have_attribute("aria-pressed", "false")
    expect(desk.in_map(".leaflet-atlas-pane canvas")).to_have_count(1)
    expect(desk.in_map(".name.neighbourhood span").first).to_be_visible()
    expect(desk.in_map(".card")).to_contain_text("Compass: 11.0 km × 20.0 km")
    expect(desk.in_map(".card")).to_contain_text("midtown: 60 photos")
    expect(desk.in_map("path.cell").first).to_be_attached()


def test_a_click_on_the_map_ends_in_a_picture_of_that_place(desk):
    desk.page.locator("#prompt input").fill("a street <b>at night</b>")
    desk.map.click(position={"x": 420, "y": 420})
    (picture,) = desk.pictures(1)
    request = read_provenance(picture.path)["request"]
    place = Place(**request["place"])
    assert desk.page.locator("#place input").input_value() == str(place)
    assert request["prompt"] == "a street <b>at night</b>"
    assert request["model"] == "compass"
    desk.said(f"{place} · seed 0 · 64 × 64 px")
    shown = desk.page.locator(".frame img").get_attribute("src")
    assert picture.path.name in shown
    expect(desk.in_map(".print")).to_have_count(1)
    with desk.page.expect_download() as download:
        desk.page.locator("#download").click()
    assert Path(download.value.path()).read_bytes() == picture.path.read_bytes()


def test_a_typed_place_becomes_a_picture_and_a_slider_makes_it_again(desk):
    desk.type_place("40 45 28 N 73 59 08 W")
    (first,) = desk.pictures(1)
    assert str(first.request.place) == "40.757778, -73.985556"
    desk.page.locator("#guidance-scale input[type=range]").press("ArrowRight")
    second = desk.pictures(2)[0]
    assert second.request.guidance_scale == first.request.guidance_scale + 0.5
    assert second.request.seed == first.request.seed
    desk.open_more()
    desk.page.locator("#dice").click()
    third = desk.pictures(3)[0]
    assert third.request.seed != first.request.seed
    assert desk.page.locator("#seed input").input_value() == str(third.request.seed)
    expect(desk.in_map(".print")).to_have_count(3)
    corners = {tuple(print.bounding_box().values())[:2] for print in desk.in_map(".print").all()}
    assert len(corners) == 3  # none hides another of the same place


def test_bad_input_is_answered_in_one_sentence_and_the_page_lives_on(desk):
    desk.type_place("somewhere nice")
    desk.said(
        'There is no place "somewhere nice" here; write coordinates like 40.758, -73.985, a plus code, or a name.'
    )
    desk.type_place("95, 10")
    desk.said("Latitude 95 is not on Earth")
    desk.page.locator("#place input").fill("40.75, -73.98")
    desk.page.locator("#prompt input").fill("x" * 10_000)
    desk.page.locator("#make").click()
    desk.said("The prompt has 10,000 characters; shorten it to 2,000.")
    desk.page.locator("#prompt input").fill("a street")
    desk.page.locator("#make").click()
    desk.pictures(1)


def test_a_broken_model_says_what_is_wrong_with_it(desk):
    desk.choose("torn (cannot be used)")
    desk.page.locator("#start-words .wrong").filter(has_text="has format 99").wait_for()
    desk.choose("tiny (untrained)")
    expect(desk.in_map(".card")).to_contain_text("Manhattan, untrained")
    expect(desk.page.locator("#start-words .wrong")).to_have_count(0)


def test_another_model_brings_its_own_guidance(desk):
    words, place = (
        desk.page.locator(f"#{name} input[type=number]") for name in ("guidance-scale", "gps-guidance-scale")
    )
    expect(words).to_have_value("4")
    expect(place).to_have_value("6.5")
    desk.set_number("guidance-scale", "9")
    desk.choose("tiny (untrained)")
    expect(words).to_have_value("2")
    expect(place).to_have_value("2")
    desk.choose("compass")
    expect(words).to_have_value("4")
    desk.type_place("40.76, -73.98")
    (picture,) = desk.pictures(1)
    assert (picture.request.guidance_scale, picture.request.gps_guidance_scale) == (4, 6.5)


def test_a_drawn_box_reaches_python_and_can_be_cleared(desk, gallery: Gallery):
    desk.type_place("40.76, -73.98")
    desk.pictures(1)
    tool = desk.in_map("a.leaflet-draw-draw-rectangle")
    assert tool.get_attribute("title") == text.DRAWING["toolbar"]["buttons"]["rectangle"]
    tool.click()
    desk.map.hover()
    expect(desk.in_map(".leaflet-draw-tooltip")).to_have_text(
        text.DRAWING["handlers"]["rectangle"]["tooltip"]["start"]
    )
    desk.drag((0.25, 0.25), (0.85, 0.85))
    line = desk.in_map(".card p").filter(has=desk.page.frame_locator("iframe").locator(".swatch.region"))
    expect(line).to_contain_text(re.compile(r"km × [\d.]+ km, \d+ km², 60 photos, 1 picture"))
    expect(desk.in_map("path.region")).to_have_count(1)
    desk.in_map(".clear").click()
    expect(desk.in_map("path.region")).to_have_count(0)
    assert len(gallery.list()) == 1  # drawing is no clicking


def test_leaflet_knows_a_place_for_every_word_about_drawing(desk):
    frame = desk.page.frames[1]
    missing = """(words) => {
        const paths = (tree, at) => Object.entries(tree).flatMap(([name, said]) =>
            typeof said === "string" ? [[at?.[name], said]] : paths(said, at?.[name]));
        return paths(words, L.drawLocal.draw).filter(([known, said]) => known !== said);
    }"""
    assert frame.evaluate(missing, text.DRAWING) == []


def test_a_line_is_measured_and_a_crossing_polygon_refused_where_it_crosses(desk):
    desk.in_map("a.leaflet-draw-draw-polyline").click()
    desk.click_corners((300, 300), (400, 400), (400, 400))
    expect(desk.in_map(".card")).to_contain_text(re.compile(r"[\d.,]+ k?mClear"))
    expect(desk.in_map("path.region.line")).to_have_count(1)
    desk.in_map("a.leaflet-draw-draw-polygon").click()
    desk.click_corners((300, 300), (500, 500), (500, 300), (300, 500), (300, 300))
    expect(desk.in_map(".card")).to_contain_text("The polygon crosses itself near 40.")
    expect(desk.in_map("path.region.line")).to_have_count(1)


def test_one_click_makes_the_first_picture_and_cancel_ends_the_next_within_a_step(desk, gallery: Gallery):
    desk.choose("slow")
    desk.page.locator("#start-button").click()
    (picture,) = desk.pictures(1)
    assert str(picture.request.place) == "40.790000, -73.965000"
    desk.open_more()
    desk.set_number("steps", "100")
    desk.page.locator("#cancel").wait_for()
    desk.page.locator("#status .notice").filter(has_text="Step").wait_for()
    desk.page.keyboard.press("Escape")
    desk.said("Stopped; nothing was written.")
    expect(desk.page.locator("#make")).to_be_visible()
    assert len(gallery.list()) == 1
    assert gallery.list()[0].path.name in desk.page.locator(".frame img").get_attribute("src")


def test_leaving_the_page_ends_its_work(desk, address: str):
    desk.choose("slow")
    desk.open_more()
    desk.set_number("steps", "100")
    desk.page.locator("#start-button").click()
    desk.page.locator("#status .notice").filter(has_text="Step").wait_for()
    left, desk.page = desk.page, desk.page.context.new_page()
    left.close()
    desk.open(address)
    desk.page.locator("#start-button").click()
    (picture,) = desk.pictures(1)  # work that went on would have come first
    assert picture.request.model == "compass"


def test_photos_are_counted_and_shown(desk):
    desk.choose("tiny (untrained)")
    expect(desk.in_map("path.cell")).to_have_count(0)
    desk.page.get_by_role("tab", name="Photos").click()
    numbers = desk.page.locator("#photo-numbers")
    expect(numbers).to_contain_text("60 photos taken, 1 refused")
    desk.page.locator("#photos-on-map input").check()
    expect(desk.in_map("path.cell").first).to_be_attached()
    expect(desk.in_map(".card")).to_contain_text("midtown: 60 photos")
    assert int(np.sum([int(cell) for cell in numbers.locator("td + td").all_inner_texts()])) == 61


@pytest.mark.parametrize("desk", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_a_telephone_shows_everything_without_scrolling_sideways(desk):
    page = desk.page
    wide = "[document.documentElement.scrollWidth, document.body.scrollWidth]"
    assert page.evaluate(wide) == [390, 390]
    desk.map.click(position={"x": 200, "y": 200})
    desk.pictures(1)
    desk.open_more()
    for name in ("Photos", "History", "Explore"):
        page.get_by_role("tab", name=name).click()
        assert page.evaluate(wide) == [390, 390]


@pytest.mark.parametrize("desk", [{"color_scheme": "dark"}], indirect=True)
def test_the_dark_page_has_a_dark_map(desk):
    expect(desk.in_map("html.dark, :root.dark")).to_have_count(1)
    brightness = """getComputedStyle(document.querySelector(".gradio-container, .leaflet-container"))
        .backgroundColor.match(/[0-9]+/g).map(Number).reduce((a, b) => a + b)"""
    assert desk.page.evaluate(brightness) < 150
    assert desk.page.frames[1].evaluate(brightness) < 150
