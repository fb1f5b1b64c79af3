"""The tab Atlas in Chromium: a region becomes a mosaic that lies on the map, and a page of its own."""

import pytest
from playwright.sync_api import expect

from engine.studio.requests import AtlasRequest
from ui import text

pytestmark = pytest.mark.browser


def test_a_drawn_box_becomes_a_mosaic_on_the_map_and_files(desk):
    page = desk.page
    page.get_by_role("tab", name=text.ATLASES).click()
    status = page.locator("#atlases-status .notice")
    page.locator("#atlases-make").click()
    expect(status).to_contain_text("No region is drawn")
    desk.in_map("a.leaflet-draw-draw-rectangle").click()
    desk.drag((0.4, 0.4), (0.5, 0.5))
    expect(desk.in_map("path.region.box")).to_be_attached()
    desk.set_number("atlas-side", "2000")
    page.locator("#atlases-make").click()
    links = page.locator("#atlas-result a")
    expect(links).to_have_count(5)
    assert set(links.all_inner_texts()) == {
        text.download(ending) for ending in (".png", ".tif", ".kmz", ".geojson", ".html")
    }
    (atlas,) = desk.gallery.list()
    assert isinstance(atlas.request, AtlasRequest)
    count = len(atlas.details["places"])
    assert count > 1
    expect(status).to_contain_text(f"{count} pictures")
    mosaic = desk.in_map("img.mosaic")
    expect(mosaic).to_be_visible()
    box = desk.in_map("path.region.box")
    there, drawn = mosaic.bounding_box(), box.bounding_box()
    assert there["x"] <= drawn["x"] + 2  # the cells cover what was drawn
    assert there["x"] + there["width"] >= drawn["x"] + drawn["width"] - 2
    with page.expect_download() as download:
        links.filter(has_text="HTML").click()
    assert download.value.suggested_filename.endswith(".html")

    page.locator("#atlas-on-map input").uncheck()
    expect(mosaic).to_have_count(0)
    page.locator("#atlas-on-map input").check()
    expect(mosaic).to_be_visible()
    desk.in_map(
        ".card p",
    ).filter(has_text="atlas").locator(".clear").click()
    expect(mosaic).to_have_count(0)
    expect(page.locator("#atlas-on-map input")).not_to_be_checked()

    page.reload()
    desk.in_map(".print").last.wait_for()
    page.get_by_role("tab", name=text.HISTORY).click()
    page.locator("#history-sheet .sheet button").first.click()
    expect(mosaic).to_be_visible()
    expect(links).to_have_count(5)
