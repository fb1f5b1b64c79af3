"""What was made comes back with all its settings: by its pin, from the history, and as a file from elsewhere."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from engine.studio.gallery import Gallery

pytestmark = pytest.mark.browser


def test_a_pin_recalls_the_picture_with_all_its_settings(desk, gallery: Gallery):
    page = desk.page
    page.locator("#prompt input").fill("first")
    desk.open_more()
    page.locator("#negative-prompt input").fill("cars")
    page.locator("#seed input").fill("7")
    desk.set_number("steps", "8")
    desk.set_number("gps-guidance-scale", "4")
    page.locator("#dial-hour").press("ArrowRight")
    desk.type_place("40.80, -73.96")
    (first,) = desk.pictures(1)
    assert (first.request.hour, first.request.seed, first.request.num_inference_steps) == (13, 7, 8)
    page.locator("#prompt input").fill("second")
    desk.dial("hour").locator("button").click()
    page.locator("#seed input").fill("8")
    desk.type_place("40.74, -73.99")
    page.locator("#status .notice").filter(has_text="40.740000").wait_for()
    edge = {"x": 30, "y": 6}  # another picture of the same place lies before it
    desk.in_map(f".print[aria-label='first at {first.request.place}']").click(position=edge)
    desk.said(f"{first.request.place} · seed 7")
    assert page.locator("#prompt input").input_value() == "first"
    assert page.locator("#negative-prompt input").input_value() == "cars"
    assert page.locator("#seed input").input_value() == "7"
    assert page.locator("#gps-guidance-scale input[type=number]").input_value() == "4"
    assert page.locator("#place input").input_value() == str(first.request.place)
    expect(desk.dial("hour").locator("button")).to_have_text("noon, 13:00")
    written_ns = first.path.stat().st_mtime_ns
    page.locator("#prompt input").fill("second")
    page.locator("#seed input").fill("9")
    page.locator("#make").click()
    desk.said("seed 9")
    made = len(gallery.list())
    page.locator("#prompt input").fill("first")
    page.locator("#seed input").fill("7")
    page.locator("#make").click()
    desk.said(f"{first.request.place} · seed 7")
    desk.pictures(made)
    assert first.path.stat().st_mtime_ns == written_ns  # the gallery has it already


def test_history_recalls_by_click_and_by_file(desk, gallery: Gallery, tmp_path: Path):
    desk.page.locator("#prompt input").fill("kept")
    desk.type_place("40.76, -73.98")
    (picture,) = desk.pictures(1)
    desk.page.locator("#prompt input").fill("changed")
    desk.page.get_by_role("tab", name="History").click()
    desk.page.locator(".sheet button").click()
    desk.said(str(picture.request.place))
    assert desk.page.locator("#prompt input").input_value() == "kept"

    brought = tmp_path / "brought.png"
    brought.write_bytes(picture.path.read_bytes())
    gallery.delete(picture.id)
    desk.page.locator("#prompt input").fill("changed again")
    desk.page.get_by_role("tab", name="History").click()
    desk.page.locator("#history-words .notice").filter(has_text="No picture has been made yet").wait_for()
    desk.page.locator("#history-head input[type=file]").set_input_files(brought)
    expect(desk.page.locator("#prompt input")).to_have_value("kept")

    plain, bomb = tmp_path / "plain.png", tmp_path / "bomb.png"
    Image.new("RGB", (8, 8)).save(plain)
    Image.new("1", (12_000, 12_000)).save(bomb)
    too_large = "bomb.png cannot be used: too large (12000 x 12000 pixels"
    for path, words in ((plain, "plain.png does not say how it was made"), (bomb, too_large)):
        desk.page.get_by_role("tab", name="History").click()
        desk.page.locator("#history-head input[type=file]").set_input_files(path)
        desk.page.locator("#history-words .wrong").filter(has_text=words).wait_for()


def test_a_file_dropped_on_the_picture_is_recalled_with_its_settings(desk, gallery: Gallery, tmp_path: Path):
    desk.page.locator("#prompt input").fill("kept")
    desk.set_number("guidance-scale", "9")
    desk.type_place("40.76, -73.98")
    (picture,) = desk.pictures(1)
    brought, plain = tmp_path / "brought.png", tmp_path / "plain.png"
    brought.write_bytes(picture.path.read_bytes())
    Image.new("RGB", (8, 8)).save(plain)
    gallery.delete(picture.id)
    desk.page.locator("#prompt input").fill("changed")
    desk.set_number("guidance-scale", "3")
    desk.pictures(1)
    desk.drop(plain, "#picture")
    desk.said("plain.png does not say how it was made; choose a picture made by this program.")
    assert desk.page.locator("#prompt input").input_value() == "changed"
    desk.drop(brought, "#picture")
    expect(desk.page.locator("#prompt input")).to_have_value("kept")
    expect(desk.page.locator("#guidance-scale input[type=number]")).to_have_value("9")
    expect(desk.page.locator("#place input")).to_have_value(str(picture.request.place))
    expect(desk.page.locator(".frame img")).to_have_attribute("src", re.compile("brought.png"))
    expect(desk.page.locator(".frame.over")).to_have_count(0)
