"""Evidence on the page: opened, it tells of photos near and like, and a slider compares them with the picture."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.tiny import build_tiny
from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture
from engine.studio.evidence import Evidence, LikestPhoto, NearPhoto
from engine.studio.gallery import Gallery
from engine.studio.made import Made
from engine.studio.requests import ImageRequest
from engine.studio.studio import Studio
from ui import text
from ui.desk import Desk
from ui.explore import Explore
from ui.front import Front
from ui.map import build_map
from ui.session import Session

SPOT = Place(40.80, -73.95)
AWAY = Place(40.85, -73.93)
WAYS = ((0, 20), (45, 90), (90, 150), (180, 300), (225, 500), (270, 700), (315, 950))
NAME = "uptown"


def photograph(home: Path) -> None:
    """A collection of photos WAYS around SPOT, and a model that learned from all of them but the third."""
    photos = home / f"{NAME}-photos"
    photos.mkdir(parents=True)
    for number, way in enumerate(WAYS):
        coarse = np.random.default_rng(number).integers(0, 255, (12, 16, 3), np.uint8)
        picture = Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)
        taken_at = datetime(2023, 7, 4, 14, 5)
        write_picture(
            photos / f"{number}.jpg",
            picture,
            place=destination(SPOT, *way),
            taken_at=taken_at,
            heading_deg=90,
        )
    ingest([photos], home / "collections" / NAME, workers=1)
    collection = Collection.open(home / "collections" / NAME)
    known = np.array([Path(path).name != "2.jpg" for path in collection.photos["path"].to_pylist()])
    card = PlaceCard(
        name="Uptown",
        box=Box(40.70, -74.03, 40.88, -73.90),
        base_model="tiny",
        resolution_px=64,
        training={"collection": str(collection.path)},
        words=("a", "street"),
    )
    pipe = build_tiny(card)
    columns = (collection.photos[name].to_numpy()[known] for name in ("latitude", "longitude"))
    pipe.photo_places = PhotoPlaces(*columns)
    save_pipeline(pipe, home / "checkpoints" / NAME)


@pytest.fixture(scope="module")
def photographed(home: Path) -> Iterator[None]:
    """The home of the served page with a photographed model more; the other tests find it as it was."""
    photograph(home)
    yield
    for folder in (home / f"{NAME}-photos", home / "collections" / NAME, home / "checkpoints" / NAME):
        shutil.rmtree(folder)


def opened(desk) -> Locator:
    """The evidence, opened, of the picture of SPOT."""
    desk.choose(NAME)
    desk.type_place(str(SPOT))
    desk.pictures(1)
    evidence = desk.page.locator(".evidence")
    expect(evidence.locator(".told")).to_be_empty()  # nothing was looked up while it was closed
    evidence.locator("summary").click()
    expect(evidence.locator(".compare")).to_be_visible()
    return evidence


@pytest.mark.browser
def test_photos_are_looked_up_when_it_is_opened_and_again_for_a_new_picture(photographed: None, desk):
    evidence = opened(desk)
    expect(evidence).to_contain_text(text.EVIDENCE_SPOT)
    expect(evidence.locator(".figures-of li")).to_have_text(
        ["1within 50 m", "2within 200 m", "6within 1,000 m"]
    )
    photos = evidence.locator("li button")
    expect(photos).to_have_count(7)  # the six nearest and the likest
    expect(photos.nth(0)).to_contain_text("20 m north")
    expect(photos.nth(0)).to_contain_text("4 July 2023, 14:05")
    expect(photos.nth(1)).to_contain_text("90 m north-east")
    expect(photos.nth(2)).to_contain_text(text.UNLEARNED)
    expect(evidence).to_contain_text("Of 6 training photos; colours differ by ")
    for image in evidence.locator("img").all():
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    desk.type_place(str(AWAY))
    desk.pictures(2)
    expect(evidence).to_contain_text(text.EVIDENCE_GUESS)
    expect(photos.nth(0)).to_contain_text("m south")
    desk.choose("compass")
    expect(evidence).to_be_hidden()
    desk.type_place(str(SPOT))
    desk.pictures(3)
    expect(evidence).to_contain_text(text.EVIDENCE_POSITIONS)
    expect(evidence.locator("li button")).to_have_count(0)


@pytest.mark.browser
def test_a_chosen_photo_is_compared_by_keys(photographed: None, desk):
    evidence = opened(desk)
    compare, photos = evidence.locator(".compare"), evidence.locator("li button")
    below, made = compare.locator("img").nth(0), compare.locator("img.made")
    expect(photos.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(below).to_have_attribute("alt", "Photo 20 m north")
    photos.nth(1).press("Enter")
    expect(photos.nth(0)).to_have_attribute("aria-pressed", "false")
    expect(below).to_have_attribute("alt", "Photo 90 m north-east")
    slider = desk.page.get_by_role("slider", name=text.EVIDENCE_WORDS["slide"])
    expect(slider).to_have_attribute("aria-valuetext", "50 % generated")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "51 % generated")
    slider.press("Home")
    width = compare.evaluate("box => box.clientWidth")
    assert made.evaluate("image => getComputedStyle(image).clipPath").startswith("inset(0px 100%")
    slider.press("End")
    expect(slider).to_have_value("100")
    box = slider.bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert abs(int(slider.input_value()) - 25) <= 1
    edge = compare.locator("i").evaluate("line => line.offsetLeft")
    assert abs(edge - width / 4) < 0.02 * width  # the edge is under the hand


@pytest.mark.browser
@pytest.mark.parametrize(
    "desk",
    [
        {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
        {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"},
    ],
    indirect=True,
)
def test_a_telephone_shows_it_and_nothing_sideways(photographed: None, desk):
    evidence = opened(desk)
    assert desk.page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]") == [
        390,
        390,
    ]
    slider = evidence.locator(".compare input")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    desk.page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    expect(slider).to_have_value("80")
    ink = evidence.locator(".figures-of strong").first.evaluate(
        "each => getComputedStyle(each).color.match(/[0-9]+/g).map(Number).reduce((a, b) => a + b)"
    )
    assert (ink > 500) == desk.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


@pytest.mark.browser
def test_a_model_without_its_photos_tells_distances_alone(city_desk):
    city_desk.pictures(1)
    evidence = city_desk.page.locator(".evidence")
    evidence.locator("summary").press("Enter")
    expect(evidence).to_contain_text(text.EVIDENCE_ABSENT)
    expect(evidence.locator("ul:not(.figures-of) li")).to_have_count(6)
    expect(evidence.locator("img, input")).to_have_count(0)


@pytest.fixture(scope="module")
def explore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explore]:
    """The Explore tab of a home with the photographed model."""
    home = tmp_path_factory.mktemp("uptown")
    photograph(home)
    studio = Studio(home)

    async def build() -> Explore:
        with gr.Blocks(analytics_enabled=False), gr.Tabs() as tabs, gr.Tab("Explore"):
            session = gr.State()
            return Explore(
                Desk(studio),
                session,
                build_map(None, "base"),
                gr.Textbox(),
                gr.Dropdown(),
                Front(tabs, session),
            )

    with ThreadPoolExecutor(1) as thread:  # outside a running loop, Gradio begins loops and leaves them open
        yield thread.submit(asyncio.run, build()).result()
    studio.close()


def test_what_is_told_of_a_picture_follows_it(explore: Explore):
    easel, session = explore.easel, Session()
    panel, tell = easel.evidence.panel, easel.evidence._tell
    explore.arrive(session)
    assert json.loads(easel.empty(session)[panel]) == {}
    assert "picture" not in json.dumps(tell(session))  # there is none to tell of
    gallery: Gallery = easel.desk.studio.gallery
    request = ImageRequest(model=NAME, place=SPOT)
    made = gallery.add(Made(Image.new("RGB", (64, 48), "teal")), request, {"name": NAME, "manifest": None})
    awaited = json.loads(easel.finished(session, made)[panel])
    assert set(awaited) == {"picture", "alt", "ratio"}
    assert json.loads(easel.begun(())[panel]) == {"waiting": True}
    told = json.loads(tell(session))
    assert told["picture"] == awaited["picture"]
    assert told["told"]["said"] == [text.EVIDENCE_OTHER, text.EVIDENCE_SPOT]
    assert told["told"]["figures"] == [["1", "within 50 m"], ["2", "within 200 m"], ["6", "within 1,000 m"]]
    first = told["told"]["photos"][0]
    assert (first["way"], first["words"], first["alt"]) == (
        "20 m north",
        ["4 July 2023, 14:05"],
        "Photo 20 m north",
    )
    assert str(easel.desk.cache) in first["src"]  # no folder of photos is served
    with Image.open(first["src"].removeprefix("gradio_api/file=")) as shown:
        assert (shown.size, dict(shown.getexif())) == ((320, 240), {})


def test_a_picture_that_cannot_be_judged_says_why(explore: Explore):
    easel, session = explore.easel, Session()
    gallery: Gallery = easel.desk.studio.gallery
    lost = gallery.add(Made(Image.new("RGB", (64, 48))), ImageRequest("gone", SPOT), {"name": "gone"})
    easel.finished(session, lost)
    assert json.loads(easel.evidence._tell(session))["wrong"].startswith("There is no model 'gone'")
    gallery.delete(lost.id)
    assert "wrong" in json.loads(easel.evidence._tell(session))


NOWHERE = Evidence(None, (), None, False)
NEAR = NearPhoto(120.4, 44.0, True, Path("a.jpg"), None, "Jane Doe", date(2023, 7, 4))


def test_ways_and_moments_are_said_in_words():
    assert text.photo_way(NEAR) == "120 m north-east"
    assert text.photo_words(replace(NEAR, learned=False)) == ["4 July 2023", "Jane Doe", text.UNLEARNED]
    assert text.photo_way(replace(NEAR, distance_m=0.2)) == "here"
    assert text.photo_way(replace(NEAR, distance_m=None, bearing_deg=None)) == ""
    assert text.photo_words(replace(NEAR, taken_at=datetime(2023, 1, 31, 9, 5), credit=None)) == [
        "31 January 2023, 09:05"
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 5, 9), text.EVIDENCE_SPOT),
        ((0, 5, 9), text.EVIDENCE_AROUND),
        ((0, 0, 9), text.EVIDENCE_GUESS),
        (None, text.EVIDENCE_UNTOLD),
    ],
)
def test_density_comes_to_one_sentence(counts: tuple[int, int, int] | None, said: str):
    within_m = None if counts is None else dict(zip((50, 200, 1_000), counts, strict=True))
    assert text.evidence_said(replace(NOWHERE, within_m=within_m), ImageRequest("uptown", SPOT)) == [said]


def test_what_is_missing_is_said():
    placeless = ImageRequest("uptown", None)
    assert text.evidence_said(NOWHERE, placeless) == [text.EVIDENCE_PLACELESS]
    absent = replace(NOWHERE, within_m={50: 1, 200: 1, 1_000: 1}, nearest=(replace(NEAR, path=None),))
    assert text.evidence_said(absent, placeless)[-1] == text.EVIDENCE_ABSENT
    assert text.evidence_said(replace(absent, photos_here=True), placeless)[-1] == text.EVIDENCE_POSITIONS
    assert text.evidence_said(replace(absent, nearest=(NEAR,), photos_here=True), placeless) == [
        text.EVIDENCE_SPOT
    ]


@pytest.mark.parametrize(
    ("difference", "words"),
    [(2.0, "it may be a copy"), (8.0, "That is less"), (10.0, "about as much"), (30.0, "That is more")],
)
def test_a_likeness_is_said_beside_what_is_usual(difference: float, words: str):
    compared, beside = text.likest_said(LikestPhoto(NEAR, difference, 10.0, 1_234))
    assert compared == f"Of 1,234 training photos; colours differ by {difference:.1f} (CIELAB, 16 × 16)."
    assert words in beside
    assert beside.endswith(", by 10.0.")
    assert len(text.likest_said(LikestPhoto(NEAR, difference, None, 1))) == 1
