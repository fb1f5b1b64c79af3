"""The tab Attention in Chromium: maps of words and place, looked at by layer and step."""

import pytest
from playwright.sync_api import expect

from engine.studio.requests import AttentionRequest
from ui import text

pytestmark = pytest.mark.browser


def test_maps_are_made_and_looked_at_by_word_layer_and_step(desk):
    page = desk.page
    desk.type_place("40.758, -73.985")
    desk.pictures(1)
    page.get_by_role("tab", name=text.ATTENTION).click()
    page.locator("#attention-prompt input").fill("a street")
    page.locator("#attention-make").click()
    cells = page.locator("#attention-result button")
    expect(cells.first).to_be_visible()
    labels = [cell.get_attribute("title") for cell in cells.all()]
    assert labels[:3] == [text.PICTURE_ALONE, "a", "street"]
    assert {"latitude", "longitude"} <= set(labels)
    (made,) = [each for each in desk.gallery.list() if isinstance(each.request, AttentionRequest)]
    assert made.request.prompt == "a street"

    figure = page.locator("#attention-figure figure")
    title, image = figure.locator("b"), figure.locator("img")
    expect(title).to_have_text("a")
    seen = {image.get_attribute("src")}
    for act in (
        lambda: cells.nth(labels.index("latitude")).click(),
        lambda: desk.set_number("attention-step", "2"),
        lambda: desk.set_number("attention-strength", "0.2"),
    ):
        before = image.get_attribute("src")
        act()
        expect(image).not_to_have_attribute("src", before)
        seen.add(image.get_attribute("src"))
    assert len(seen) == 4
    expect(title).to_have_text("latitude")
    page.locator("#attention-layers input").click()
    before = image.get_attribute("src")
    page.get_by_role("option", name=made.details["groups"][0]).click()
    expect(image).not_to_have_attribute("src", before)
    with page.expect_download() as download:
        page.locator("#attention-result a").filter(has_text="SAFETENSORS").click()
    assert download.value.suggested_filename.endswith(".safetensors")
