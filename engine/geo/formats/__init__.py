"""Files of places, paths and polygons: GeoJSON, KML, KMZ, GPX, CSV; read without trust, written whole or not at all."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from engine.atomic import write_bytes
from engine.errors import BadFile
from engine.geo.formats import geojson, gpx, kml, table
from engine.geo.formats.feature import Feature

__all__ = ["MAX_BYTES", "Feature", "read", "write"]

MAX_BYTES: Final = 32 * 2**20

Codec = TypeVar("Codec")

_DECODERS: Final[dict[str, Callable[[bytes, str], list[Feature]]]] = {
    ".csv": table.decode,
    ".geojson": geojson.decode,
    ".gpx": gpx.decode,
    ".json": geojson.decode,
    ".kml": kml.decode,
    ".kmz": kml.decode_kmz,
    ".tsv": table.decode,
}
_ENCODERS: Final[dict[str, Callable[[Sequence[Feature]], bytes]]] = {
    ".csv": table.encode,
    ".geojson": geojson.encode,
    ".gpx": gpx.encode,
    ".json": geojson.encode,
    ".kml": kml.encode,
    ".kmz": kml.encode_kmz,
}


def read(path: Path) -> list[Feature]:
    """Every place, path and polygon of a file, in the file's order; its ending tells the format.

    A geometry of several parts becomes several features of the same name; heights are dropped. Raises BadFile for a
    file that is absent, over 32 MiB, of a million positions or more, or not what its ending says; BadPlace and
    BadRegion, with the feature's number and name, for a geometry that cannot be used.
    """
    path = Path(path)
    decode = _by_ending(_DECODERS, path)
    if not path.is_file():
        raise BadFile(f"{path} is not a file; give the path of one")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    if len(data) > MAX_BYTES:
        raise BadFile(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB; split or simplify it")
    return decode(data, path.name)


def write(path: Path, features: Iterable[Feature]) -> None:
    """Write the features in the format of the path's ending; the same features give the same bytes.

    An older file is replaced. Raises BadFile when the format cannot hold a feature (CSV holds places, GPX no polygons),
    BadRequest when the place cannot be written to, and DiskFull.
    """
    path = Path(path)
    write_bytes(path, _by_ending(_ENCODERS, path)(list(features)))


def _by_ending(codecs: dict[str, Codec], path: Path) -> Codec:
    codec = codecs.get(path.suffix.lower())
    if codec is None:
        raise BadFile(f"'{path.name}' does not end in a known format; use one of {', '.join(codecs)}")
    return codec
