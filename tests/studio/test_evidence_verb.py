"""The verb `evidence`: a picture's photos as a table, and a sentence for what there is none of."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
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
from engine.studio.requests import ImageRequest
from engine.studio.studio import HOME_VARIABLE, Studio

HERE = Place(55.70, 13.19)
CARD = PlaceCard(
    name="Lund",
    box=Box(55.6, 13.1, 55.8, 13.3),
    resolution_px=64,
    training={"collection": "collections/lund"},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the model `lund` and its picture; the one photo that it learned from, 120 m north-east of HERE, is
    in the collection elsewhere/lund.
    """
    home = tmp_path_factory.mktemp("home")
    photo = home / "photos" / "square.jpg"
    photo.parent.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    write_picture(photo, Image.fromarray(noise), place=destination(HERE, 45, 120))
    ingest([photo], home / "elsewhere" / "lund", workers=1)
    photos = Collection.open(home / "elsewhere" / "lund").photos
    pipe = build_tiny(CARD)
    pipe.photo_places = PhotoPlaces(*(photos[name].to_numpy() for name in ("latitude", "longitude")))
    save_pipeline(pipe, home / "checkpoints" / "lund")
    Studio(home).run(ImageRequest(model="lund", place=HERE, num_inference_steps=1), out=home / "lund.png")
    return home


@pytest.fixture(autouse=True)
def _at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))


def test_without_photos_there_are_distances_and_a_notice(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evidence", str(home / "lund.png")]) == 0
    out, err = capsys.readouterr()
    assert out.split("\n") == [
        "training photos: 0 within 50 m, 1 within 200 m, 1 within 1,000 m",
        "   120 m NE",
        "",
    ]
    assert err == "notice: the photos of its model are not in collections/, so none is named or compared\n"


def test_photos_are_named_and_the_likest_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = home / "photos" / "square.jpg"
    (home / "elsewhere").rename(home / "collections")
    assert main(["evidence", str(home / "lund.png"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["within_m"] == {"50": 0, "200": 1, "1000": 1}
    (near,) = found["nearest"]
    assert (near["path"], near["direction"], round(near["distance_m"])) == (str(photo), "NE", 120)
    assert main(["evidence", str(home / "lund.png"), "--model", str(home / "checkpoints" / "lund")]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[1] == f"   120 m NE, {photo}"
    assert lines[2].startswith(f"likest of 1 training photos: {photo}, difference ")
    assert lines[2].endswith("(CIELAB colours of 16 x 16 squares)")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["none.png"], "none.png"),
        (["lund.png", "--count", "0"], "count is 0; choose a whole number from 1 to 1,000"),
        (["lund.png", "--model", "paris"], "there is no model 'paris'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    home: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    assert main(["evidence", str(home / flags[0]), *flags[1:]]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert sentence in err
