"""The page of the demo in Chromium: a first picture, examples, dials, the cone on the map, and notices."""

import re

import pytest
from playwright.sync_api import expect

from engine.geo.place import Place
from ui.examples import all_examples

pytestmark = pytest.mark.browser


def test_the_page_opens_with_a_picture_of_the_first_example(city_desk, city_address: str):
    (picture,) = city_desk.pictures(1)
    first = all_examples()[0]
    assert (picture.request.place, picture.request.prompt) == (first.place, first.prompt)
    assert picture.request.num_inference_steps == 4
    expect(city_desk.page.locator("#prompt input")).to_have_value(first.prompt)
    expect(city_desk.page.locator("#noted .notice")).to_have_count(0)
    expect(city_desk.page.locator("#start-words")).to_have_count(0)
    made_ns = picture.path.stat().st_mtime_ns
    city_desk.open(city_address)
    city_desk.said(str(first.place))
    assert city_desk.pictures(1)[0].path.stat().st_mtime_ns == made_ns  # out of the gallery, not made again


def test_an_example_sets_everything_and_makes_its_picture(city_desk):
    city_desk.pictures(1)
    example = all_examples()[1]
    expect(city_desk.page.locator(".examples button")).to_have_count(10)
    city_desk.page.get_by_role("button", name=example.title).click()
    picture = city_desk.pictures(2)[0]
    request = picture.request
    assert (request.place, request.prompt) == (example.place, example.prompt)
    assert (request.heading, request.hour, request.month) == (None, 15, 10)
    expect(city_desk.page.locator("#place input")).to_have_value(str(example.place))
    expect(city_desk.dial("hour").locator("button")).to_have_text("afternoon, 15:00")
    expect(city_desk.dial("month").locator("button")).to_have_text("October")
    expect(city_desk.dial("heading").locator("button")).to_have_text("any")
    expect(city_desk.in_map(".print.selected")).to_have_count(1)


def test_a_dial_makes_the_picture_again_and_any_leaves_it_open(city_desk):
    city_desk.pictures(1)
    hour = city_desk.page.locator("#dial-hour")
    expect(city_desk.dial("hour").locator("button")).to_have_text("night, 21:00")
    box = hour.bounding_box()
    city_desk.page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    city_desk.page.mouse.down()
    city_desk.page.mouse.move(box["x"] + box["width"] * 0.28, box["y"] + box["height"] / 2, steps=5)
    expect(city_desk.dial("hour").locator("button")).to_have_text("dawn, 6:00")  # words follow the hand
    city_desk.page.mouse.up()
    assert city_desk.pictures(2)[0].request.hour == 6
    city_desk.dial("hour").locator("button").click()
    assert city_desk.pictures(3)[0].request.hour is None
    expect(city_desk.dial("hour").locator("button")).to_have_text("any")
    city_desk.page.locator("#dial-month").press("ArrowRight")
    assert city_desk.pictures(4)[0].request.month == 7
    expect(city_desk.dial("month").locator("button")).to_have_text("July")


def test_the_cone_and_the_dial_turn_each_other_and_lead_back_to_any_direction(city_desk):
    city_desk.pictures(1)
    said = city_desk.dial("heading").locator("button")
    expect(said).to_have_text("NE 29°")
    place = city_desk.in_map(".cone-mark").bounding_box()
    knob = city_desk.in_map(".knob").bounding_box()
    city_desk.page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2)
    city_desk.page.mouse.down()
    city_desk.page.mouse.move(place["x"], place["y"] + 90, steps=4)
    expect(said).to_have_text(re.compile(r"S 1(79|80|81)°"))  # before the hand lets go
    city_desk.page.mouse.up()
    turned = city_desk.pictures(2)[0].request.heading
    assert 179 <= turned <= 181
    city_desk.in_map(".knob").press("ArrowRight")
    assert city_desk.pictures(3)[0].request.heading == turned + 10
    city_desk.page.locator("#dial-heading").press("ArrowRight")
    assert city_desk.pictures(4)[0].request.heading == turned + 11
    cone = city_desk.in_map(".cone")
    expect(cone).to_have_attribute("style", re.compile(rf"rotate\({turned + 11:g}deg\)"))
    city_desk.in_map(".open-heading").click()
    assert city_desk.pictures(5)[0].request.heading is None
    expect(said).to_have_text("any")
    expect(city_desk.in_map(".heading.open")).to_have_count(1)


def test_a_click_with_untouched_dials_asks_for_the_place_alone(city_desk):
    city_desk.pictures(1)
    for count, name in enumerate(("heading", "hour"), start=2):
        city_desk.dial(name).locator("button").click()
        city_desk.pictures(count)  # of two turns in a row the first would be dropped
    city_desk.page.locator("#prompt input").fill("")
    city_desk.map.click(position={"x": 300, "y": 300})
    request = city_desk.pictures(4)[0].request
    assert (request.prompt, request.heading, request.hour, request.month) == ("", None, None, None)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("40.7640, -74.0050", "This place is in the Hudson River: the nearest training photo is"),
        ("40.9200, -73.9500", "This place is 4.4 km outside of what the model knows"),
        ("40.8600, -73.9300", "The model has seen nothing near this place"),
    ],
)
def test_a_strange_place_comes_with_a_notice_and_a_picture(city_desk, place: str, words: str):
    city_desk.pictures(1)
    city_desk.type_place(place)
    noted = city_desk.page.locator("#noted .notice")
    expect(noted).to_contain_text(words)
    expect(noted).to_contain_text("within 200 m")
    assert city_desk.pictures(2)[0].request.place == Place.parse(place)
    expect(noted).to_contain_text(words)
    expect(city_desk.page.locator(".notice.wrong")).to_have_count(0)


def test_unknown_words_are_said_and_come_back_with_the_picture(city_desk):
    city_desk.pictures(1)
    city_desk.page.locator("#prompt input").fill("a <zebra> in the rain")
    city_desk.page.locator("#make").click()
    noted = city_desk.page.locator("#noted .notice")
    expect(noted).to_contain_text("The model never learned the word “zebra”; it knows yellow, taxi, times")
    city_desk.pictures(2)
    city_desk.page.get_by_role("button", name=all_examples()[2].title).click()
    city_desk.pictures(3)
    expect(noted).to_have_count(0)
    city_desk.page.get_by_role("tab", name="History").click()
    city_desk.page.locator(".sheet button").filter(has_text="zebra").click()
    expect(noted).to_contain_text("never learned the word “zebra”")


def test_the_place_field_offers_the_names_of_the_city(city_desk):
    city_desk.pictures(1)
    field = city_desk.page.locator("#place input")
    options = city_desk.page.locator("#place-names option")
    expect(options.first).to_be_attached()
    names = options.evaluate_all("all => all.map((each) => each.value)")
    assert {"Times Square", "Harlem", "Central Park"} <= set(names)
    assert field.evaluate("field => field.list.options.length") == len(names)
