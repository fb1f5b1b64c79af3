"""The tab Landmarks in Chromium: a landmark grows, is turned by hand and from the ring, and comes back."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.run import distil
from engine.studio.reconstruction import METERS
from engine.studio.requests import ReconstructRequest
from engine.studio.studio import Studio
from ui import text

pytestmark = pytest.mark.browser


@pytest.fixture
def grown(landmark: Path) -> None:
    """The field that the page's draft asks for, grown within seconds and by fewer steps than a draft has."""
    studio = Studio(landmark)
    request = ReconstructRequest("cathedral").validate()
    config = DistilConfig(
        max_train_steps=4,
        field="voxels",
        field_cells=20,
        render_px=16,
        num_samples=16,
        guidance_weight=1.0,
        preview_px=16,
    )
    room = studio.room(request)
    distil(studio.shelf.load(request.model), "a cathedral", config, room)
    (room / METERS).write_text("{}", encoding="utf-8")


def azimuth(desk) -> float:
    return float(desk.page.locator("model-viewer").get_attribute("data-azimuth"))


def turned_to(desk, degrees: float) -> bool:
    """Whether the viewer comes to within two degrees of an azimuth."""
    for _ in range(200):
        if abs((azimuth(desk) - degrees + 180) % 360 - 180) <= 2:
            return True
        desk.page.wait_for_timeout(50)
    return False


def test_a_landmark_grows_and_is_turned_by_hand_and_from_the_ring(ring_desk, grown):
    page = ring_desk.page
    page.get_by_role("tab", name=text.LANDMARKS).click()
    expect(page.locator("#landmark-which input")).to_have_value("Cathedral")
    page.locator("#landmark-threshold input").fill("much")
    page.locator("#landmark-make").click()
    expect(page.locator("#landmark-status")).to_contain_text("'much' is no density; give a number")
    page.locator("#landmark-threshold input").fill("")
    ring_desk.set_number("landmark-faces", "1000")
    page.locator("#landmark-make").click()
    # Baking the texture takes most of a minute.
    expect(page.locator("#landmark-status")).to_contain_text("triangles", timeout=240_000)
    expect(page.locator("#landmark-status")).to_contain_text("scale")
    (landmark,) = [each for each in ring_desk.gallery.list() if isinstance(each.request, ReconstructRequest)]
    viewer = page.locator("model-viewer")
    assert landmark.files[".glb"].name in viewer.get_attribute("src")
    page.wait_for_function("document.querySelector('model-viewer').loaded")
    assert turned_to(ring_desk, landmark.details["azimuth_deg"])

    # The ring turns it, and no picture is made.
    ring_desk.in_map("path.side-hit").nth(9).click()
    assert turned_to(ring_desk, 90)
    assert page.get_by_role("tab", name=text.LANDMARKS).get_attribute("aria-selected") == "true"

    # The hand turns it, and the camera on the map goes round.
    viewer.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box, before = viewer.bounding_box(), ring_desk.in_map(".walker").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 270, box["y"] + 100, steps=6)
    page.mouse.up()
    page.wait_for_function(
        "Math.abs(Number(document.querySelector('model-viewer').dataset.azimuth) - 90) > 15"
    )
    after = ring_desk.in_map(".walker").bounding_box()
    assert abs(after["x"] - before["x"]) + abs(after["y"] - before["y"]) > 10
    assert len(ring_desk.gallery.list()) == 1


def test_without_a_model_of_a_landmark_it_says_what_to_do(desk):
    page = desk.page
    page.get_by_role("tab", name=text.LANDMARKS).click()
    expect(page.locator("#landmark-status")).to_contain_text("No model here knows the sides of a landmark")
    page.locator("#landmark-make").click()
    expect(page.locator("#landmark-status")).to_contain_text("This model knows a city and not the sides")
    assert not desk.gallery.list()
