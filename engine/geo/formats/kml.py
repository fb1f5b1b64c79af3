"""KML, and KMZ, which is KML in a zip archive; longitude comes before latitude here as in GeoJSON."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.errors import BadFile
from engine.geo.formats import markup
from engine.geo.formats.feature import Feature, as_text, check_positions, located, place_from_text
from engine.geo.formats.markup import Element
from engine.geo.place import Place
from engine.geo.region import Path, Polygon

MAX_UNPACKED_BYTES: Final = 32 * 2**20
_MAX_MEMBERS: Final = 10_000
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same archive for the same features, whatever the clock says


def decode(data: bytes, name: str) -> list[Feature]:
    """The placemarks with points, lines, rings, polygons and tracks; a link to another file is not followed."""
    check_positions(data.count(b","), name)
    root = markup.parse(data, name)
    if root.tag != "kml":
        raise BadFile(f"{name} is a document of <{root.tag[:40]}>, not KML; export it again as KML")
    features = []
    for number, placemark in enumerate(root.iter("Placemark"), start=1):
        title, properties = markup.text_of(placemark, "name"), dict(_properties(placemark))
        with located(f"{name}, placemark {number}", title):
            features += [Feature(shape, title, properties) for shape in _shapes(placemark)]
    return features


def encode(features: Sequence[Feature]) -> bytes:
    """A document with one placemark a feature."""
    root = Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    document = markup.add(root, "Document")
    for feature in features:
        placemark = markup.add(document, "Placemark")
        if feature.name:
            markup.add(placemark, "name", feature.name)
        said = {key: as_text(value) for key, value in feature.properties.items() if value is not None}
        if description := said.pop("description", ""):
            markup.add(placemark, "description", description)
        if said:
            extended = markup.add(placemark, "ExtendedData")
            for key, value in said.items():
                markup.add(markup.add(extended, "Data", name=key), "value", value)
        _add_shape(placemark, feature.geometry)
    return markup.serialise(root)


def decode_kmz(data: bytes, name: str) -> list[Feature]:
    """The placemarks of the archive's first KML file; pictures and links beside it are left alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > _MAX_MEMBERS:
                raise BadFile(f"{name} holds more than {_MAX_MEMBERS:,} files; pack the KML alone")
            named = [m for m in members if m.filename.lower().endswith(".kml")]
            member = next((m for m in named if not m.filename.startswith("__MACOSX/")), None)
            if member is None:
                raise BadFile(f"{name} holds no .kml file; export it again as KMZ")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise BadFile(f"{name} is packed in a rare way; pack it again as an ordinary zip")
            with archive.open(member) as file:
                unpacked = file.read(
                    MAX_UNPACKED_BYTES + 1
                )  # what the header says of the size proves nothing
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise BadFile(f"{name} is not a readable KMZ ({error}); export it again") from error
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise BadFile(f"{name} unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB; split or simplify it")
    return decode(unpacked, name)


def encode_kmz(features: Sequence[Feature]) -> bytes:
    """An archive with `doc.kml`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo("doc.kml", _DATE)
        member.create_system, member.compress_type = 3, zipfile.ZIP_DEFLATED
        archive.writestr(member, encode(features))
    return buffer.getvalue()


def _properties(placemark: Element) -> Iterator[tuple[str, str]]:
    if description := markup.text_of(placemark, "description"):
        yield "description", description
    for data in placemark.iterfind("ExtendedData/Data"):
        yield data.get("name", ""), markup.text_of(data, "value")
    for data in placemark.iterfind("ExtendedData/SchemaData/SimpleData"):
        yield data.get("name", ""), (data.text or "").strip()


def _shapes(parent: Element) -> Iterator[Place | Path | Polygon]:
    for element in parent:
        match element.tag:
            case "Point":
                yield from _places(element)
            case "LineString" | "LinearRing":
                yield Path(tuple(_places(element)))
            case "Polygon":
                rings = [
                    tuple(_places(ring))
                    for side in ("outerBoundaryIs", "innerBoundaryIs")
                    for ring in element.iterfind(f"{side}/LinearRing")
                ]
                yield Polygon(rings[0] if rings else (), tuple(rings[1:]))
            case "Track":
                lines = [(coord.text or "").split() for coord in element.iterfind("coord")]
                yield Path(
                    tuple(place_from_text(*(line[1::-1] if len(line) > 1 else ("", ""))) for line in lines)
                )
            case "MultiGeometry" | "MultiTrack":
                yield from _shapes(element)


def _places(element: Element) -> Iterator[Place]:
    text = re.sub(r"\s*,\s*", ",", element.findtext("coordinates") or "")
    for position in text.split():
        longitude, _, rest = position.partition(",")
        yield place_from_text(rest.partition(",")[0], longitude)


def _add_shape(placemark: Element, shape: Place | Path | Polygon) -> None:
    match shape:
        case Place():
            _add_coordinates(markup.add(placemark, "Point"), [shape])
        case Path():
            _add_coordinates(markup.add(placemark, "LineString"), shape.places)
        case Polygon():
            polygon = markup.add(placemark, "Polygon")
            for number, ring in enumerate((shape.exterior, *shape.holes)):
                side = markup.add(polygon, "innerBoundaryIs" if number else "outerBoundaryIs")
                _add_coordinates(markup.add(side, "LinearRing"), [*ring, ring[0]])


def _add_coordinates(element: Element, places: Sequence[Place]) -> None:
    plain = np.format_float_positional  # every digit, never an exponent
    markup.add(element, "coordinates", " ".join(f"{plain(p.longitude)},{plain(p.latitude)}" for p in places))
