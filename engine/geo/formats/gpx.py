"""GPX: waypoints are places, routes and the segments of tracks are paths; it has no polygons."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.errors import BadFile
from engine.geo.formats import markup
from engine.geo.formats.feature import Feature, as_text, located, place_from_text
from engine.geo.formats.markup import Element
from engine.geo.place import Place
from engine.geo.region import Path, Polygon

# What GPX 1.1 has words for, in the order of its schema; "name" stands between the first two and the rest.
_BEFORE_NAME: Final = ("ele", "time")
_AFTER_NAME: Final = ("cmt", "desc", "src", "sym", "type")
_KINDS: Final = {"wpt": "waypoint", "rte": "route", "trk": "track"}
_PATH_WORDS: Final = {"cmt", "desc", "src", "type"}


def decode(data: bytes, name: str) -> list[Feature]:
    """Waypoints, routes and tracks, one path a segment; heights and times along a path are dropped.

    A track's segment without two different places, such as a receiver writes when it wakes up, is left out as long as
    the track has a better one.
    """
    root = markup.parse(data, name)
    if root.tag != "gpx":
        raise BadFile(f"{name} is a document of <{root.tag[:40]}>, not GPX; export it again as GPX")
    features = []
    for number, element in enumerate((child for child in root if child.tag in _KINDS), start=1):
        title, properties = markup.text_of(element, "name"), dict(_properties(element))
        with located(f"{name}, {_KINDS[element.tag]} {number}", title):
            features += [Feature(shape, title, properties) for shape in _shapes(element)]
    return features


def encode(features: Sequence[Feature]) -> bytes:
    """A document with the places as waypoints before the paths as tracks; raises BadFile for a polygon."""
    root = Element(
        "gpx",
        {
            "xmlns": "http://www.topografix.com/GPX/1/1",
            "xmlns:gl": "urn:genius-loci",
            "version": "1.1",
            "creator": "Genius Loci",
        },
    )
    for feature in sorted(features, key=lambda feature: not isinstance(feature.geometry, Place)):
        match feature.geometry:
            case Place():
                _add_words(_add_point(root, "wpt", feature.geometry), feature)
            case Path():
                track = markup.add(root, "trk")
                _add_words(track, feature)
                segment = markup.add(track, "trkseg")
                for place in feature.geometry.places:
                    _add_point(segment, "trkpt", place)
            case Polygon():
                raise BadFile(f'GPX has no polygons, and "{feature.name}" is one; write .geojson or .kml')
    return markup.serialise(root)


def _properties(element: Element) -> Iterator[tuple[str, str]]:
    for word in (*_BEFORE_NAME, *_AFTER_NAME):
        if text := markup.text_of(element, word):
            yield word, text
    for extension in element.iterfind("extensions/property"):
        yield extension.get("name", ""), (extension.text or "").strip()


def _shapes(element: Element) -> list[Place | Path]:
    if element.tag == "wpt":
        return [_place(element)]
    if element.tag == "rte":
        return [Path(tuple(_place(point) for point in element.iterfind("rtept")))]
    segments = [
        tuple(_place(point) for point in segment.iterfind("trkpt")) for segment in element.iterfind("trkseg")
    ]
    useful = [places for places in segments if len(set(places)) > 1]
    return [Path(places) for places in useful or segments]


def _place(point: Element) -> Place:
    return place_from_text(point.get("lat", ""), point.get("lon", ""))


def _add_point(parent: Element, tag: str, place: Place) -> Element:
    plain = np.format_float_positional  # the schema's decimals have no exponent
    return markup.add(parent, tag, lat=plain(place.latitude), lon=plain(place.longitude))


def _add_words(element: Element, feature: Feature) -> None:
    said = {key: as_text(value) for key, value in feature.properties.items() if value is not None}
    words = _PATH_WORDS if element.tag == "trk" else {*_BEFORE_NAME, *_AFTER_NAME}
    own = {key: value for key, value in said.items() if key in words and value}
    for key in (*_BEFORE_NAME, "name", *_AFTER_NAME):
        if text := feature.name if key == "name" else own.get(key, ""):
            markup.add(element, key, text)
    if others := {key: value for key, value in said.items() if key not in own}:
        extensions = markup.add(element, "extensions")
        for key, value in others.items():
            markup.add(extensions, "gl:property", value, name=key)
