"""Tables of places: CSV with a header, its columns found by their many common names."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from engine.errors import BadFile
from engine.geo.formats.feature import Feature, as_text, check_positions, located, place_from_text
from engine.geo.place import Place

# Compared in small letters without spaces and signs, so that "GPS Latitude" and "gps_latitude" are the same.
_LATITUDE: Final = (
    "latitude",
    "lat",
    "gpslatitude",
    "gpslat",
    "decimallatitude",
    "latitudedeg",
    "latdeg",
    "y",
)
_LONGITUDE: Final = (
    *("longitude", "lon", "lng", "long", "gpslongitude", "gpslon", "gpslng", "gpslong"),
    *("decimallongitude", "longitudedeg", "londeg", "lngdeg", "x"),
)
_NAME: Final = ("name", "title", "label", "placename", "locname", "locationname")


def decode(data: bytes, name: str) -> list[Feature]:
    """One place a row; cells other than position and name become properties, empty ones do not.

    The separator is a comma, semicolon, tab or bar; with any but the comma, numbers may have decimal commas. Raises
    BadFile when there is no header with both columns, or a row has more cells than the header.
    """
    check_positions(data.count(b"\n"), name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is not UTF-8 text ({error.reason}); save it as CSV in UTF-8") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    for separator in ",;\t|":
        header = [title.strip() for title in next(csv.reader([first], delimiter=separator), [])]
        latitude, longitude = _column(header, _LATITUDE), _column(header, _LONGITUDE)
        if latitude is not None and longitude is not None:
            break
    else:
        raise BadFile(
            f"{name} has no columns latitude and longitude in its first line '{first[:80]}'; add them"
        )
    title = _column(header, _NAME)
    taken = {latitude, longitude, title}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    features = []
    try:
        filled = ([cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row))
        next(filled)  # the header
        for row in filled:
            if any(row[len(header) :]):
                raise BadFile(f"{name}, line {rows.line_num} has more cells than the header; quote its text")
            row += [""] * (len(header) - len(row))
            called = row[title] if title is not None else ""
            numbers = row[latitude], row[longitude]
            with located(f"{name}, line {rows.line_num}", called):
                place = place_from_text(*(n if separator == "," else n.replace(",", ".") for n in numbers))
            others = {
                key or f"column {column + 1}": cell
                for column, (key, cell) in enumerate(zip(header, row, strict=False))
                if cell and column not in taken
            }
            features.append(Feature(place, called, others))
    except csv.Error as error:
        raise BadFile(f"{name}, line {rows.line_num} is not CSV ({error}); save it again") from error
    return features


def encode(features: Sequence[Feature]) -> bytes:
    """Comma-separated latitude, longitude, name and every property; raises BadFile for a path or polygon."""
    keys = list(dict.fromkeys(key for feature in features for key in feature.properties))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["latitude", "longitude", "name", *keys])
    for feature in features:
        place = feature.geometry
        if not isinstance(place, Place):
            kind = type(place).__name__.lower()
            raise BadFile(f'CSV holds places, and "{feature.name}" is a {kind}; write .geojson or .kml')
        values = (feature.properties.get(key) for key in keys)
        cells = ["" if value is None else as_text(value) for value in values]
        writer.writerow([repr(place.latitude), repr(place.longitude), feature.name, *cells])
    return buffer.getvalue().encode("utf-8", "replace")


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    plain = [re.sub(r"[^a-z]", "", title.lower()) for title in header]
    return next((plain.index(name) for name in names if name in plain), None)
