"""GeoJSON of strangers: every geometry is read, every mistake is named."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile, BadPlace, BadRegion, UserError
from engine.geo.formats.geojson import decode
from engine.geo.place import Place
from engine.geo.region import Path, Polygon

SQUARE = [[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]
TRIANGLE = [[5, 5], [6, 5], [6, 6], [5, 5]]


def decoded(root: object) -> list:
    return decode(json.dumps(root).encode(), "a.geojson")


def shape(kind: str, coordinates: object) -> dict:
    return {"type": kind, "coordinates": coordinates}


def feature(geometry: object, **properties: object) -> dict:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (shape("Point", [13.2, 55.7]), [Place(55.7, 13.2)]),
        (shape("Point", [13.2, 55.7, 104.5]), [Place(55.7, 13.2)]),
        (shape("MultiPoint", [[13.2, 55.7], [0, 1]]), [Place(55.7, 13.2), Place(1, 0)]),
        (shape("LineString", [[1, 2], [3, 4]]), [Path((Place(2, 1), Place(4, 3)))]),
        (shape("MultiLineString", [[[1, 2], [3, 4]]]), [Path((Place(2, 1), Place(4, 3)))]),
        (shape("Polygon", [SQUARE]), [Polygon((Place(0, 0), Place(0, 2), Place(1, 2), Place(1, 0)))]),
        (
            shape("MultiPolygon", [[SQUARE], [TRIANGLE]]),
            [
                Polygon((Place(0, 0), Place(0, 2), Place(1, 2), Place(1, 0))),
                Polygon((Place(5, 5), Place(5, 6), Place(6, 6))),
            ],
        ),
        ({"type": "GeometryCollection", "geometries": [shape("Point", [1, 2])]}, [Place(2, 1)]),
        (shape("MultiPolygon", []), []),
        (None, []),
    ],
)
def test_every_geometry_is_read(geometry: dict, expected: list) -> None:
    collection = {"type": "FeatureCollection", "features": [feature(geometry, name="here", floors=3)]}
    found = decoded(collection)
    assert [one.geometry for one in found] == expected
    assert all((one.name, one.properties) == ("here", {"floors": 3}) for one in found)
    if geometry is not None:
        assert [one.geometry for one in decoded(geometry)] == expected, "a bare geometry is a file too"


def test_a_hole_is_a_hole() -> None:
    [found] = decoded(shape("Polygon", [SQUARE, [[0.5, 0.5], [1, 0.5], [1, 0.7], [0.5, 0.5]]]))
    assert len(found.geometry.holes) == 1
    assert not found.geometry.contains(Place(0.55, 0.9))


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (feature(shape("Point", [1, 2]), name="SoHo", title="x"), "SoHo"),
        (feature(shape("Point", [1, 2]), name=None, title="Mitte"), "Mitte"),
        (feature(shape("Point", [1, 2])) | {"id": "Bronx"}, "Bronx"),
        (feature(shape("Point", [1, 2])) | {"id": 7}, ""),
        ({"type": "Feature", "geometry": shape("Point", [1, 2]), "properties": None}, ""),
    ],
)
def test_the_name_is_found(record: dict, name: str) -> None:
    assert decoded(record)[0].name == name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[" * 900_000, "nested too deeply"),
        (b"[" * 1_000_000, "1,000,000 positions or more"),
        (b'{"type": "Point", "coordinates": [NaN, 1]}', r"not \[longitude, latitude\] in numbers"),
        (b'{"type": "Point", "coordinates": [1, -Infinity]}', "in numbers"),
        (b'{"type": "Point", "coordinates": [%s, 1]}' % (b"1" * 5000), "thousands of digits"),
        (b"null", "feature 1 is not a GeoJSON object"),
    ],
)
def test_a_broken_file_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        decode(data, "a.geojson")


@pytest.mark.parametrize(
    ("root", "error", "words"),
    [
        ([], BadFile, "not a GeoJSON object"),
        ({}, BadFile, "no coordinates"),
        ({"type": "Topology", "coordinates": []}, BadFile, "is a Topology"),
        ({"type": ["Point"], "coordinates": []}, BadFile, "which GeoJSON does not have"),
        ({"type": "FeatureCollection"}, BadFile, "no list of features"),
        ({"type": "FeatureCollection", "features": [7]}, BadFile, "feature 1 is not"),
        ({"type": "Feature", "geometry": shape("Point", [1, 2]), "properties": 3}, BadFile, "no object"),
        (shape("Point", "ab"), BadFile, "no coordinates"),
        (shape("Point", [1]), BadFile, "in numbers"),
        (shape("Point", ["1", "2"]), BadFile, "in numbers"),
        (shape("Point", [True, False]), BadFile, "in numbers"),
        (shape("LineString", [1, 2]), BadFile, "in numbers"),
        (shape("Polygon", [1, 2]), BadFile, "wrong depth"),
        (shape("Point", [40.7, -120.5]), BadPlace, "latitude -120.5 .* probably swapped"),
        (shape("Point", [823_764, 4_970_241]), BadPlace, "give degrees"),
        (shape("Point", [10**400, 1]), BadPlace, "is not a number"),
        (shape("LineString", [[1, 2]]), BadRegion, "fewer than two"),
        (shape("LineString", [[179, 2], [-179, 2]]), BadRegion, "antimeridian"),
        (shape("Polygon", []), BadRegion, "0 different places"),
        (shape("Polygon", [[[0, 0], [1, 1], [0, 0]]]), BadRegion, "2 different places"),
        (
            {"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}, **shape("Point", [1, 2])},
            BadFile,
            "not in WGS84",
        ),
    ],
)
def test_a_mistake_is_named(root: object, error: type[UserError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        decoded(root)
    assert str(caught.value).startswith("a.geojson")


def test_the_old_way_to_declare_degrees_is_accepted() -> None:
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"):
        assert decoded({"crs": {"properties": {"name": name}}, **shape("Point", [1, 2])})


def test_an_absent_number_in_a_property_does_no_harm() -> None:
    [found] = decode(
        b'{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"h":NaN}}',
        "a.geojson",
    )
    assert found.properties == {"h": None}


def test_a_crossing_names_its_feature_and_its_place() -> None:
    bow = shape("Polygon", [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]])
    collection = {
        "type": "FeatureCollection",
        "features": [feature(shape("Point", [1, 2])), feature(bow, name="SoHo")],
    }
    with pytest.raises(BadRegion, match=r'feature 2 "SoHo": the polygon crosses itself near 0\.5') as caught:
        decoded(collection)
    assert "redraw" in str(caught.value)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.integers()
        | st.sampled_from(["Point", "Polygon", "Feature", "FeatureCollection", "x"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "coordinates", "geometry", "features", "properties", "geometries", "crs"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
@settings(deadline=None)
def test_any_json_gives_features_or_one_sentence(root: object) -> None:
    said = "a.geojson"
    try:
        assert isinstance(decoded(root), list)
    except UserError as error:
        said = str(error)
    assert said.startswith("a.geojson")
    assert "\n" not in said
