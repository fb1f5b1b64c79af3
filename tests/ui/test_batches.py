"""A file of places in Chromium: a picture for each, what is wrong with one is said, and the rest can be stopped."""

import pytest
from playwright.sync_api import expect

from ui import text

pytestmark = pytest.mark.browser


def test_a_file_of_places_becomes_pictures(desk, tmp_path):
    desk.open_more()
    file = tmp_path / "places.csv"
    file.write_text(
        "lat,lon,name,prompt,hour\n40.75,-73.98,one,a park,\n40.76,-73.97,two,,77\n40.77,-73.96,,,8\n"
    )
    chooser = desk.page.get_by_test_id(f"{text.BATCH}-upload-button")
    chooser.set_input_files(file)
    desk.said("2 pictures made, 1 place left out")
    expect(desk.page.locator("#noted .notice")).to_contain_text('Place 2 "two" is left out: hour')
    last, first = desk.pictures(2)
    assert (first.request.prompt, last.request.prompt, last.request.hour) == ("a park", "", 8.0)
    expect(desk.in_map(".print")).to_have_count(2)
    other = tmp_path / "other.csv"
    other.write_text("no,columns\n1,2\n")
    chooser.set_input_files(other)
    desk.said("has no columns latitude and longitude")
    assert len(desk.gallery.list()) == 2
