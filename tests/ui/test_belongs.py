"""The tab Belongs in Chromium: a picture is sought in the city, and the heat lies on the map."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from engine.studio.requests import BelongRequest
from ui import text

pytestmark = pytest.mark.browser


def test_the_picture_on_explore_and_a_file_are_sought(desk, tmp_path):
    page = desk.page
    page.get_by_role("tab", name=text.BELONGS).click()
    status = page.locator("#belongs-status .notice")
    page.locator("#belongs-make").click()
    expect(status).to_contain_text("There is no picture yet")
    page.get_by_role("tab", name=text.EXPLORE).click()
    desk.type_place("40.758, -73.985")
    desk.pictures(1)
    page.get_by_role("tab", name=text.BELONGS).click()
    desk.set_number("belongs-cells", "16")
    page.locator("#belongs-make").click()
    expect(status).to_contain_text("from where it was asked for")
    expect(desk.in_map("img.mosaic")).to_be_visible()
    expect(page.locator("#belongs-result img")).to_be_visible()
    (found,) = [each for each in desk.gallery.list() if isinstance(each.request, BelongRequest)]
    assert found.details["landed_m"] >= 0

    tiny = tmp_path / "dot.png"
    Image.new("RGB", (1, 1)).save(tiny)
    page.locator("#belongs-file input[type=file]").set_input_files(tiny)
    expect(page.locator("#belongs-file")).to_contain_text("dot.png")
    page.locator("#belongs-make").click()
    expect(status).to_contain_text("at least 32 x 32")
