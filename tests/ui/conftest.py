"""What the page's tests share: a home with a collection and models, the studio served once, and Chromium."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect, sync_playwright

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.tiny import build_tiny
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.ingest import ingest
from engine.studio.gallery import Artefact, Gallery
from ui.examples import all_examples
from ui.map_document import LEAFLET

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader"),
    "--enable-unsafe-swiftshader",
    # No route handler instead: it would bring every file of the page through Python, and switch the cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
_PATIENCE_MS = 60_000  # a busy machine is slow, not wrong
_HAND_MS = 120  # Leaflet's drawing tools pass over corners that come faster than a hand sets them
BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
EVERYTHING = ("longitude", "latitude", "heading", "hour", "month")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a collection of 60 positions, a model of every condition, a slow one like it, and a broken one."""
    home = tmp_path_factory.mktemp("home")
    rng = np.random.default_rng(5)
    rows = [f"{40.76 + north:.6f},{-73.98 + east:.6f}" for north, east in rng.uniform(-0.004, 0.004, (60, 2))]
    table = home / "table.csv"
    table.write_text(
        "\n".join(["latitude,longitude,caption", *(f"{row},a street" for row in rows)]) + "\n0,0,nowhere\n"
    )
    ingest([], home / "collections" / "midtown", table=table)
    card = PlaceCard(
        name="Compass",
        conditions=EVERYTHING,
        box=BOX,
        base_model="tiny",
        resolution_px=64,
        guidance_scale=4.0,
        gps_guidance_scale=6.5,
        training={"collection": "collections/midtown"},
        words=("a", "street"),  # none of the examples, so the page opens without a picture
    )
    save_pipeline(build_tiny(card), home / "checkpoints" / "compass")
    slow = replace(card, name="Slow", resolution_px=256)  # sixteen times the work
    save_pipeline(build_tiny(slow), home / "checkpoints" / "slow")
    shutil.copytree(home / "checkpoints" / "compass", home / "checkpoints" / "torn")
    place = home / "checkpoints" / "torn" / "place.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | {"format": 99}))
    return home


@pytest.fixture(scope="session")
def gallery(home: Path) -> Gallery:
    """What the studio has made, read from its files."""
    return Gallery(home / "gallery")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose only model is a demo of Manhattan, which knows some words and where its photos were taken."""
    home = tmp_path_factory.mktemp("city")
    rng = np.random.default_rng(6)
    around = np.array([(each.latitude, each.longitude) for each in all_examples()])
    latitude, longitude = (around.repeat(20, axis=0) + rng.uniform(-0.0005, 0.0005, (200, 2))).T
    words = dict.fromkeys(" ".join(each.prompt for each in all_examples()).lower().split())
    card = PlaceCard(
        name="Manhattan",
        conditions=EVERYTHING,
        box=BOX,
        base_model="tiny",
        resolution_px=64,
        num_inference_steps=4,
        words=tuple(words),
    )
    pipe = build_tiny(card)
    pipe.photo_places = PhotoPlaces(latitude, longitude)
    save_pipeline(pipe, home / "checkpoints" / "demo")
    return home


@pytest.fixture(scope="session")
def landmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose only model is of a landmark, seen from 27 of 36 sides."""
    home = tmp_path_factory.mktemp("landmark")
    card = PlaceCard(
        name="Cathedral",
        conditions=("azimuth", "distance", "hour"),
        kind="angle",
        centre=Place(55.7040, 13.1935),
        min_distance_m=30,
        radius_m=120,
        azimuth_counts=(*range(1, 28), *[0] * 9),
        resolution_px=64,
        num_inference_steps=2,
    )
    save_pipeline(build_tiny(card), home / "checkpoints" / "cathedral")
    return home


@pytest.fixture(scope="session")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where app.py serves the page of `home`."""
    yield from _served(home, tmp_path_factory.mktemp("server") / "log")


@pytest.fixture(scope="session")
def city_address(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where app.py serves the page of `city`."""
    yield from _served(city, tmp_path_factory.mktemp("server") / "log")


