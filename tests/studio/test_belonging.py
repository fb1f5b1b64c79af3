"""Where a picture belongs, asked for in one request: its way through JSON, its files, its details, what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.cli import main
from engine.diffusion.belonging import Belonging, Search, quarters
from engine.diffusion.card import PlaceCard
from engine.diffusion.heat import heat_colours
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest, Cancelled
from engine.geo.bearing import distance_m
from engine.geo.formats import read
from engine.geo.place import Place
from engine.geo.region import Box, Polygon
from engine.studio.belonging import CELLS, SEEN, heat_map
from engine.studio.gallery import recall
from engine.studio.given import given_picture
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import BelongRequest, GivenPicture, ImageRequest, request_from_dict
from engine.studio.studio import HOME_VARIABLE, Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MOMA = Place(40.7614, -73.9776)
PICTURE = GivenPicture("park.png", "0123456789abcdef" * 4, MOMA)
QUICK = {"cells": 16, "draws": 2, "rounds": 2}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three tiny models: a town, a tower that knows directions alone, and a nowhere without a box."""
    home = tmp_path_factory.mktemp("town")
    cards = {
        "town": PlaceCard("Town", ("longitude", "latitude", "hour"), box=BOX, resolution_px=64),
        "tower": PlaceCard("Tower", ("azimuth",), kind="angle", centre=MOMA, resolution_px=64),
        "nowhere": PlaceCard("Nowhere", resolution_px=64),
    }
    for name, card in cards.items():
        save_pipeline(build_tiny(replace(card, base_model="tiny")), home / "checkpoints" / name)
    return home


@pytest.fixture
def park(tmp_path: Path) -> Path:
    """A picture from elsewhere, of 96 x 64 px."""
    path = tmp_path / "park.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)).save(path)
    return path


def asked(path: Path, **changes) -> BelongRequest:
    return BelongRequest(**{"model": "town", "picture": given_picture(path), **QUICK, **changes})


@given(
    name=st.text(st.characters(exclude_categories=("Cs",)), max_size=255),
    place=st.none() | st.builds(Place, st.floats(-90, 90), st.floats(-180, 180, exclude_max=True)),
    cells=st.integers(16, 400),
    draws=st.integers(2, 64),
    rounds=st.integers(0, 8),
    heading=st.none() | st.floats(0, 359),
    prompt=st.text("abc é", max_size=20),
)
def test_a_request_survives_the_way_through_json_without_the_path(name, place, **settings) -> None:
    picture = replace(PICTURE, name=name, asked=place, path=Path("/secret/folder/a.png"))
    request = BelongRequest("town", picture=picture, **settings).validate()
    text = json.dumps(request.to_dict(), allow_nan=False)
    found = request_from_dict(json.loads(text))
    assert found == request
    assert isinstance(found, BelongRequest)
    assert found.picture.path is None
    assert "secret" not in text


def test_a_picture_is_sought_and_all_is_told(studio: Studio, park: Path) -> None:
    events: list[Progress] = []
    artefact = studio.run(asked(park), events.append)
    facts = artefact.details
    assert recall(artefact.path) == artefact.request
    assert [each.files.keys() for each in studio.gallery.list()] == [{CELLS, SEEN}]
    with Image.open(artefact.path) as image, Image.open(artefact.files[SEEN]) as seen:
        assert image.height == 768
        assert image.width / image.height == pytest.approx(BOX.width_m / BOX.height_m, rel=0.01)
        assert (heat_colours()[255] == np.asarray(image)).all(axis=-1).any()
        square = Image.open(park).crop((16, 0, 80, 64))
        assert np.abs(np.asarray(seen, int) - np.asarray(square, int)).max() <= 1
    search = Search(BOX, 16, 2, 2)
    assert BOX.contains(Place(*facts["place"]))
    assert facts["evaluations"] == search.evaluations
    assert facts["draws"] == search.most_draws == 6
    assert Box(**facts["bounds"]) == BOX
    assert 0 < facts["uncertainty_m"] < 25_000
    assert "landed_m" not in facts
    assert len(facts["cells"]) == len(search.tiles) + 2 * 3
    assert sum(cell[4] for cell in facts["cells"]) == pytest.approx(1, abs=1e-4)
    ours = [event for event in events if event.total == search.evaluations]
    assert [event.done for event in ours] == sorted(event.done for event in ours)
    assert ours[-1].done == search.evaluations
    assert ours[-1].preview is not None


