"""KML: the placemark's place, and a COLLADA model that holds the mesh."""

import io

import numpy as np
import pytest
from PIL import Image

from engine.geo.formats import markup
from engine.landmark.mesh.kml import kml


def numbers(root: markup.Element, source: str) -> np.ndarray:
    (found,) = [each for each in root.iter("float_array") if each.get("id") == f"{source}-array"]
    values = np.array(found.text.split(), float)
    assert len(values) == int(found.get("count"))
    return values


def test_the_placemark_stands_at_the_place_and_says_how_large_it_is(mesh, georeference) -> None:
    files = kml("arc", mesh, georeference, "Arc <de> Triomphe")
    assert set(files) == {"arc.kml", "arc.dae", "arc-texture.png"}
    placemark = markup.parse(files["arc.kml"], "arc.kml").find("Placemark")
    assert placemark.findtext("name") == "Arc <de> Triomphe"
    assert "estimated from the GPS of 214 photos" in placemark.findtext("description")
    model = placemark.find("Model")
    assert float(model.findtext("Location/latitude")) == 48.8738
    assert float(model.findtext("Location/longitude")) == 2.2950
    assert model.findtext("altitudeMode") == "relativeToGround"
    assert {float(each.text) for each in model.find("Orientation")} == {0.0}
    assert model.findtext("Link/href") == "arc.dae"


def test_the_model_is_the_mesh(mesh, georeference) -> None:
    files = kml("arc", mesh, georeference, "Arc")
    root = markup.parse(files["arc.dae"], "arc.dae")
    assert root.findtext("asset/up_axis") == "Z_UP"
    assert root.find("asset/unit").get("meter") == "1"
    assert root.findtext("library_images/image/init_from") == "arc-texture.png"
    positions = numbers(root, "positions").reshape(-1, 3)
    assert positions == pytest.approx(georeference.metres(mesh.vertices), abs=1e-4)
    assert numbers(root, "uv").reshape(-1, 2) == pytest.approx(mesh.uv, abs=1e-6)
    triangles = next(root.iter("triangles"))
    corners = np.array(triangles.findtext("p").split(), int).reshape(-1, 3)
    assert np.array_equal(corners, mesh.faces)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(files["arc-texture.png"]))), mesh.texture)


def test_every_reference_within_the_model_leads_somewhere(mesh, georeference) -> None:
    root = markup.parse(kml("arc", mesh, georeference, "Arc")["arc.dae"], "arc.dae")
    known = {each.get("id") for each in root.iter() if each.get("id")}
    used = [each.get(key) for each in root.iter() for key in ("source", "url", "target") if each.get(key)]
    assert used
    assert {each.removeprefix("#") for each in used} <= known