@pytest.fixture(scope="session")
def landmark_address(landmark: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where app.py serves the page of `landmark`."""
    yield from _served(landmark, tmp_path_factory.mktemp("server") / "log")


@pytest.fixture(scope="session")
def mcp_address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where app.py serves the page of `home` with its tools."""
    yield from _served(home, tmp_path_factory.mktemp("server") / "log", "--mcp")


def _served(home: Path, log: Path, *flags: str) -> Iterator[str]:
    """The address of a server of its own; at the end its log shows no error from inside the program."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "--home",
        str(home),
        "--port",
        str(port),
        "--no-open",
        *flags,
    ]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=home)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            assert server.poll() is None, log.read_text()
            if _answers(address):
                break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; tests that need it are skipped where it is absent."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; install it with apt-get install chromium")
    if not LEAFLET.is_dir():
        pytest.skip("Leaflet is not installed; run make setup with npm")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Desk:
    """The page in a browser that reaches nothing but the studio, and what went wrong in it."""

    page: Page
    gallery: Gallery
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    awaited: set[Request] = field(default_factory=set)
    """Pictures that the browser has asked for and not yet got."""
    others: list["Desk"] = field(default_factory=list)

    @property
    def map(self) -> Locator:
        """The map inside its frame."""
        return self.page.frame_locator("iframe").locator(".leaflet-container")

    def in_map(self, selector: str) -> Locator:
        """Something on the map."""
        return self.page.frame_locator("iframe").locator(selector)

    def open(self, address: str) -> None:
        """Load the page and wait until it can be used; it opens with a picture, or with words to begin by."""
        self.page.goto(address)
        self.in_map(".card p").first.wait_for()
        self.page.locator("#start-words .notice, #download").first.wait_for()

    def another(self, address: str) -> "Desk":
        """One page more of the same visitor, opened at an address; it is closed with this one."""
        page = self.page.context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        self.others.append(Desk(page, self.gallery))
        self.others[-1].open(address)
        return self.others[-1]

    def choose(self, model: str) -> None:
        """Choose a model from the list, and wait until the studio knows."""
        self.page.locator("#model input").click()
        with self.page.expect_response(
            lambda answer: f'"{model.split()[0]}"' in (answer.request.post_data or "")
        ):
            self.page.get_by_role("option", name=model).click()

    def type_place(self, place: str) -> None:
        """Type a place into the field on the map."""
        self.page.locator("#place input").fill(place)
        self.page.locator("#place input").press("Enter")

    def said(self, words: str) -> None:
        """Wait until the line under the picture says these words."""
        self.page.locator("#status .notice").filter(has_text=words).wait_for()

    def open_more(self) -> None:
        """Open the settings behind "More"."""
        self.page.locator("#more-button").click()
        self.page.locator("#seed input").wait_for()

    def set_number(self, name: str, value: str) -> None:
        """Type a number beside a slider."""
        number = self.page.locator(f"#{name} input[type=number]")
        number.fill(value)
        number.press("Enter")

    def dial(self, name: str) -> Locator:
        """The dial of a condition."""
        return self.page.locator(f"#{name} .dial")

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one point of the map to another, as shares of its width and height."""
        frame = self.page.locator("iframe").bounding_box()
        assert frame is not None
        (x, y), (to_x, to_y) = (
            (frame["x"] + east * frame["width"], frame["y"] + south * frame["height"])
            for east, south in (start, end)
        )
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 5):
            self.page.wait_for_timeout(_HAND_MS)
            self.page.mouse.move(x + (to_x - x) * step / 4, y + (to_y - y) * step / 4)
        self.page.wait_for_timeout(_HAND_MS)
        self.page.mouse.up()

    def drop(self, file: Path, selector: str) -> None:
        """Drag a file over something on the page and drop it there, as from a folder's window."""
        held = self.page.evaluate_handle(
            """([bytes, name]) => {
                const held = new DataTransfer();
                held.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
                return held;
            }""",
            [list(file.read_bytes()), file.name],
        )
        for event in ("dragenter", "dragover", "drop"):
            self.page.locator(selector).dispatch_event(event, {"dataTransfer": held})

    def click_corners(self, *corners: tuple[int, int]) -> None:
        """Click these points of the map one after the other, in pixels, no faster than a hand can."""
        for x, y in corners:
            self.map.click(position={"x": x, "y": y}, delay=40)
            self.page.wait_for_timeout(_HAND_MS)

    def pictures(self, count: int) -> list[Artefact]:
        """The gallery, newest first, as soon as it has this many pictures and the page is at rest."""
        for _ in range(_PATIENCE_MS // 50):
            if len(self.gallery.list()) >= count:
                break
            self.page.wait_for_timeout(50)
        self.page.locator("#download").wait_for()
        self.page.locator("#make").wait_for()
        self.rest()
        pictures = list(self.gallery.list())
        assert len(pictures) == count
        return pictures

    def rest(self) -> None:
        """Wait until the page has every picture that it asked for: the studio complains of a file that goes while it is
        being read."""
        for _ in range(_PATIENCE_MS // 50):
            self.page.wait_for_timeout(50)
            if not self.awaited:
                break

    def close(self) -> None:
        """Close the page at rest, because the next test empties the gallery."""
        self.rest()
        for each in (*self.others, self):
            each.page.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window whose cache keeps the page's files from one test to the next."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, browser: Browser, context: BrowserContext, gallery: Gallery, address: str
) -> Iterator[Desk]:
    """The page, just opened, with an empty gallery; at the end nothing has gone wrong in the browser.

    Its indirect parameter gives a window of its own with other options, such as `color_scheme`.
    """
    own = browser.new_context(**request.param) if hasattr(request, "param") else None
    yield from _opened(own or context, gallery, address)
    if own:
        own.close()


@pytest.fixture
def city_desk(context: BrowserContext, city: Path, city_address: str) -> Iterator[Desk]:
    """The page of the city, just opened with its first picture, the only one of its gallery."""
    yield from _opened(context, Gallery(city / "gallery"), city_address)


@pytest.fixture
def ring_desk(context: BrowserContext, landmark: Path, landmark_address: str) -> Iterator[Desk]:
    """The page of the landmark, just opened, with an empty gallery."""
    yield from _opened(context, Gallery(landmark / "gallery"), landmark_address)


def _opened(context: BrowserContext, gallery: Gallery, address: str) -> Iterator[Desk]:
    shutil.rmtree(gallery.folder, ignore_errors=True)
    desk = Desk(context.new_page(), gallery)

    def note(asked: Request) -> None:
        if not asked.url.startswith((address, "data:", "blob:")):
            desk.outside.append(asked.url)
        elif asked.resource_type == "image":
            desk.awaited.add(asked)

    desk.page.on("request", note)
    for end in ("requestfinished", "requestfailed"):
        desk.page.on(end, lambda asked: desk.awaited.discard(asked))
    desk.page.on(
        "console",
        lambda message: (
            desk.complaints.append(message.text)
            if message.type == "error" and "net::ERR_NAME_NOT_RESOLVED" not in message.text
            else None
        ),
    )
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    desk.page.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    desk.open(address)
    yield desk
    desk.close()
    assert not desk.complaints
    assert all(url.startswith("https://tile.openstreetmap.org/") for url in desk.outside)
