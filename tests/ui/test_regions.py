"""The tab Regions in Chromium: a region by name or by hand becomes one picture, beside another one, and comes back."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from engine.geo.region import Box, Polygon
from engine.studio.average import DISAGREEMENT
from engine.studio.requests import AverageRequest
from ui import text

pytestmark = pytest.mark.browser


def open_regions(desk) -> None:
    desk.page.get_by_role("tab", name=text.REGIONS).click()
    desk.page.locator("#areas-make").wait_for()


def choose(desk, field: str, name: str) -> None:
    desk.page.locator(f"#{field} input").click()
    desk.page.get_by_role("option", name=name, exact=True).click()


def averages(desk, count: int) -> list:
    """The averages in the gallery, newest first, once the page is at rest."""
    desk.page.locator("#areas-make:visible").wait_for()
    expect(desk.page.locator("#averages figure img:visible").nth(count - 1)).to_be_visible()
    desk.page.locator("#areas-make:visible").wait_for()
    found = [each for each in desk.gallery.list() if isinstance(each.request, AverageRequest)]
    assert len(found) == count
    return found


def test_two_parts_of_the_city_become_two_averages_and_what_differs(desk):
    open_regions(desk)
    choose(desk, "region", "Central Park")
    expect(desk.in_map("path.region")).to_be_attached()
    choose(desk, "against", "SoHo")
    desk.page.locator("#areas-prompt input").fill("trees")
    expect(desk.page.locator("#samples input[type=number]")).to_have_value("64")
    desk.set_number("samples", "16")
    desk.page.locator("#areas-make").click()
    expect(desk.page.locator("#averages figure")).to_have_count(
        3, timeout=180_000
    )  # two averages on a slow machine
    expect(desk.page.locator("#averages figure b")).to_have_text(["Central Park", "SoHo", text.DIFFERENCE])
    second, first = averages(desk, 2)
    for artefact, name in ((first, "Central Park"), (second, "SoHo")):
        assert artefact.request.prompt == "trees"
        assert artefact.request.samples == 16
        assert isinstance(artefact.request.region, Polygon), name
    assert first.request.seed == second.request.seed
    captions = desk.page.locator("#averages figcaption span").all_text_contents()
    assert all(caption.startswith("16 places · mean known to") for caption in captions[:2])
    shares = [np.asarray(Image.open(each.path).convert("RGB"), float) for each in (first, second)]
    apart = 100 * np.abs(shares[0] - shares[1]).mean() / 255
    assert captions[2] == text.difference_words(apart / 100)
    heat = desk.page.locator("#averages .heat").first
    expect(heat).to_be_hidden()
    desk.page.locator("#overlay input").check()
    expect(heat).to_be_visible()
    assert first.files[DISAGREEMENT].name in heat.evaluate("each => getComputedStyle(each).maskImage")


def test_what_is_drawn_by_hand_is_what_is_averaged(desk):
    open_regions(desk)
    desk.in_map("a.leaflet-draw-draw-circle").click()
    desk.drag((0.5, 0.5), (0.55, 0.5))
    expect(desk.in_map("path.region")).to_be_attached()
    desk.set_number("samples", "8")
    desk.page.locator("#areas-make").click()
    (circle,) = averages(desk, 1)
    region = circle.request.region
    assert isinstance(region, Polygon)
    sides = region.bounds.width_m, region.bounds.height_m
    assert sides[0] == pytest.approx(sides[1], rel=0.02)
    assert region.area_m2 == pytest.approx(np.pi * (sides[0] / 2) ** 2, rel=0.02)
    assert len(circle.details["places"]) == circle.request.samples == 8


def test_without_a_region_or_with_a_line_one_sentence_says_what_to_do(desk):
    open_regions(desk)
    status = desk.page.locator("#areas-status .notice")
    desk.page.locator("#areas-make").click()
    expect(status).to_contain_text("No region is drawn; draw a box, a polygon or a circle on the map")
    desk.in_map("a.leaflet-draw-draw-rectangle").click()
    desk.drag((0.5, 0.5), (0.505, 0.505))
    desk.set_number("samples", "1024")
    desk.page.locator("#areas-make").click()
    expect(status).to_contain_text("holds no 1,024 places that differ")
    assert desk.gallery.list() == ()


def test_an_average_can_be_stopped(desk):
    desk.choose("slow")
    open_regions(desk)
    choose(desk, "region", "SoHo")
    choose(desk, "estimator", text.ESTIMATORS["exact"])
    desk.set_number("samples", "512")
    desk.page.locator("#areas-make").click()
    expect(desk.page.locator("#averages figcaption span").first).to_contain_text("of 512")
    desk.page.locator("#areas-cancel").click()
    expect(desk.page.locator("#areas-status .notice")).to_contain_text("Stopped")
    desk.page.locator("#areas-make:visible").wait_for()
    assert desk.gallery.list() == ()


def test_an_average_comes_back_from_its_pin_with_all_its_settings(desk):
    open_regions(desk)
    choose(desk, "region", "SoHo")
    desk.set_number("samples", "12")
    choose(desk, "spread", text.SPREADS["area"])
    desk.page.locator("#areas-make").click()
    averages(desk, 1)
    desk.page.get_by_role("tab", name=text.EXPLORE).click()
    desk.page.reload()
    desk.in_map(".print").click()
    expect(desk.page.locator("#averages figure b")).to_have_text(["SoHo"])
    expect(desk.page.locator("#samples input[type=number]")).to_have_value("12")
    assert isinstance(desk.gallery.list()[0].request.region, Polygon | Box)
