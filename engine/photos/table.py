"""Table: positions, captions and dates of photos from a CSV file, which overrule what the photos say."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import BadFile
from engine.photos.captions import clean_caption
from engine.photos.clock import Moment, read_moment
from engine.photos.exif import is_zero
from engine.photos.refusal import Refusal


@dataclass(frozen=True, slots=True)
class TableRow:
    """What one line of the table says of one photo; what it does not say is None or ""."""

    line: int
    """Of the file, counted from 1; the header is line 1."""
    file: str
    """The photo's path as the table writes it, with forward slashes."""
    latitude: float | None
    longitude: float | None
    position_fault: tuple[Refusal, str] | None
    """Why there is no position: the reason and the value; None where there is one."""
    caption: str
    moment: Moment | None
    heading_deg: float | None


def read_table(path: Path) -> list[TableRow]:
    """The rows of a CSV file in UTF-8 with a header line, separated by commas, semicolons or tabs.

    Columns are known by name, in any case: latitude (lat), longitude (lon, lng, long) and, where there are such,
    file, caption (title, description, post_body), tags (hashtags, which stand in for a missing caption), date
    (taken_at, post_create_date) and heading. Bad values make a row that says why; BadFile is raised when the file
    cannot be read or has no columns for a position.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            separator = max(",;\t", key=header.count)
            names = [name.strip().casefold() for name in next(csv.reader([header], delimiter=separator), [])]
            columns = {
                meaning: [names.index(name) for name in aliases if name in names]
                for meaning, aliases in _COLUMNS.items()
            }
            if not columns["latitude"] or not columns["longitude"]:
                found = ", ".join(names[:12]) or "nothing"
                raise BadFile(f"{path} needs the columns latitude and longitude; its first line has {found}")
            return list(_rows(csv.reader(file, delimiter=separator), columns))
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8 text; save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise BadFile(f"{path} is not a table: {error}; save it as CSV") from error


_COLUMNS: Final = {
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "file": ("file", "filename", "path", "photo", "image"),
    "caption": ("caption", "title", "description", "post_body", "text"),
    "tags": ("tags", "hashtags", "keywords"),
    "date": ("date", "taken_at", "date_taken", "datetime", "timestamp", "post_create_date"),
    "heading": ("heading", "heading_deg", "direction", "bearing"),
}


def _rows(reader: Iterator[list[str]], columns: dict[str, list[int]]) -> Iterator[TableRow]:
    for line, cells in zip(itertools.count(2), reader, strict=False):
        if not any(cells):
            continue

        def first(meaning: str, cells: list[str] = cells) -> str:
            texts = (cells[index].strip() for index in columns[meaning] if index < len(cells))
            return next((text for text in texts if text), "")

        latitude, longitude, fault = _position(first("latitude"), first("longitude"))
        heading = _number(first("heading"))
        tags = first("tags").replace(";", ",").split(",")
        yield TableRow(
            line=line,
            file=first("file").replace("\\", "/").removeprefix("./"),
            latitude=latitude,
            longitude=longitude,
            position_fault=fault,
            caption=clean_caption(first("caption") or ", ".join(tag.strip() for tag in tags if tag.strip())),
            moment=read_moment(first("date")),
            heading_deg=heading % 360 if heading is not None and 0 <= heading <= 360 else None,
        )


def _position(latitude: str, longitude: str) -> tuple[float | None, float | None, tuple[Refusal, str] | None]:
    if not latitude and not longitude:
        return None, None, (Refusal.NO_GPS, "")
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None, None, (Refusal.IMPOSSIBLE, f"{latitude[:20]}, {longitude[:20]}")
    if is_zero(north, east):
        return None, None, (Refusal.ZERO, "")
    return north, -180.0 if east == 180 else east, None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None  # which no infinity and no NaN is
