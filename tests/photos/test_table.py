"""Table: rows of positions by the names of their columns, and bad values that say why."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.photos.refusal import Refusal
from engine.photos.table import read_table


def table(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row(tmp_path: Path, separator: str) -> None:
    header = separator.join(["File", " Latitude", "LONGITUDE", "caption", "date", "heading"])
    line = separator.join(
        [".\\old\\a.jpg", "55.7", "-13.2", '"A wet, ""red""; street"', "2020-05-06 07:08:09", "360"]
    )
    (row,) = read_table(table(tmp_path, f"\ufeff{header}\r\n{line}\r\n\r\n"))
    assert (row.line, row.file, row.latitude, row.longitude) == (2, "old/a.jpg", 55.7, -13.2)
    assert (row.caption, row.heading_deg, row.position_fault) == ('A wet, "red"; street', 0, None)
    assert row.moment is not None
    assert row.moment.at == datetime(2020, 5, 6, 7, 8, 9)


def test_other_names_of_columns_and_tags_for_a_caption(tmp_path: Path) -> None:
    rows = read_table(
        table(tmp_path, "lat,lng,post_body,hashtags\n1,2,,water;dresden;\n1,2,A bridge,water\n3,4\n")
    )
    assert [row.caption for row in rows] == ["water, dresden", "A bridge", ""]
    assert [row.line for row in rows] == [2, 3, 4]


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("", "", Refusal.NO_GPS),
        ("91", "0", Refusal.IMPOSSIBLE),
        ("55", "181", Refusal.IMPOSSIBLE),
        ("nan", "13", Refusal.IMPOSSIBLE),
        ("north", "13", Refusal.IMPOSSIBLE),
        ("55", "", Refusal.IMPOSSIBLE),
        ("0", "0.0", Refusal.ZERO),
    ],
)
def test_a_bad_position_says_why(tmp_path: Path, latitude: str, longitude: str, reason: Refusal) -> None:
    (row,) = read_table(table(tmp_path, f"latitude,longitude,file\n{latitude},{longitude},a.jpg\n"))
    assert (row.latitude, row.longitude) == (None, None)
    assert row.position_fault is not None
    assert row.position_fault[0] is reason


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "needs the columns latitude and longitude; its first line has nothing"),
        (b"name,where\n", "its first line has name, where"),
        (b"lat,lon\n\xff\xfe\n", "is not UTF-8 text"),
        (b"lat,lon\n" + b"x" * 200_000 + b",1\n", "is not a table"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        read_table(table(tmp_path, content))
    with pytest.raises(BadFile, match="cannot be read: No such file"):
        read_table(tmp_path / "absent.csv")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_badfile(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"latitude,longitude,date,heading,caption\n" + content)
    try:
        rows = read_table(path)
    except BadFile:
        return
    for row in rows:
        assert (row.latitude is None) == (row.position_fault is not None)