def test_the_same_request_makes_the_same_bytes_and_another_seed_others(studio: Studio, park: Path) -> None:
    def heat(**changes) -> bytes:
        return studio.run(asked(park, rounds=0, **changes)).path.read_bytes()

    first = heat()
    assert heat() == first
    assert heat(seed=1) != first


def test_what_the_model_is_told_beside_the_place_counts(studio: Studio, park: Path) -> None:
    def errors_with(**changes) -> list[float]:
        _, *cells = read(studio.run(asked(park, rounds=0, **changes)).files[CELLS])
        return [cell.properties["error"] for cell in cells]

    errors = [errors_with(), errors_with(hour=12.0), errors_with(prompt="a park")]
    assert len({tuple(each) for each in errors}) == 3


def test_the_map_of_the_cells_is_read_back(studio: Studio, park: Path) -> None:
    artefact = studio.run(asked(park))
    best, *cells = read(artefact.files[CELLS])
    assert (best.name, best.geometry) == ("best place", Place(*artefact.details["place"]))
    assert best.properties["uncertainty_m"] == artefact.details["uncertainty_m"]
    areas = [cell.geometry.area_m2 for cell in cells if isinstance(cell.geometry, Polygon)]
    assert len(areas) == len(cells) == len(artefact.details["cells"])
    assert sum(areas) == pytest.approx(BOX.area_m2, rel=1e-6)
    assert sum(cell.properties["plausibility"] for cell in cells) == pytest.approx(1)
    likeness = [cell.properties["likeness"] for cell in cells]
    assert likeness == sorted(likeness, reverse=True)
    assert likeness[0] == 1
    assert {cell.properties["draws"] for cell in cells} == {2, 4, 6}


def test_a_picture_of_ours_says_how_far_from_its_place_it_landed(studio: Studio) -> None:
    picture = studio.run(ImageRequest("town", MOMA, num_inference_steps=1))
    artefact = studio.run(asked(picture.path))
    facts = artefact.details
    assert Place(*facts["asked"]) == MOMA
    assert facts["landed_m"] == pytest.approx(distance_m(MOMA, Place(*facts["place"])), abs=0.06)
    _, wanted, *_ = read(artefact.files[CELLS])
    assert (wanted.name, wanted.geometry) == ("asked for", MOMA)
    assert wanted.properties == {"landed_m": facts["landed_m"]}


def test_a_jpeg_has_room_for_the_likeliest_of_many_cells(studio: Studio, park: Path, tmp_path: Path) -> None:
    request = asked(park, cells=144, rounds=0, prompt="é" * 2_000)
    cells = studio.run(request, out=tmp_path / "out.jpg").details["cells"]
    _, *all_cells = read(tmp_path / "out.geojson")
    assert (len(cells), len(all_cells)) == (100, len(Search(BOX, 144).tiles))
    assert [cell[4] for cell in cells] == pytest.approx(
        [cell.properties["plausibility"] for cell in all_cells[:100]], abs=1e-6
    )


def test_a_cell_smaller_than_a_pixel_is_seen_where_it_is_the_best() -> None:
    cells = [BOX]
    for _ in range(12):
        *others, smallest = quarters(cells.pop())
        cells += [*others, smallest]
    errors = np.ones((len(cells), 2)) + np.random.default_rng(0).normal(scale=0.01, size=(len(cells), 2))
    errors[-1] = 0
    image = np.asarray(heat_map(Belonging(tuple(cells), errors), BOX))
    assert tuple(image[0, -1]) == tuple(heat_colours()[255])  # the last quarter is the north-east
    assert tuple(image[-1, 0]) == tuple(heat_colours()[0])


def test_a_picture_that_changed_since_it_was_asked_for_is_refused(studio: Studio, park: Path) -> None:
    request = asked(park)
    Image.new("RGB", (96, 64), "red").save(park)
    with pytest.raises(BadRequest, match=r"park\.png is another picture than it was; give it again"):
        studio.run(request)
    assert studio.gallery.list() == ()


def test_a_request_out_of_json_does_not_have_its_picture(studio: Studio, park: Path) -> None:
    with pytest.raises(BadRequest, match="does not have its picture; give the file again"):
        studio.run(request_from_dict(asked(park).to_dict()))


