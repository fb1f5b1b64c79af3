"""How soon the page answers the hand, in Chromium, with a model of the home's checkpoints.

    python -m bench.hand [--checkpoints checkpoints] [--times 12]

Drags the slider of the text's weight and clicks the map, each so many times, and lets every picture come to its end;
one that the gallery has already is not counted.
Prints the milliseconds from the release of the mouse to the first preview in the frame (target: within 400 for the
slider, within 500 for a click) and to the finished picture (target: within 4,000), the median and the slowest. Nothing
else should run on the machine.
"""

import itertools
import random
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

import tyro
from playwright.sync_api import Frame, Page, TimeoutError, sync_playwright

from bench.serving import ROOT, served

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
_PATIENCE_MS = 60_000
_ANSWER_MS = 5_000
_CLOCK = """() => {
    window.released_ms = 0;
    addEventListener("pointerup", () => { window.released_ms = performance.timeOrigin + performance.now(); }, true);
}"""
_WATCH = """() => {
    const image = document.querySelector("#picture img");
    window.seen = [];
    new MutationObserver(() => {
        window.seen.push([performance.timeOrigin + performance.now(), image.getAttribute("src").startsWith("data:")]);
    }).observe(image, { attributes: true, attributeFilter: ["src"] });
}"""
_FINISHED = "() => window.seen.length && !window.seen.at(-1)[1]"


def main(checkpoints: Path = ROOT / "checkpoints", times: int = 12, seed: int = 0) -> None:
    """Measure and print."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not installed; install it with apt-get install chromium")
    rng = random.Random(seed)
    with served(checkpoints) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(address)
        page.frame_locator("iframe").locator(".card p").first.wait_for()
        page.locator("#download").wait_for()
        (frame,) = (each for each in page.frames if each is not page.main_frame)
        for each in (page.main_frame, frame):
            each.evaluate(_CLOCK)
        page.evaluate(_WATCH)
        frame.add_style_tag(content=".print { pointer-events: none }")  # a click on a print only opens it
        _report("slider", _measured(lambda: _drag(page, rng), times), preview_ms=400)
        _report("click", _measured(lambda: _click(page, frame, rng), times), preview_ms=500)
        browser.close()


Moments = tuple[float, float]


def _measured(ask: Callable[[], Moments | None], times: int) -> list[Moments]:
    """What so many questions measured that a picture was made for; at most twice as many are asked."""
    answers = (ask() for _ in range(2 * times))
    return list(itertools.islice((each for each in answers if each is not None), times))


def _drag(page: Page, rng: random.Random) -> Moments | None:
    """Milliseconds from the slider's release to the first preview, and to the finished picture; None for one that the
    gallery had.
    """
    slider = page.locator("#guidance-scale input[type=range]").bounding_box()
    assert slider is not None
    y = slider["y"] + slider["height"] / 2
    page.mouse.move(slider["x"] + slider["width"] * rng.random(), y)
    page.evaluate("window.seen = []")
    page.mouse.down()
    for _ in range(4):
        page.mouse.move(slider["x"] + slider["width"] * rng.uniform(0.05, 0.95), y)
        page.wait_for_timeout(40)
    page.mouse.up()
    return _answered(page, page.main_frame)


def _click(page: Page, frame: Frame, rng: random.Random) -> Moments | None:
    """Milliseconds from a click on the map to the first preview, and to the finished picture; None as for a drag."""
    box = page.locator("iframe").bounding_box()
    assert box is not None
    page.evaluate("window.seen = []")
    page.mouse.click(
        box["x"] + box["width"] * rng.uniform(0.4, 0.6), box["y"] + box["height"] * rng.uniform(0.3, 0.7)
    )
    return _answered(page, frame)


def _answered(page: Page, clicked: Frame) -> Moments | None:
    try:
        page.wait_for_function("() => window.seen.length", timeout=_ANSWER_MS)
    except TimeoutError:
        return None  # the picture in the frame is the one that was asked for
    page.wait_for_function(_FINISHED)
    page.locator("#make").wait_for()
    released: float = clicked.evaluate("window.released_ms")
    moments: list[list[float]] = page.evaluate("window.seen")
    first, last = moments[0], moments[-1]
    return (first[0] - released, last[0] - released) if first[1] else None


def _report(what: str, measured: list[Moments], preview_ms: float) -> None:
    for name, times, target in zip(
        ("first preview", "finished"), zip(*measured, strict=True), (preview_ms, 4_000), strict=True
    ):
        middle, slowest = statistics.median(times), max(times)
        print(f"{what} to {name}: {middle:.0f} ms (slowest {slowest:.0f}; target {target:,})", flush=True)


if __name__ == "__main__":
    tyro.cli(main)
