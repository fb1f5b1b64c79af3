"""Atlases: every cell shows the picture of its centre where a map expects it, in each of the files."""

import io
import itertools
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import h3
import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile
from skimage.draw import disk

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRegion, BadRequest, Cancelled
from engine.geo.bearing import distance_m
from engine.geo.formats import read
from engine.geo.place import Place
from engine.geo.region import Box, Polygon
from engine.photos.stamp import read_provenance
from engine.studio.atlas.cells import MOST_CELLS, hexagons, squares
from engine.studio.atlas.maps import write_kmz
from engine.studio.atlas.mosaic import LONGEST_SIDE_PX, MOST_PIXELS, PAPER, Sheet
from engine.studio.gallery import Artefact, recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import AtlasRequest, ImageRequest, request_from_dict
from engine.studio.requests.atlas import MAPS
from engine.studio.studio import HOME_VARIABLE, Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
BLOCKS = Box(south=40.750, west=-73.990, north=40.7555, east=-73.9835)  # about 549 m x 611 m
REQUEST = AtlasRequest(
    "town", BLOCKS, side_m=300, prompt="a street", heading=30.0, num_inference_steps=1, seed=3
)
HEXAGONS = replace(REQUEST, cells="h3", resolution=9)
ON_MAP = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tiny model that knows the heading and the hour too."""
    home = tmp_path_factory.mktemp("town")
    conditions = ("longitude", "latitude", "heading", "hour")
    card = PlaceCard("Town", conditions=conditions, box=BOX, resolution_px=64, base_model="tiny")
    save_pipeline(build_tiny(card), home / "checkpoints" / "town")
    return home


@pytest.fixture(scope="module")
def made(town: Path) -> Artefact:
    """The atlas of a few blocks in squares, with all its files."""
    return Studio(town).run(REQUEST)


@pytest.fixture(scope="module")
def made_of_hexagons(town: Path) -> Artefact:
    """The same blocks in hexagons."""
    return Studio(town).run(HEXAGONS)


def pixel_of(place: Place, artefact: Artefact) -> tuple[int, int]:
    """Column and row of a place in the mosaic, by its bounds and pyproj alone."""
    bounds = artefact.details["bounds"]
    west, north = ON_MAP.transform(bounds["west"], bounds["north"])
    east, south = ON_MAP.transform(bounds["east"], bounds["south"])
    x, y = ON_MAP.transform(place.longitude, place.latitude)
    with Image.open(artefact.path) as mosaic:
        width, height = mosaic.size
    return int((x - west) / (east - west) * width), int((north - y) / (north - south) * height)


def picture_alone(studio: Studio, place: Place) -> np.ndarray:
    """The picture that a request for that one place makes."""
    alone = studio.run(
        ImageRequest("town", place, prompt="a street", heading=30.0, num_inference_steps=1, seed=3)
    )
    with Image.open(alone.path) as picture:
        return np.asarray(picture)


def test_squares_show_the_pixels_of_single_pictures_around_their_places(
    made: Artefact, studio: Studio
) -> None:
    places = [Place(*each) for each in made.details["places"]]
    assert len(places) == 4
    assert all(map(BLOCKS.contains, places))
    with Image.open(made.path) as image:
        mosaic = np.asarray(image)
    assert mosaic.shape == (128, 128, 4)
    assert (mosaic[..., 3] == 255).all()
    for place in places:
        column, row = pixel_of(place, made)
        left, top = column // 64 * 64, row // 64 * 64
        assert abs(column - left - 32) <= 1
        assert abs(row - top - 32) <= 1
        assert (mosaic[top : top + 64, left : left + 64, :3] == picture_alone(studio, place)).all()
    assert [pixel_of(place, made)[1] < 64 for place in places] == [True, True, False, False]
    assert [pixel_of(place, made)[0] < 64 for place in places] == [True, False, True, False]
    assert distance_m(places[0], places[1]) == pytest.approx(300, abs=1)


def test_hexagons_are_cut_out_without_gaps_and_outside_is_transparent(
    made_of_hexagons: Artefact, studio: Studio
) -> None:
    features = read(made_of_hexagons.files[".geojson"])
    places = [Place(*each) for each in made_of_hexagons.details["places"]]
    assert {each.name for each in features} == {
        h3.latlng_to_cell(place.latitude, place.longitude, 9) for place in places
    }
    assert len(places) > 1
    with Image.open(made_of_hexagons.path) as image:
        mosaic = np.asarray(image)
    assert set(np.unique(mosaic[..., 3])) == {0, 255}
    assert (mosaic[mosaic[..., 3] == 0][:, :3] == PAPER).all()  # for a JPEG, which has no alpha
    width, height = mosaic.shape[1], mosaic.shape[0]
    bounds = made_of_hexagons.details["bounds"]
    west, north = ON_MAP.transform(bounds["west"], bounds["north"])
    xs = west + (np.arange(width) + 0.5) * made_of_hexagons.details["pixel_m"]
    ys = north - (np.arange(height) + 0.5) * made_of_hexagons.details["pixel_m"]
    longitude, latitude = ON_MAP.transform(*np.meshgrid(xs, ys), direction="INVERSE")
    inside = np.zeros((height, width), bool)
    for feature in features:
        assert isinstance(feature.geometry, Polygon)
        inside |= feature.geometry.contains(latitude, longitude)
    assert (inside != (mosaic[..., 3] == 255)).mean() < 0.001  # pixels whose middle an edge runs through
    for place in places:
        column, row = pixel_of(place, made_of_hexagons)
        near = disk((row, column), 8)
        shown = mosaic[..., :3][near].astype(float).mean(0)
        alone = picture_alone(studio, place)[disk((32, 32), 8)].mean(0)
        assert np.abs(shown - alone).max() < 12


def test_the_geotiff_says_where_its_pixels_are(made: Artefact) -> None:
    bounds, pixel_m = made.details["bounds"], made.details["pixel_m"]
    west, north = ON_MAP.transform(bounds["west"], bounds["north"])
    east, south = ON_MAP.transform(bounds["east"], bounds["south"])
    with Image.open(made.files[".tif"]) as tif, Image.open(made.path) as png:
        assert tif.mode == "RGBA"
        assert tif.tobytes() == png.tobytes()
        assert isinstance(tif, TiffImageFile)
        tags = tif.tag_v2
        assert tags[33550] == pytest.approx((pixel_m, pixel_m, 0))
        assert tags[33922] == pytest.approx((0, 0, 0, west, north, 0))
        assert tags[34735][:4] == (1, 1, 0, len(tags[34735]) // 4 - 1)
        keys = {tags[34735][at]: tags[34735][at + 3] for at in range(4, len(tags[34735]), 4)}
        assert keys == {1024: 1, 1025: 1, 1026: 0, 3072: 3857}
        assert tags[338] == (2,)  # alpha, not premultiplied
        assert request_from_dict(json.loads(tags[270])) == made.request
        assert (tif.width * pixel_m, tif.height * pixel_m) == pytest.approx((east - west, north - south))


@pytest.mark.skipif(find_spec("rasterio") is None, reason="rasterio is not installed; pip install rasterio")
def test_rasterio_reads_the_geotiff_as_it_was_meant(made: Artefact) -> None:
    import rasterio

    with rasterio.open(made.files[".tif"]) as raster:
        assert raster.crs.to_epsg() == 3857
        assert [each.name for each in raster.colorinterp] == ["red", "green", "blue", "alpha"]
        pixels = np.moveaxis(raster.read(), 0, -1)
        for latitude, longitude in made.details["places"]:
            row, column = raster.index(*ON_MAP.transform(longitude, latitude))
            assert (column, row) == pixel_of(Place(latitude, longitude), made)
        bounds = made.details["bounds"]
        assert tuple(raster.bounds) == pytest.approx(
            (
                *ON_MAP.transform(bounds["west"], bounds["south"]),
                *ON_MAP.transform(bounds["east"], bounds["north"]),
            )
        )
    with Image.open(made.path) as png:
        assert (pixels == np.asarray(png)).all()


def test_the_kmz_lays_the_mosaic_on_the_ground_and_marks_every_cell(made: Artefact) -> None:
    with zipfile.ZipFile(made.files[".kmz"]) as archive:
        root = ElementTree.fromstring(archive.read("doc.kml"))
        space = {"k": "http://www.opengis.net/kml/2.2"}
        overlay = root.find("k:Document/k:GroundOverlay", space)
        assert overlay is not None
        with Image.open(io.BytesIO(archive.read("files/mosaic.png"))) as mosaic:
            assert mosaic.mode == "RGBA"
        assert overlay.findtext("k:Icon/k:href", "", space) == "files/mosaic.png"
        for side in ("north", "south", "east", "west"):
            said = float(overlay.findtext(f"k:LatLonBox/k:{side}", "", space))
            assert said == pytest.approx(made.details["bounds"][side], abs=1e-9)
        marks = root.findall("k:Document/k:Placemark", space)
        assert len(marks) == 4
        for mark in marks:
            href = ElementTree.fromstring(f"<d>{mark.findtext('k:description', '', space)}</d>")[0].get("src")
            with Image.open(io.BytesIO(archive.read(href or ""))) as thumbnail:
                assert thumbnail.size == (64, 64)
    assert [each.geometry for each in read(made.files[".kmz"])] == [
        Place(*each) for each in made.details["places"]
    ]
    shapes = shapely.from_wkb(
        pyogrio.raw.read(f"/vsizip/{made.files['.kmz']}/doc.kml")[2]
    )  # as GDAL reads it
    points = shapely.get_coordinates([each for each in shapes if each.geom_type == "Point"])[:, ::-1]
    assert points == pytest.approx(np.array(made.details["places"]), abs=1e-9)


def test_rows_of_the_kmz_are_equal_steps_of_latitude_however_large_it_is(tmp_path: Path) -> None:
    (cell,) = squares(Box(30.0, 0.0, 60.0, 30.0), 3_000_000)
    sheet = Sheet.of([cell], 600)
    mosaic, bounds = sheet.blank(), sheet.bounds
    _, y = ON_MAP.transform(0, 50)
    south_of_50 = round((sheet.north_m - y) / sheet.pixel_m)
    mosaic.paste((0, 0, 0, 255), (0, south_of_50, *sheet.size))
    write_kmz(tmp_path / "wide.kmz", mosaic, sheet, REQUEST, [cell], [mosaic])
    with zipfile.ZipFile(tmp_path / "wide.kmz") as archive:
        overlay = np.asarray(Image.open(io.BytesIO(archive.read("files/mosaic.png"))))
    first = np.flatnonzero(overlay[:, 0, 3])[0]
    assert bounds.north - first / len(overlay) * (bounds.north - bounds.south) == pytest.approx(50, abs=0.1)


def test_the_geojson_has_the_cells_with_what_their_pictures_were_asked_for(made: Artefact) -> None:
    features = read(made.files[".geojson"])
    for feature, (latitude, longitude) in zip(features, made.details["places"], strict=True):
        assert isinstance(feature.geometry, Polygon)
        assert feature.geometry.contains(Place(latitude, longitude))
        assert feature.properties == {
            "latitude": latitude,
            "longitude": longitude,
            "heading": 30.0,
            "hour": None,
            "month": None,
            "prompt": "a street",
            "seed": 3,
        }
    north_west, north_east, south_west = (features[number].geometry for number in (0, 1, 2))
    assert isinstance(north_west, Polygon)
    assert north_west.bounds.east == pytest.approx(north_east.bounds.west, abs=1e-12)
    assert north_west.bounds.south == pytest.approx(south_west.bounds.north, abs=1e-12)


def test_the_same_request_makes_the_same_bytes_in_every_file(
    made: Artefact, town: Path, tmp_path: Path
) -> None:
    again = Studio(town).run(recall(made.path), out=tmp_path / "again.png")
    assert again.path.read_bytes() == made.path.read_bytes()
    assert set(again.files) == {".tif", ".kmz", ".geojson"}
    for ending, path in again.files.items():
        assert path.read_bytes() == made.files[ending].read_bytes()
    assert Studio(town).gallery.get(made.id).files == made.files


def test_progress_counts_the_cells_and_shows_the_map_and_it_stops_within_a_step(studio: Studio) -> None:
    events: list[Progress] = []
    request = replace(REQUEST, num_inference_steps=2)
    studio.run(request, events.append)
    assert events[-1].done == events[-1].total == 8
    assert any("picture 3 of 4, step 1 of 2" in each.message for each in events)
    assert {each.preview.size for each in events if each.preview} == {(128, 128)}
    studio.gallery.delete(studio.gallery.list()[0].id)
    assert list(studio.gallery.folder.iterdir()) == []
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if "picture 2 of 4, step 1" in progress.message:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(request, stop, cancel)
    assert list(studio.gallery.folder.iterdir()) == []


def test_an_atlas_that_does_not_tell_where_it_is_is_a_picture_alone(studio: Studio, tmp_path: Path) -> None:
    hidden, out = replace(REQUEST, gps_in_exif=False), tmp_path / "out.png"
    assert studio.run(hidden, out=out).files == {}
    assert list(tmp_path.glob("out.*")) == [out]
    data = out.read_bytes()
    assert not any(number in data for number in (b"40.75", b"73.9"))
    provenance = read_provenance(out)
    assert provenance is not None
    assert provenance["details"]["bounds"] is provenance["details"]["places"] is None
    request = recall(out)
    assert isinstance(request, AtlasRequest)
    with pytest.raises(BadRequest, match="does not tell its region; draw one"):
        studio.run(request)
    for ending in MAPS:
        with pytest.raises(BadRequest, match=r"cannot be written as .*; end it in \.png, \.jpg"):
            studio.run(hidden, out=tmp_path / f"map{ending}")


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"region": Box(48.85, 2.29, 48.86, 2.30)}, BadRegion, "lies outside of what the model knows"),
        (
            {"side_m": 25.0},
            BadRequest,
            "this region has 550 cells of 25 m, and an atlas has at most 400; choose larger ones or a smaller region",
        ),
        (
            {"region": BOX, "side_m": 10.0},
            BadRequest,
            r"this region has about 2,\d\d\d,\d\d\d cells of 10 m, and",
        ),
        (
            {"region": BOX, "cells": "h3", "resolution": 10},
            BadRequest,
            r"about 1\d,\d\d\d h3 cells of resolution 10",
        ),
        (
            {"region": Box(40.750, -73.990, 40.7501, -73.9899), "cells": "h3"},
            BadRequest,
            "none of the h3 cells of resolution 9 has its centre in this region; choose smaller ones or",
        ),
        (
            {
                "region": Polygon((Place(40.71, -74.02), Place(40.87, -73.91), Place(40.87, -73.91001))),
                "side_m": 5.0,
            },
            BadRequest,
            "this region is too long and thin for cells of 5 m; choose larger ones",
        ),
        ({"side_m": 1.0}, BadRequest, "side_m is 1.0; choose a number from 5 to 100,000"),
        ({"cells": "triangle"}, BadRequest, "cells is 'triangle'; choose from square, h3"),
        ({"resolution": 14}, BadRequest, "resolution is 14; choose a whole number from 0 to 13"),
        ({"region": "Midtown"}, BadRequest, "region must be a box or a polygon, not str"),
        ({"month": 6.0}, BadRequest, "this model has no condition 'month'"),
    ],
)
def test_what_is_no_atlas_is_said_in_one_sentence(
    studio: Studio, changes: dict, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        studio.run(replace(REQUEST, **changes))
    assert studio.gallery.list() == ()


def test_a_notice_says_what_the_model_does_not_know_of_the_region(studio: Studio) -> None:
    assert studio.notices(REQUEST) == ()
    beyond = replace(REQUEST, region=Box(40.69, -73.99, 40.76, -73.97))
    assert studio.notices(beyond) == (
        "A part of this region is outside of what the model knows, and is left out.",
    )


@pytest.mark.parametrize("latitude", [-60.0, 0.0, 55.7])
def test_cells_fill_a_region_anywhere_without_overlap(latitude: float) -> None:
    region = Box(latitude, 13.10, latitude + 0.02, 13.14)
    for cells in (squares(region, 400), hexagons(region, 8)):
        assert all(region.contains(cell.centre) for cell in cells)
        assert all(cell.outline.contains(cell.centre) for cell in cells)
        assert sum(cell.outline.area_m2 for cell in cells) == pytest.approx(region.area_m2, rel=0.25)
        for one, other in itertools.combinations(cells, 2):
            assert one.outline.shape.intersection(other.outline.shape).area < 1e-10
        assert [cell.centre.latitude for cell in cells] == sorted(
            (cell.centre.latitude for cell in cells), reverse=True
        )


def test_a_polygon_takes_the_cells_whose_centres_it_holds_and_none_of_its_holes() -> None:
    outer = Box(40.75, -73.99, 40.77, -73.96).corners
    hole = tuple(reversed(Box(40.755, -73.98, 40.765, -73.97).corners))
    ring = Polygon(outer, (hole,))
    for cells in (squares(ring, 200), hexagons(ring, 9)):
        assert all(ring.contains(cell.centre) for cell in cells)
        assert 0 < len(cells) < MOST_CELLS
    assert len(squares(ring, 200)) < len(squares(Polygon(outer), 200))


def test_a_region_smaller_than_a_square_is_one_square() -> None:
    (cell,) = squares(Box(40.75, -73.99, 40.7501, -73.9899), 150)
    assert (cell.outline.bounds.width_m, cell.outline.bounds.height_m) == pytest.approx((150, 150), rel=0.01)


@pytest.mark.parametrize(("columns", "rows"), [(20, 20), (400, 1)])
def test_a_mosaic_of_many_large_pictures_stays_one_that_programs_open(columns: int, rows: int) -> None:
    region = Box(0.0, 10.0, rows * 0.001, 10 + columns * 0.001)
    cells = squares(region, 111.3)
    assert len(cells) == columns * rows
    sheet = Sheet.of(cells, 512)
    width, height = sheet.size
    assert width * height <= MOST_PIXELS
    assert max(width, height) <= LONGEST_SIDE_PX
    assert width % columns == height % rows == 0
    edges = np.array([outline.min(0) for outline in sheet.outlines]) / (width // columns, height // rows)
    assert np.abs(edges - edges.round()).max() < 1e-3  # every square begins where a pixel does


def test_the_verb_writes_each_of_the_files(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(studio.home))
    words = ["--region", "40.75,-73.99,40.7525,-73.986", "--side-m", "300", "--num-inference-steps", "1"]
    out = tmp_path / "map.tif"
    assert main(["atlas", *words, "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}, 1 cells, model town\n"
    assert list(tmp_path.glob("map.*")) == [out]
    assert (
        main(["atlas", *words, "--cells", "h3", "--resolution", "10", "--out", str(tmp_path / "hex.geojson")])
        == 0
    )
    assert all(isinstance(each.geometry, Polygon) for each in read(tmp_path / "hex.geojson"))
    capsys.readouterr()
    assert main(["atlas", *words, "--no-gps-in-exif", "--out", str(tmp_path / "map.kmz")]) == 2
    assert capsys.readouterr().err == (
        "map.kmz would say nothing but where things are; leave --no-gps-in-exif out, or end it in .png\n"
    )