def test_it_stops_within_a_round(studio: Studio, park: Path) -> None:
    cancel, heard = CancelToken(), []

    def stop(progress: Progress) -> None:
        heard.append(progress)
        if progress.done:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(asked(park), stop, cancel)
    assert heard[-1].done == 8
    assert studio.gallery.list() == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": "tower"}, "this model cannot be asked for a place .* are azimuth, and it has no box"),
        ({"model": "nowhere"}, "are longitude, latitude, and it has no box"),
        ({"heading": 90.0}, "this model has no condition 'heading'"),
        ({"cells": 15}, "cells is 15; choose a whole number from 16 to 400"),
        ({"draws": 1}, "draws is 1; choose a whole number from 2 to 64"),
        ({"rounds": 9}, "rounds is 9; choose a whole number from 0 to 8"),
        ({"picture": "park.png"}, "picture must be a GivenPicture, not str"),
        ({"negative_prompt": "rain"}, "negative_prompt is for making a picture, and a search makes none"),
        ({"num_inference_steps": 9}, "num_inference_steps is for making a picture"),
        ({"gps_in_exif": False}, "gps_in_exif is for making a picture"),
    ],
)
def test_what_cannot_be_sought_is_said_in_one_sentence(
    studio: Studio, park: Path, changes: dict, sentence: str
) -> None:
    with pytest.raises(BadRequest, match=sentence) as caught:
        studio.run(asked(park, **changes))
    assert "\n" not in str(caught.value)
    assert studio.gallery.list() == ()


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (None, "picture must have name, sha256"),
        ({"name": "a"}, "picture must have name, sha256"),
        (PICTURE.to_dict() | {"path": "/etc/passwd"}, "picture must have name, sha256"),
        (PICTURE.to_dict() | {"sha256": "0" * 63}, "sha256 must be 64 hexadecimal digits"),
        (PICTURE.to_dict() | {"sha256": 3}, "sha256 must be 64 hexadecimal digits"),
        (PICTURE.to_dict() | {"name": None}, "the picture's name must be text"),
        (PICTURE.to_dict() | {"name": "x" * 256}, "the picture's name has 256 characters"),
        (PICTURE.to_dict() | {"asked": [1, 2]}, "asked must have latitude and longitude"),
    ],
)
def test_json_without_a_true_picture_is_refused(picture: object, sentence: str) -> None:
    told = BelongRequest("town", picture=PICTURE).to_dict()
    with pytest.raises(BadRequest, match=sentence):
        request_from_dict(told | {"picture": picture})
    del told["picture"]
    with pytest.raises(BadRequest, match="the request lacks 'picture'"):
        request_from_dict(told)


FLAGS = ("--model", "town", *(f"--{name}={number}" for name, number in QUICK.items()))


def test_the_command_says_where_and_how_sure(
    studio: Studio, park: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(studio.home))
    out = tmp_path / "where.png"
    assert main(["belong", str(park), *FLAGS, "--out", str(out)]) == 0
    facts = json.loads(Image.open(out).text["genius-loci"])["details"]  # pyright: ignore[reportAttributeAccessIssue]
    place, radius_m = Place(*facts["place"]), facts["uncertainty_m"]
    assert capsys.readouterr().out == f"{out}, {place}, within {radius_m:,.0f} m, model town\n"
    assert {path.name for path in tmp_path.glob("where*")} == {
        "where.png",
        "where.picture.png",
        "where.geojson",
    }

    ours = tmp_path / "ours.png"
    studio.run(ImageRequest("town", MOMA, num_inference_steps=1), out=ours)
    only_map = tmp_path / "map.geojson"
    assert main(["belong", str(ours), *FLAGS, "--out", str(only_map)]) == 0
    landed_m = read(only_map)[1].properties["landed_m"]
    assert f", landed {landed_m:,.0f} m from the place asked for, model town\n" in capsys.readouterr().out
    assert [path.name for path in tmp_path.glob("map*")] == ["map.geojson"]
    assert main(["belong", str(ours), *FLAGS, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["landed_m"] == landed_m


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["none.png"], "there is no picture at none.png; give the file of one"),
        (["dot.png"], "1 x 1 pixels; give one of at least 32 x 32"),
        (["words.png"], "not a JPEG, PNG, WEBP, TIFF or HEIC picture"),
        (["park.png", "--cells", "3"], "cells is 3; choose a whole number from 16 to 400"),
        (["park.png", "--model", "paris"], "there is no model 'paris'"),
        (["park.png", "--out", "where.gif"], "a picture cannot be written as 'where.gif'"),
        ([], "Missing from python -m engine belong: PATH Any picture."),
    ],
)
@pytest.mark.usefixtures("park")
def test_a_mistake_is_one_line_and_exit_code_2(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, line: list[str], sentence: str
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(studio.home))
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (1, 1)).save("dot.png")
    Path("words.png").write_text("words")
    assert main(["belong", "--model", "town", *line]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert sentence in err
