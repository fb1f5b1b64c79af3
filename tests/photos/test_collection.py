"""Collection: what is in it, where, and what is nearest."""

import json
import shutil
from pathlib import Path

import h3
import pytest
from PIL import Image

from engine.errors import BadCollection, BadRegion, BadRequest
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.photos.collection import PHOTOS_SCHEMA, Collection
from engine.photos.ingest import ingest


@pytest.fixture(scope="module")
def collection(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    out = tmp_path_factory.mktemp("collections") / "lund"
    ingest([city], out, workers=1)
    return Collection.open(out)


def test_what_it_says_of_itself(collection: Collection, city: Path) -> None:
    assert (collection.name, len(collection)) == ("lund", 150)
    assert collection.photos.schema == PHOTOS_SCHEMA
    paths = collection.photos["path"].to_pylist()
    assert paths == sorted(paths)
    assert collection.about["sources"] == [str(city)]
    assert sum(collection.about["counts"]["splits"].values()) == 150
    assert collection.refused.num_rows == 0


def test_parts_make_the_whole_and_share_no_cell(collection: Collection) -> None:
    parts = [collection.split(name) for name in ("train", "validation", "test")]
    assert sum(part.num_rows for part in parts) == 150
    cells = [set(part["cell"].to_pylist()) for part in parts]
    assert not cells[0] & cells[1] | cells[1] & cells[2] | cells[0] & cells[2]
    assert all(cells)
    with pytest.raises(BadRequest, match="'all' is no part"):
        collection.split("all")  # pyright: ignore[reportArgumentType]


def test_thumbnails_are_small_upright_and_without_metadata(collection: Collection) -> None:
    for row in collection.photos.to_pylist():
        thumbnail = collection.file(row, "thumbnail")
        assert thumbnail is not None
        with Image.open(thumbnail) as image:
            assert image.size == (160, 120)
            assert not image.getexif()
        assert collection.file(row) == Path(row["path"])


def test_density_counts_every_photo_once(collection: Collection) -> None:
    for resolution in (5, 8, 12):
        density = collection.density(resolution)
        assert sum(count for _, count in density) == 150
        assert {h3.get_resolution(cell) for cell, _ in density} == {resolution}
    assert len(collection.density(5)) < len(collection.density(9))
    with pytest.raises(BadRequest, match="16 is no h3 resolution"):
        collection.density(16)


def test_nearest_is_what_measuring_all_says(collection: Collection) -> None:
    place = Place(55.7043, 13.2037)
    found = collection.nearest(place, 5)
    every = [
        distance_m(place, Place(row["latitude"], row["longitude"])) for row in collection.photos.to_pylist()
    ]
    assert [distance for _, distance in found] == pytest.approx(sorted(every)[:5])
    row, distance = found[0]
    assert distance_m(place, Place(row["latitude"], row["longitude"])) == pytest.approx(distance)
    assert len(collection.nearest(place, 1000)) == 150
    with pytest.raises(BadRequest, match="0 photos cannot be found"):
        collection.nearest(place, 0)


def test_the_box_holds_all_photos(collection: Collection, tmp_path: Path) -> None:
    box = collection.box
    assert box.contains(
        collection.photos["latitude"].to_numpy(), collection.photos["longitude"].to_numpy()
    ).all()
    assert box.height_m == pytest.approx(14 * 0.0011 * 111_350 + 100, rel=0.01)
    (tmp_path / "fiji.csv").write_text("lat,lon\n-16.8,179.99\n-16.8,-179.99\n")
    assert ingest([], tmp_path / "fiji", table=tmp_path / "fiji.csv").taken == 2
    with pytest.raises(BadRegion, match="crosses the antimeridian"):
        _ = Collection.open(tmp_path / "fiji").box


def test_what_is_no_collection_is_refused(collection: Collection, tmp_path: Path) -> None:
    with pytest.raises(BadCollection, match="is not a collection of photos; make one with"):
        Collection.open(tmp_path)
    for damage, message in (
        (lambda copy: (copy / "photos.parquet").unlink(), "is damaged"),
        (lambda copy: (copy / "photos.parquet").write_bytes(b"PAR1"), "is damaged"),
        (lambda copy: (copy / "collection.json").write_text("{"), "is damaged"),
        (lambda copy: (copy / "collection.json").write_text("[]"), "is damaged"),
        (lambda copy: (copy / "collection.json").write_text(json.dumps({"version": 2})), "has version 2"),
        (lambda copy: shutil.copy(copy / "refused.parquet", copy / "photos.parquet"), "lacks columns"),
    ):
        copy = tmp_path / "copy"
        shutil.copytree(collection.path, copy)
        damage(copy)
        with pytest.raises(BadCollection, match=message):
            Collection.open(copy)
        shutil.rmtree(copy)
