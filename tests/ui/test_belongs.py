"""The tab Belongs in Chromium: a picture is sought in the city, and the heat lies on the map."""

import shutil

import pytest
from PIL import Image
from playwright.sync_api import expect

from engine.geo.region import Box
from engine.studio.requests import BelongRequest
from ui import text

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)

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


def test_a_judge_is_asked_where_there_is_one(desk, home, lay_judge, tmp_path):
    page = desk.page
    by, cells = page.locator("#belongs-by"), page.locator("#belongs-cells")
    page.get_by_role("tab", name=text.BELONGS).click()
    expect(cells).to_be_visible()
    expect(by).to_be_hidden()
    judge = lay_judge(home / "checkpoints" / "compass", BOX)
    try:
        page.get_by_role("tab", name=text.EXPLORE).click()
        page.get_by_role("tab", name=text.BELONGS).click()
        by.get_by_text(text.BELONG_BYS["judge"]).click()
        expect(cells).to_be_hidden()
        picture = tmp_path / "park.png"
        Image.new("RGB", (64, 48), "green").save(picture)
        page.locator("#belongs-file input[type=file]").set_input_files(picture)
        expect(page.locator("#belongs-file")).to_contain_text("park.png")
        page.locator("#belongs-make").click()
        expect(page.locator("#belongs-status .notice")).to_contain_text("Best by the judge at")
        expect(desk.in_map("img.mosaic")).to_be_visible()
        (found,) = [each for each in desk.gallery.list() if isinstance(each.request, BelongRequest)]
        assert found.request.by == "judge"
    finally:
        shutil.rmtree(judge)
    desk.choose("slow")
    expect(by).to_be_hidden()
    expect(cells).to_be_visible()
