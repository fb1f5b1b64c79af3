"""What is written is read back, byte for byte the same each time, whole or not at all."""

import errno
import math
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import geo
from engine.errors import BadFile, BadRequest, DiskFull
from engine.geo.formats import Feature, read, write
from engine.geo.place import Place
from engine.geo.region import Path as Walk
from engine.geo.region import Polygon

ALL = [".geojson", ".json", ".kml", ".kmz", ".gpx", ".csv"]
PLACES = st.builds(Place, st.floats(-84, 84), st.floats(-80, 80))
# Text as files of strangers have it: any script, emoji and signs, but no space at its ends, which readers drop.
WORDS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)
    .map(str.strip)
    .filter(lambda word: word == word.strip(" \t\n\r"))
)
KEYS = st.sampled_from(["caption", "ele", "desc", "type", "Ort der Aufnahme", "n&<\">'"])
TEXTS = st.dictionaries(KEYS, WORDS.filter(bool), max_size=3)
WALKS = st.lists(PLACES, min_size=2, max_size=6, unique_by=str).map(tuple).map(Walk)


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    """Stars, which never cross themselves, some with a hole in the middle."""
    latitude, longitude = draw(st.floats(-60, 60)), draw(st.floats(-100, 100))
    radii = draw(st.lists(st.floats(0.1, 5), min_size=4, max_size=12))

    def star(shrink: float) -> tuple[Place, ...]:
        angles = [2 * math.pi * index / len(radii) for index in range(len(radii))]
        return tuple(
            Place(latitude + shrink * r * math.sin(a), longitude + shrink * r * math.cos(a))
            for r, a in zip(radii, angles, strict=True)
        )

    return Polygon(star(1), (star(0.5),) if draw(st.booleans()) else ())


def features(geometries: st.SearchStrategy) -> st.SearchStrategy[list[Feature]]:
    return st.lists(st.builds(Feature, geometries, WORDS, TEXTS), max_size=4)


@pytest.mark.parametrize("ending", ALL)
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_round_trip(ending: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    kinds = {".csv": PLACES, ".gpx": PLACES | WALKS}.get(ending, PLACES | WALKS | polygons())
    given_features = data.draw(features(kinds))
    path = tmp_path_factory.getbasetemp() / f"round{ending}"
    write(path, given_features)
    expected = given_features
    if ending == ".gpx":  # its places stand before its paths
        expected = sorted(given_features, key=lambda feature: isinstance(feature.geometry, Walk))
    assert read(path) == expected
    first = path.read_bytes()
    write(path, given_features)
    assert path.read_bytes() == first


def test_geojson_keeps_types_and_the_others_text(tmp_path: Path) -> None:
    said = {"floors": 3, "height_m": 12.5, "open": True, "tags": ["a", "b"], "note": None}
    for ending in ALL:
        path = tmp_path / f"typed{ending}"
        write(path, [Feature(Place(1, 2), "x", said)])
        [feature] = read(path)
        if ending in (".geojson", ".json"):
            assert feature.properties == said
        else:
            texts = {"floors": "3", "height_m": "12.5", "open": "true", "tags": '["a", "b"]'}
            assert feature.properties == texts


@pytest.mark.parametrize("ending", ALL)
def test_text_that_a_format_cannot_hold_does_no_harm(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"odd{ending}"
    write(path, [Feature(Place(1, 2), "bell \x07 half \ud800 end", {"key\x00": "null \x00 byte"})])
    [feature] = read(path)
    assert feature.geometry == Place(1, 2)
    assert feature.name.startswith("bell")
    assert feature.name.endswith("end")


@pytest.mark.parametrize("ending", ALL)
def test_a_failed_write_leaves_the_old_file(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"kept{ending}"
    write(path, [Feature(Place(1, 2), "old")])
    before = path.read_bytes()

    def no_room(_self: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(DiskFull, match="disk is full"):
        write(path, [Feature(Place(3, 4), "new")])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_what_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    square = Polygon((Place(0, 0), Place(0, 1), Place(1, 1)))
    walk = Walk((Place(0, 0), Place(0, 1)))
    with pytest.raises(BadFile, match='GPX has no polygons, and "park" is one'):
        write(tmp_path / "a.gpx", [Feature(square, "park")])
    with pytest.raises(BadFile, match='CSV holds places, and "lane" is a path'):
        write(tmp_path / "a.csv", [Feature(walk, "lane")])
    with pytest.raises(BadFile, match="cannot be written"):
        write(tmp_path / "a.geojson", [Feature(square, "park", {"height_m": math.nan})])
    assert list(tmp_path.iterdir()) == []


def test_paths_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="known format"):
        read(tmp_path / "a.shp")
    with pytest.raises(BadFile, match=r"known format; use one of \.csv"):
        write(tmp_path / "a", [])
    with pytest.raises(BadFile, match="is not a file"):
        read(tmp_path / "absent.kml")
    (tmp_path / "folder.kml").mkdir()
    with pytest.raises(BadFile, match="is not a file"):
        read(tmp_path / "folder.kml")
    with pytest.raises(BadRequest, match="cannot be written"):
        write(tmp_path / "folder.kml", [])
    (tmp_path / "file").write_text("")
    with pytest.raises(BadRequest, match="cannot be written"):
        write(tmp_path / "file" / "a.kml", [])


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.geojson"
    with path.open("wb") as file:
        file.truncate(geo.formats.MAX_BYTES + 1)
    with pytest.raises(BadFile, match="larger than 32 MiB"):
        read(path)
