"""Lines that a person wrote: files, coordinates, names, and one sentence for what is no line."""

import time
from pathlib import Path as FilePath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadFile, BadPlace, BadRegion, UserError
from engine.geo.place import Place
from engine.geo.region import Path
from engine.studio.lines import find_line
from engine.studio.requests import WalkRequest

LINE = Path((Place(40.75, -73.99), Place(40.76, -73.98)))
POINT = '{"type": "Point", "coordinates": [-73.99, 40.75]}'
COORDINATES = "[[-73.99, 40.75], [-73.98, 40.76]]"


def gpx(points: list[tuple[float, float]]) -> str:
    shown = "".join(f'<trkpt lat="{latitude:.7f}" lon="{longitude:.7f}"/>' for latitude, longitude in points)
    return f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{shown}</trkseg></trk></gpx>'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.geojson", f'{{"type": "LineString", "coordinates": {COORDINATES}}}'),
        (
            "b.geojson",
            f'{{"type": "GeometryCollection", "geometries": [{POINT}, '
            f'{{"type": "MultiLineString", "coordinates": [{COORDINATES}, [[0, 0], [1, 1]]]}}]}}',
        ),
        ("c.gpx", gpx([(40.75, -73.99), (40.76, -73.98)])),
        (
            "d.kml",
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString><coordinates>'
            "-73.99,40.75 -73.98,40.76</coordinates></LineString></Placemark></kml>",
        ),
    ],
)
def test_the_first_line_of_a_file_is_taken(tmp_path: FilePath, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert find_line(str(tmp_path / name)) == LINE


@pytest.mark.parametrize(
    "written",
    [
        "40.75,-73.99 40.76,-73.98",
        " 40.75, -73.99  40.76 ,-73.98 ",
        "40.75,-73.99; 40.76,-73.98;",
        "40.75N 73.99W; 40.76N 73.98W",
    ],
)
def test_places_are_written_one_after_another(written: str) -> None:
    assert find_line(written) == LINE


def test_places_have_names() -> None:
    park, square = find_line("Bryant Park; Times Square").places
    assert (park.latitude, park.longitude) == pytest.approx((40.7537, -73.9836), abs=0.002)
    assert (square.latitude, square.longitude) == pytest.approx((40.758, -73.9855), abs=0.002)


@pytest.mark.parametrize(
    ("written", "error", "sentence"),
    [
        ("40.75,-73.99", BadRegion, '"40.75,-73.99" is one place; a path needs two'),
        ("Times Square", BadRegion, '"Times Square" is one place'),
        ("", BadPlace, "is not a place"),
        ("40.75,-73.99 40.75,-73.99", BadRegion, "fewer than two different places"),
        ("40.75,-73.99 40.76", BadPlace, "'40.76' is not a place"),
        ("Times Square; nowhere at all", BadPlace, 'no place "nowhere at all" here'),
        ("nothing.geojson", BadFile, "nothing.geojson is not a file"),
        ("film.mp4", BadFile, "does not end in a known format"),
    ],
)
def test_what_is_no_line_is_said_in_one_sentence(written: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        find_line(written)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.geojson", POINT, "a.geojson has no line; draw one"),
        ("one.gpx", gpx([(40.75, -73.99)]), "one.gpx, track 1: the path has fewer than two different places"),
        ("equal.gpx", gpx([(40.75, -73.99)] * 2), "fewer than two different places"),
        ("empty.gpx", "<gpx/>", "empty.gpx has no line"),
    ],
)
def test_a_file_without_a_line_is_said_in_one_sentence(
    tmp_path: FilePath, name: str, text: str, sentence: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadRegion, match=sentence):
        find_line(str(tmp_path / name))


def test_a_track_of_a_hundred_thousand_points_is_soon_a_request_of_few(tmp_path: FilePath) -> None:
    steps = np.random.default_rng(0).normal([1e-6, 0], 2e-6, (100_000, 2))
    (tmp_path / "long.gpx").write_text(gpx(np.add([40.7, -73.99], np.cumsum(steps, axis=0)).tolist()))
    started = time.process_time()
    request = WalkRequest("town", path=find_line(str(tmp_path / "long.gpx"))).validate()
    assert time.process_time() - started < 10
    assert request.path is not None
    assert len(request.path.places) <= 300
    assert request.frames == 48
    assert len(str(request.to_dict())) < 32_000


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_one_sentence(written: str) -> None:
    try:
        assert isinstance(find_line(written), Path)
    except UserError as error:
        said = str(error)
        assert said.strip()
