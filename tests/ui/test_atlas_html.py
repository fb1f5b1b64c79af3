"""The page of an atlas: it opens without a network, its mosaic lies where the map says, and its cells answer."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from engine.errors import BadRequest, MissingExtra
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.gallery import Artefact
from engine.studio.requests import AtlasRequest, ImageRequest
from engine.studio.studio import Studio
from ui import atlas_html as page
from ui.atlas_html import atlas_html
from ui.map_document import LEAFLET

REQUEST = AtlasRequest(
    "tiny",
    Box(south=40.750, west=-73.990, north=40.7555, east=-73.9835),
    side_m=300,
    prompt="a </script><b>street",
    num_inference_steps=1,
)
needs_leaflet = pytest.mark.skipif(
    not LEAFLET.is_dir(), reason="Leaflet is not installed; run make setup with npm"
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio with the untrained model alone."""
    return Studio(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def atlas(studio: Studio) -> Artefact:
    """An atlas of four squares."""
    return studio.run(REQUEST)


@needs_leaflet
def test_the_page_holds_all_that_it_shows_and_no_word_breaks_out_of_it(atlas: Artefact) -> None:
    written = atlas_html(atlas, 'Midtown & "more" <i>')
    assert "<title>Midtown &amp; &quot;more&quot; &lt;i&gt;</title>" in written
    assert base64.b64encode(atlas.path.read_bytes()).decode() in written
    assert "default-src 'none'; img-src data:" in written
    assert written.count("</script>") == 2
    assert '"kind": "park"' in written
    assert written == atlas_html(atlas, 'Midtown & "more" <i>')


@needs_leaflet
@pytest.mark.browser
def test_the_mosaic_lies_where_the_map_says_and_a_cell_says_its_place(
    browser: Browser, atlas: Artefact, tmp_path: Path
) -> None:
    file = tmp_path / "atlas.html"
    file.write_text(atlas_html(atlas, "Midtown"), encoding="utf-8")
    context = browser.new_context(viewport={"width": 900, "height": 700}, offline=True)
    opened, outside, complaints = context.new_page(), [], []
    opened.on("request", lambda asked: outside.append(asked.url))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.goto(file.as_uri())
    picture = opened.locator("img.leaflet-image-layer")
    picture.wait_for()
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(
        box["height"], abs=2
    )  # two by two squares, in the map's own projection
    assert box["width"] > 300
    with Image.open(io.BytesIO(opened.screenshot(clip=box))) as seen, Image.open(atlas.path) as mosaic:
        shown, there = (
            np.asarray(each.convert("RGB").resize((8, 8), Image.Resampling.BOX), float)
            for each in (seen, mosaic)
        )
    assert np.abs(shown - there).mean() < 12  # the cells' thin outlines lie over it
    latitude, longitude = atlas.details["places"][3]  # south-east
    opened.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.75)
    said = opened.locator(".leaflet-popup-content")
    said.wait_for()
    assert said.text_content() == f"{Place(latitude, longitude)} · {REQUEST.prompt}"
    assert not complaints
    assert all(url.startswith(("file:", "data:")) for url in outside)
    context.close()


@needs_leaflet
def test_far_from_the_built_in_city_there_is_no_base_map(atlas: Artefact) -> None:
    bounds = {"south": 55.69, "west": 13.19, "north": 55.70, "east": 13.20}
    elsewhere = replace(atlas, details={**atlas.details, "bounds": bounds})
    assert '"base": null' in atlas_html(elsewhere, "Lund")


def test_what_has_no_page_is_said_in_one_sentence(
    studio: Studio, atlas: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.run(ImageRequest("tiny", None, num_inference_steps=1))
    hidden = studio.run(replace(REQUEST, gps_in_exif=False, side_m=600))
    for artefact in (picture, studio.gallery.get(hidden.id)):
        with pytest.raises(BadRequest, match="is no atlas that says where it is; choose the picture of one"):
            atlas_html(artefact, "Midtown")
    monkeypatch.setattr(page, "LEAFLET", tmp_path)
    with pytest.raises(MissingExtra, match="Leaflet is not installed"):
        atlas_html(atlas, "Midtown")
