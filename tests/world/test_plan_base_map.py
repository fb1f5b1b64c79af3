"""The base map that the page draws with the network off."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import shapely

from engine.world.plan.base_map import base_map

ROOT = Path(__file__).parent.parent.parent


def test_the_base_map_is_compact_valid_geojson() -> None:
    text = json.dumps(base_map(), separators=(",", ":"))
    assert len(text) < 400_000
    features = json.loads(text)["features"]
    for feature in features:
        geometry = shapely.geometry.shape(feature["geometry"])
        assert geometry.is_valid
        assert feature["properties"]["name"]
        longitudes = shapely.get_coordinates(geometry)[:, 0]
        assert (longitudes > -74.2).all()
        assert (longitudes < -73.8).all()


def test_the_base_map_has_what_a_walker_looks_for() -> None:
    features = base_map()["features"]
    kinds = Counter(feature["properties"]["kind"] for feature in features)
    assert kinds["neighbourhood"] >= 16
    assert kinds["landmark"] == 12
    assert kinds["street"] > 300
    for kind in ("water", "land", "park", "lake", "avenue", "highway", "bridge", "pier", "river", "borough"):
        assert kinds[kind], kind
    names = {feature["properties"]["name"] for feature in features}
    assert {
        "Fifth Avenue",
        "West 42nd Street",
        "Hudson River",
        "Brooklyn Bridge",
        "Central Park",
        "SoHo",
    } <= names


def test_ground_comes_before_streets_and_labels_come_last() -> None:
    kinds = [feature["properties"]["kind"] for feature in base_map()["features"]]
    order = ["water", "land", "park", "lake", "street", "avenue", "bridge", "neighbourhood", "landmark"]
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
    assert kinds[0] == "water"


def test_the_base_map_comes_quickly_and_without_torch() -> None:
    code = (
        "import sys, time; from engine.world.plan.base_map import base_map; base_map();"
        "assert 'torch' not in sys.modules and 'scipy' not in sys.modules; print(time.process_time())"
    )
    seconds = float(
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout
    )
    assert seconds < 1.5
