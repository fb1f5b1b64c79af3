"""The tab Grids in Chromium: two settings become a sheet, and a picture of it is taken up by a click."""

import pytest
from playwright.sync_api import expect

from engine.studio.requests import GridRequest, ImageRequest
from ui import text

pytestmark = pytest.mark.browser


def test_a_grid_is_made_and_one_of_its_pictures_taken_up(desk):
    page = desk.page
    desk.type_place("40.758, -73.985")
    desk.pictures(1)
    page.get_by_role("tab", name=text.GRIDS).click()
    page.locator("#grids-prompt input").fill("a street")
    page.locator("#grid-rows input").click()
    page.get_by_role("option", name="Seed").click()
    expect(page.locator("#grid-rows-values input")).to_have_value(text.GRID_VALUES["seed"])
    page.locator("#grid-rows-values input").fill("4, five")
    page.locator("#grid-columns-values input").fill("0, 3")
    page.locator("#grids-make").click()
    status = page.locator("#grids-status .notice")
    expect(status).to_contain_text('the value "five" of seed, which is no number')
    page.locator("#grid-rows-values input").fill("4, 5")
    page.locator("#grids-make").click()
    cells = page.locator("#grid-result button")
    expect(cells).to_have_count(4)
    expect(status).to_contain_text("4 pictures")
    expect(cells.nth(3)).to_have_attribute("title", "5, 3")
    (grid,) = [each for each in desk.gallery.list() if isinstance(each.request, GridRequest)]
    assert (grid.request.prompt, grid.request.rows.values) == ("a street", (4, 5))

    cells.nth(3).click()
    desk.said("seed 5")
    expect(page.locator("#prompt input")).to_have_value("a street")
    expect(page.locator("#gps-guidance-scale input[type=number]")).to_have_value("3")
    newest = desk.gallery.list()[0]
    assert isinstance(newest.request, ImageRequest)
    assert (newest.request.seed, newest.request.gps_guidance_scale) == (5, 3.0)

    page.get_by_role("tab", name=text.HISTORY).click()
    page.locator("#history-sheet .sheet button").filter(has_text="grid").first.click()
    expect(cells).to_have_count(4)
    expect(page.locator("#grid-rows-values input")).to_have_value("4, 5")
