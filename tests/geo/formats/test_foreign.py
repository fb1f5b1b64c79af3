"""Real files from elsewhere are read whole, and their places are where they should be."""

from pathlib import Path

import pytest

from engine.geo.formats import read, write
from engine.geo.place import Place
from engine.geo.region import Box, Polygon


@pytest.mark.parametrize(
    ("name", "count", "area_km2", "box"),
    [
        ("nyc_boroughs.geojson", 7, 1213, Box(40.4, -74.3, 41.0, -73.6)),
        ("manhattan_neighbourhoods.geojson", 37, 59, Box(40.67, -74.05, 40.89, -73.89)),
        ("lower_manhattan_buildings.geojson", 650, 0.68, Box(40.69, -74.03, 40.73, -73.99)),
        ("paris_arrondissements.geojson", 20, 105.4, Box(48.81, 2.22, 48.91, 2.48)),
    ],
)
def test_vectors(name: str, count: int, area_km2: float, box: Box, shared: Path, tmp_path: Path) -> None:
    features = read(shared / "vectors" / name)
    polygons = [feature.geometry for feature in features if isinstance(feature.geometry, Polygon)]
    assert len(polygons) == len(features) == count
    assert sum(polygon.area_m2 for polygon in polygons) / 1e6 == pytest.approx(area_km2, rel=0.01)
    assert all(box.contains(place) for polygon in polygons for place in polygon.exterior)
    for ending in (".geojson", ".kmz"):
        write(tmp_path / f"again{ending}", features)
        again = read(tmp_path / f"again{ending}")
        assert [one.geometry for one in again] == polygons
        assert [one.name for one in again] == [one.name for one in features]


def test_neighbourhoods_hold_their_landmarks(shared: Path) -> None:
    features = read(shared / "vectors" / "manhattan_neighbourhoods.geojson")
    for place, name in ((Place(40.7829, -73.9654), "Central Park"), (Place(40.7465, -74.0014), "Chelsea")):
        holding = [one.name for one in features if one.geometry.contains(place)]
        assert holding == [name]


def test_a_table_of_a_photo_service(shared: Path) -> None:
    features = read(shared / "tables" / "dresden_flickr.csv")
    assert len(features) == 17_879
    assert features[0].geometry == Place(51.053833, 13.733333)
    assert features[0].properties["hashtags"] == "water;dresden;germany"
