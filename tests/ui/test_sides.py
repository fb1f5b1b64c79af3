"""The ring of a landmark in Chromium: photos by side on the map, a picture from any of them, and a film around."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from engine.studio.requests import WalkRequest
from ui import text

pytestmark = pytest.mark.browser


def test_bars_gaps_dial_and_map_choose_the_side(ring_desk):
    expect(ring_desk.in_map("path.side")).to_have_count(27)
    expect(ring_desk.in_map("path.side-gap")).to_have_count(9)
    expect(ring_desk.in_map(".card")).to_contain_text("Cathedral: 378 photos from 27 sides of 36")
    ring_desk.in_map("path.side-hit").nth(9).click()  # the east
    (picture,) = ring_desk.pictures(1)
    assert (picture.request.azimuth, picture.request.distance) == (90, None)
    ring_desk.said("From E 90°")
    said = ring_desk.dial("azimuth").locator("button")
    expect(said).to_have_text("E 90°")
    expect(ring_desk.in_map(".walker i")).to_have_attribute("style", re.compile(r"rotate\(270deg\)"))
    expect(ring_desk.page.locator("#noted")).to_be_empty()

    ring_desk.in_map("path.side-hit").nth(31).hover()
    expect(ring_desk.in_map(".note").filter(has_text="310°")).to_have_text("310°: no photos")
    ring_desk.in_map("path.side-hit").nth(31).click()
    ring_desk.pictures(2)
    expect(ring_desk.page.locator("#noted")).to_contain_text("no photo from this side")

    ring_desk.page.locator("#dial-azimuth").press("ArrowRight")
    assert ring_desk.pictures(3)[0].request.azimuth == 311
    expect(ring_desk.in_map(".walker i")).to_have_attribute("style", re.compile(r"rotate\(491deg\)"))

    # A click beside the ring is where the camera stands: the centre is in the middle of the map.
    size = ring_desk.map.bounding_box()
    ring_desk.map.click(position={"x": size["width"] / 2, "y": size["height"] - 120})
    picture = ring_desk.pictures(4)[0]
    assert abs(picture.request.azimuth - 180) <= 1
    assert picture.request.place is None
    expect(said).to_have_text(re.compile("S 1[78][0-9]°"))
    assert picture.request.distance > 60
    expect(ring_desk.dial("distance").locator("button")).to_have_text(f"{picture.request.distance:g} m")
    ring_desk.said(f"{picture.request.distance:g} m away")
    ring_desk.page.locator("#dial-distance").press("ArrowLeft")
    nearer = ring_desk.pictures(5)[0].request
    assert nearer == replace(picture.request, distance=picture.request.distance - 1)


def test_a_film_goes_around_it(ring_desk):
    ring_desk.page.get_by_role("tab", name=text.FILMS).click()
    ring_desk.page.locator("#film-kind input").click()
    ring_desk.page.get_by_role("option", name=text.FILM_KINDS["orbit"]).click()
    ring_desk.set_number("film-frames", "8")
    ring_desk.page.locator("#films-make").click()
    ring_desk.page.locator("#film-player video").wait_for()
    ring_desk.page.locator("#films-make:visible").wait_for()
    (film,) = ring_desk.gallery.list()
    assert isinstance(film.request, WalkRequest)
    assert film.details["azimuths"] == [45.0 * number for number in range(8)]


def test_a_picture_comes_back_with_its_side(ring_desk, landmark_address: str):
    ring_desk.in_map("path.side-hit").nth(18).click()
    (picture,) = ring_desk.pictures(1)
    ring_desk.dial("azimuth").locator("button").click()
    assert ring_desk.pictures(2)[0].request == replace(picture.request, azimuth=None)
    expect(ring_desk.in_map(".walker")).to_have_count(0)
    ring_desk.page.locator("#undo").click()
    ring_desk.said("From S 180°")
    expect(ring_desk.in_map(".walker")).to_have_count(1)
    other = ring_desk.another(f"{landmark_address}?azimuth=270")
    other.said("From W 270°")


def test_a_place_that_a_landmark_does_not_know_leaves_its_field(ring_desk):
    field = ring_desk.page.locator("#place input")
    ring_desk.choose("tiny")
    expect(ring_desk.in_map("path.side")).to_have_count(0)
    ring_desk.map.click(position={"x": 300, "y": 300})
    ring_desk.pictures(1)
    expect(field).not_to_have_value("")
    ring_desk.choose("cathedral")
    expect(field).to_have_value("")
    expect(ring_desk.in_map("path.side")).to_have_count(27)


def test_a_late_answer_brings_no_older_map_back(ring_desk):
    frame = next(each for each in ring_desk.page.frames if each.parent_frame)
    state = {"seq": 0, "layers": {}, "legend": [], "view": None}
    frame.evaluate("state => placeMap.apply(JSON.stringify(state))", state)
    expect(ring_desk.in_map("path.side")).to_have_count(27)
    frame.evaluate("state => placeMap.apply(JSON.stringify(state))", state | {"seq": 1e15})
    expect(ring_desk.in_map("path.side")).to_have_count(0)
