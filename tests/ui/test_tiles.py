"""The street map: found by address or by name, with the credit that is due, and refused in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import BadRequest
from ui.map_document import build_document
from ui.tiles import OSM, Tiles, find_tiles

ROOT = Path(__file__).parents[2]


def test_without_a_wish_it_is_openstreetmap() -> None:
    assert find_tiles(None) == OSM
    assert find_tiles("none") is None


def test_an_address_is_taken_and_its_host_named() -> None:
    tiles = find_tiles("https://tiles.example.org/{z}/{x}/{y}.png?key=3")
    assert tiles == Tiles("https://tiles.example.org/{z}/{x}/{y}.png?key=3", "tiles.example.org")
    ours = find_tiles("https://a.tile.openstreetmap.org/{z}/{x}/{y}.png")
    assert ours is not None
    assert ours.credit == OSM.credit


@pytest.mark.parametrize("name", ["Esri.WorldTopoMap", "esri world topo map"])
def test_a_name_brings_address_and_credit_from_the_catalogue(name: str) -> None:
    tiles = find_tiles(name)
    assert tiles is not None
    assert "arcgisonline.com" in tiles.url
    assert all(part in tiles.url for part in ("{z}", "{x}", "{y}"))
    assert "Esri" in tiles.credit
    html = build_document(tiles).html
    assert tiles.url in html
    assert "Esri, DeLorme" in html


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("Esri.WorldTopo", "there is no street map 'Esri.WorldTopo' in leafmap's catalogue; perhaps Esri.WorldTopoMap"),
        ("qqqqqqq", "try Esri.WorldTopoMap"),
        ("CartoDB.Positron", "CartoDB.Positron needs a key; give --tiles its address with your key in it"),
        ("https://example.org/{z}/{x}", "https://example.org/{z}/{x} is no address of tiles"),
        ("example/{z}/{x}/{y}", "is no address of tiles"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_one_sentence(wanted: str, words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        find_tiles(wanted)
    assert words in str(caught.value)


def test_the_catalogue_is_imported_only_for_a_name() -> None:
    script = (
        "import sys; from ui.tiles import find_tiles; find_tiles(None); find_tiles('https://a/{z}/{x}/{y}'); "
        "print([name for name in ('leafmap', 'geopandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
