"""The sheets of docs/tour.md: every tab of the page at three widths, with what it makes of the demo model.

    python -m bench.tour_sheets [--out docs/tour] [--tabs Explore Films ...]

A hand in Chromium clicks through each tab, and `<tab>.jpg` shows the page at 1440, 900 and 390 px side by side. Takes
about ten minutes on two cores.
"""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import tyro
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.hand import FLAGS
from bench.serving import ROOT, served
from ui import text

_WIDTHS_PX = (1440, 900, 390)
_HEIGHT_PX = 900
_MOST_PX = 1400
_SCALE = 0.6
_GAP_PX = 16
_PAPER = "#f6f3ec"
_PATIENCE_MS = 600_000
_QUALITY = 82


def main(
    out: Path = Path("docs/tour"),
    tabs: tuple[str, ...] = (),
    checkpoints: Path = ROOT / "checkpoints",
    collections: Path | None = None,
) -> None:
    """Visit the tabs, all of them unless some are named, and write a sheet of each; `collections` are the photos."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not installed; install it with apt-get install chromium")
    out.mkdir(parents=True, exist_ok=True)
    with served(checkpoints, collections) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": _WIDTHS_PX[0], "height": _HEIGHT_PX})
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(address)
        page.frame_locator("iframe").locator(".card p").first.wait_for()
        page.locator("#download").wait_for()
        for tab, visit in _VISITS.items():
            if not tabs or tab in tabs:
                page.set_viewport_size({"width": _WIDTHS_PX[0], "height": _HEIGHT_PX})
                page.get_by_role("tab", name=tab).click()
                visit(page)
                _sheet(page).save(out / f"{tab.lower()}.jpg", quality=_QUALITY, optimize=True)
                print(out / f"{tab.lower()}.jpg", flush=True)
        browser.close()


def _explore(page: Page) -> None:
    page.locator(".examples button").nth(1).click()
    page.locator("#cancel:visible").wait_for()
    page.locator("#make:visible").wait_for()
    page.locator("#evidence summary").click()
    page.locator("#evidence .told > *").first.wait_for()


def _regions(page: Page) -> None:
    for field, name in (("region", "Central Park"), ("against", "Midtown")):
        page.locator(f"#{field} input").click()
        page.get_by_role("option", name=name, exact=True).click()
    _number(page, "samples", "16")
    _made(page, "areas")


def _films(page: Page) -> None:
    page.locator("#film-kind input").click()
    page.get_by_role("option", name=text.FILM_KINDS["hours"]).click()
    _number(page, "film-frames", "12")
    _made(page, "films")
    page.locator("#film-player video").evaluate(
        "video => { video.pause(); video.currentTime = 0.5 * video.duration; }"
    )


def _grids(page: Page) -> None:
    _made(page, "grids")


def _atlas(page: Page) -> None:
    page.locator("#atlas-region input").click()
    page.get_by_role("option", name="SoHo", exact=True).click()
    _made(page, "atlases")


def _attention(page: Page) -> None:
    page.locator("#attention-prompt input").fill("a yellow taxi on a wet street")
    _made(page, "attention")


def _belongs(page: Page) -> None:
    _made(page, "belongs")


def _landmarks(page: Page) -> None:
    page.locator("#landmark-status .notice").wait_for()


def _photos(page: Page) -> None:
    page.locator("#photo-numbers").wait_for()


def _history(page: Page) -> None:
    page.locator("#history-sheet .sheet button").first.wait_for()


_VISITS: dict[str, Callable[[Page], None]] = {
    text.EXPLORE: _explore,
    text.REGIONS: _regions,
    text.FILMS: _films,
    text.GRIDS: _grids,
    text.ATLASES: _atlas,
    text.ATTENTION: _attention,
    text.BELONGS: _belongs,
    text.LANDMARKS: _landmarks,
    text.PHOTOS: _photos,
    text.HISTORY: _history,
}


def _number(page: Page, name: str, value: str) -> None:
    number = page.locator(f"#{name} input[type=number]")
    number.fill(value)
    number.press("Enter")


def _made(page: Page, key: str) -> None:
    """Press a tab's button, and wait until its work is done."""
    page.locator(f"#{key}-make").click()
    page.locator(f"#{key}-cancel").wait_for()
    page.locator(f"#{key}-make:visible").wait_for()


def _sheet(page: Page) -> Image.Image:
    """The page at every width, side by side; the narrow ones are as long as they are, up to _MOST_PX."""
    looks = []
    for width_px in _WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": _HEIGHT_PX})
        page.wait_for_timeout(900)  # the map and the pictures find their places
        with Image.open(io.BytesIO(page.screenshot(full_page=width_px < _WIDTHS_PX[0]))) as look:
            high = min(look.height, _MOST_PX)
            size = round(width_px * _SCALE), round(high * _SCALE)
            looks.append(look.convert("RGB").resize(size, Image.Resampling.LANCZOS, (0, 0, width_px, high)))
    width = sum(look.width + _GAP_PX for look in looks) - _GAP_PX
    sheet, left = Image.new("RGB", (width, max(look.height for look in looks)), _PAPER), 0
    for look in looks:
        sheet.paste(look, (left, 0))
        left += look.width + _GAP_PX
    return sheet


if __name__ == "__main__":
    tyro.cli(main)
