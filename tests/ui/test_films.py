"""The tab Films in Chromium: a drawn line becomes a film whose player moves a marker on the map, and comes back."""

import pytest
from playwright.sync_api import expect

from engine.geo.formats import Feature, write
from engine.geo.place import Place
from engine.geo.region import Path
from engine.studio.requests import WalkRequest
from ui import text

pytestmark = pytest.mark.browser


def open_films(desk) -> None:
    desk.page.get_by_role("tab", name=text.FILMS).click()
    desk.page.locator("#films-make").wait_for()


def films(desk, count: int) -> list:
    """The films in the gallery, newest first, once the page shows one and is at rest."""
    desk.page.locator("#film-player video").wait_for()
    desk.page.locator("#films-make:visible").wait_for()
    found = [each for each in desk.gallery.list() if isinstance(each.request, WalkRequest)]
    assert len(found) == count
    return found


def test_a_drawn_line_becomes_a_film_that_moves_along_the_map(desk):
    open_films(desk)
    status = desk.page.locator("#films-status .notice")
    desk.page.locator("#films-make").click()
    expect(status).to_contain_text("No line is drawn; draw one on the map")
    desk.in_map("a.leaflet-draw-draw-polyline").click()
    desk.click_corners((300, 400), (360, 340), (420, 330), (420, 330))
    expect(desk.in_map("path.region.line")).to_be_attached()
    desk.set_number("film-frames", "8")
    desk.page.locator("#films-prompt input").fill("a street")
    desk.page.locator("#films-make").click()
    (film,) = films(desk, 1)
    assert isinstance(film.request.path, Path)
    assert (film.request.frames, film.request.prompt) == (8, "a street")
    assert set(film.files) == {".gif", ".mp4"}
    expect(status).to_contain_text("8 frames · 12 a second")
    video = desk.page.locator("#film-player video")
    assert film.files[".mp4"].name in video.get_attribute("src")
    walker = desk.in_map(".walker")
    expect(walker).to_be_attached()
    places = []
    for share in (0.0, 0.9):
        video.evaluate(
            "(video, share) => { video.pause(); video.currentTime = share * video.duration; }", share
        )
        desk.page.wait_for_timeout(600)
        places.append(walker.bounding_box())
    assert places[1]["x"] > places[0]["x"] + 60  # the line leads east
    with desk.page.expect_download() as download:
        desk.page.locator("#film-player a").first.click()
    assert download.value.suggested_filename.endswith((".mp4", ".gif"))


def test_a_file_brings_the_line_and_its_day_passes_on_the_way(desk, tmp_path):
    line = tmp_path / "stroll.gpx"
    write(line, [Feature(Path([Place(40.7580, -73.9855), Place(40.7612, -73.9832)]), "Stroll")])
    desk.page.locator("#map-side input[type=file]").set_input_files(line)
    expect(desk.in_map("path.region.line")).to_be_attached()
    expect(desk.in_map(".card")).to_contain_text("405 m")
    open_films(desk)
    desk.page.locator("#film-spacing input").fill("50")
    desk.page.locator("#film-day input").check()
    desk.page.locator("#film-flowing input").check()
    desk.page.locator("#films-make").click()
    (film,) = films(desk, 1)
    assert (film.request.spacing_m, film.request.frames, film.request.noise) == (50, 9, "flowing")
    assert film.details["hours"][0] == 5
    assert film.details["hours"][-1] == 23
    desk.page.locator("#film-kind input").click()
    desk.page.get_by_role("option", name=text.FILM_KINDS["hours"]).click()
    expect(desk.page.locator("#film-day")).to_be_hidden()

    places = tmp_path / "places.geojson"
    write(places, [Feature(Place(40.7580, -73.9855))])
    desk.page.locator("#map-side input[type=file]").set_input_files(places)
    expect(desk.in_map(".card")).to_contain_text("places.geojson has neither a line nor an area")
    expect(desk.in_map("path.region.line")).to_be_attached()  # the one before


def test_one_place_turns_round_and_comes_back_from_its_pin(desk):
    desk.type_place("40.758, -73.985")
    desk.pictures(1)
    open_films(desk)
    desk.page.locator("#film-kind input").click()
    desk.page.get_by_role("option", name=text.FILM_KINDS["turn"]).click()
    desk.set_number("film-frames", "8")
    desk.page.locator("#films-make").click()
    (film,) = films(desk, 1)
    assert film.request.kind == "turn"
    assert film.details["headings"] == [45.0 * number for number in range(8)]
    desk.page.reload()
    desk.in_map(".print").last.wait_for()
    desk.page.get_by_role("tab", name=text.HISTORY).click()
    desk.page.locator("#history-sheet .sheet button").first.click()
    expect(desk.page.locator("#film-player video")).to_be_visible()
    expect(desk.page.locator("#film-frames input[type=number]")).to_have_value("8")
