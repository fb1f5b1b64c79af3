"""Ingest of tables: positions that overrule the photos, or that are a collection by themselves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadCollection, BadRequest
from engine.geo.place import Place
from engine.photos.collection import Collection
from engine.photos.ingest import ingest

Take = Callable[..., Path]
LUND, BERLIN = Place(55.70, 13.19), Place(52.52, 13.40)


def test_a_table_overrules_the_photos(tmp_path: Path, take: Take, rows: Callable[[Any], Any]) -> None:
    photos = tmp_path / "photos"
    take(photos / "a.jpg", 1, None)
    take(photos / "b.jpg", 2, BERLIN, heading_deg=10)
    take(photos / "c.jpg", 3, LUND, caption="its own")
    take(photos / "x" / "same.jpg", 4, LUND)
    take(photos / "y" / "same.jpg", 5, LUND)
    take(photos / "d.jpg", 6, LUND)
    (tmp_path / "t.csv").write_text(
        "file,latitude,longitude,caption,heading,date\n"
        "a.jpg,55.7,13.19,from the table,,2020-01-02 10:30:00\n"
        f"{photos}/b.jpg,55.7,13.19,,200,\n"
        "c.jpg,,,only words,,\n"
        "x/same.jpg,55.71,13.2,,,\n"
        "d.jpg,99,13.19,,,\n"
        "a.jpg,1,1,,,\n"
        "same.jpg,1,1,,,\n"
        "absent.jpg,1,1,,,\n"
    )
    report = ingest([photos], tmp_path / "out", table=tmp_path / "t.csv")
    collection = Collection.open(tmp_path / "out")
    taken = {Path(row["path"]).relative_to(photos).as_posix(): row for row in collection.photos.to_pylist()}
    assert report.taken == len(taken) == 5
    assert (taken["a.jpg"]["latitude"], taken["a.jpg"]["caption"]) == (55.7, "from the table")
    assert (taken["a.jpg"]["hour"], taken["a.jpg"]["month"]) == (10.5, 1)
    assert (taken["b.jpg"]["latitude"], taken["b.jpg"]["heading_deg"]) == (55.7, 200)
    assert (taken["c.jpg"]["latitude"], taken["c.jpg"]["caption"]) == (pytest.approx(55.7), "only words")
    assert (taken["x/same.jpg"]["latitude"], taken["y/same.jpg"]["latitude"]) == (55.71, pytest.approx(55.7))
    assert rows(collection.refused) == {
        "d.jpg": {"path": f"{photos}/d.jpg", "reason": "impossible position", "detail": "99, 13.19"},
        "t.csv:7": {"path": "t.csv:7", "reason": "exact duplicate", "detail": "line 2 names a.jpg, too"},
        "t.csv:8": {
            "path": "t.csv:8",
            "reason": "named in the table, but there is no such file",
            "detail": "same.jpg",
        },
        "t.csv:9": {
            "path": "t.csv:9",
            "reason": "named in the table, but there is no such file",
            "detail": "absent.jpg",
        },
    }


def test_a_table_alone_is_a_collection_of_positions(shared: Path, tmp_path: Path) -> None:
    report = ingest([], tmp_path / "out", table=shared / "tables" / "dresden_flickr.csv")
    assert (report.taken, report.refused) == (17_879, {})
    collection = Collection.open(tmp_path / "out")
    assert sum(count for _, count in collection.density(8)) == 17_879
    assert collection.photos["path"].null_count == collection.photos["thumbnail"].null_count == 17_879
    assert collection.photos["caption"][0].as_py() == "water, dresden, germany"
    assert collection.photos["month"][0].as_py() == 5
    assert not (tmp_path / "out" / "thumbnails").exists()


def test_a_bad_table_is_said_in_one_sentence(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("file,lat,lon\na.jpg,1,1\n")
    with pytest.raises(BadRequest, match=r"names files, 'a\.jpg' first; name the folder"):
        ingest([], tmp_path / "out", table=table)
    table.write_text("lat,lon\n")
    with pytest.raises(BadCollection, match="has no rows"):
        ingest([], tmp_path / "out", table=table)
    table.write_text("lat,lon\n0,0\n1,\n")
    with pytest.raises(BadCollection, match=r"can be taken: 1 position is \(0, 0\), 1 impossible position"):
        ingest([], tmp_path / "out", table=table)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
