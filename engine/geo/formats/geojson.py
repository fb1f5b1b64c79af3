"""GeoJSON (RFC 7946), the only room besides KML where longitude comes before latitude."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import BadFile
from engine.geo.formats.feature import Feature, check_positions, located
from engine.geo.place import Place
from engine.geo.region import Path, Polygon


def decode(data: bytes, name: str) -> list[Feature]:
    """The features of a FeatureCollection, a Feature or a bare geometry.

    A feature without geometry gives none, and NaN, which is no JSON but found in the wild, counts as absent. The
    property `name` becomes the feature's name; else its `title`, or its `id`, lends one when it is text.
    """
    check_positions(data.count(b"[") + data.count(b"{"), name)
    try:
        root = json.loads(data.decode("utf-8-sig"), parse_constant=lambda _: None)
        _check_reference(root, name)
        return list(_features(root, name))
    except RecursionError:
        raise BadFile(f"{name} is nested too deeply to be GeoJSON; export it again") from None
    except json.JSONDecodeError as error:
        raise BadFile(f"{name} is not valid JSON ({error}); export it again") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is not UTF-8 text ({error.reason}); export it again") from error
    except ValueError as error:
        raise BadFile(f"{name} has a number of thousands of digits; export it again") from error


def encode(features: Sequence[Feature]) -> bytes:
    """A FeatureCollection with one feature a line."""
    lines = []
    for number, feature in enumerate(features, start=1):
        properties = {"name": feature.name} if feature.name else {}
        properties |= {key: value for key, value in feature.properties.items() if key not in properties}
        record = {"type": "Feature", "properties": properties, "geometry": _geometry(feature.geometry)}
        try:
            lines.append(json.dumps(record, ensure_ascii=False, allow_nan=False, default=str))
        except ValueError as error:
            raise BadFile(
                f'feature {number} "{feature.name}" cannot be written ({error}); mend it'
            ) from error
    body = ",\n".join(lines)
    return f'{{"type": "FeatureCollection", "features": [\n{body}\n]}}\n'.encode("utf-8", "replace")


def _check_reference(root: Any, name: str) -> None:
    """Old files may declare another coordinate system, whose numbers are no degrees."""
    declared = root.get("crs") if isinstance(root, dict) else None
    text = json.dumps(declared)
    if declared is not None and "CRS84" not in text and "4326" not in text:
        raise BadFile(f"{name} is not in WGS84 degrees ({text[:80]}); export it as EPSG:4326")


def _features(root: Any, name: str) -> Iterator[Feature]:
    records = [root]
    if isinstance(root, dict) and root.get("type") == "FeatureCollection":
        records = root.get("features")
    if not isinstance(records, list):
        raise BadFile(f"{name} has no list of features; export it again as GeoJSON")
    for number, record in enumerate(records, start=1):
        where = f"{name}, feature {number}"
        if not isinstance(record, dict):
            raise BadFile(f"{where} is not a GeoJSON object; export it again")
        geometry, properties, title = record, {}, ""
        if record.get("type") == "Feature":
            geometry, properties = record.get("geometry"), record.get("properties") or {}
            if not isinstance(properties, dict):
                raise BadFile(f"{where} has properties that are no object; export it again")
            title = _title(record, properties)
            properties = {key: value for key, value in properties.items() if (key, value) != ("name", title)}
        with located(where, title):
            for shape in _shapes(geometry, where):
                yield Feature(shape, title, properties)


def _title(record: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    said = (properties.get("name"), properties.get("title"), record.get("id"))
    return next((title for title in said if title and isinstance(title, str)), "")


def _shapes(geometry: Any, where: str) -> Iterator[Place | Path | Polygon]:
    if geometry is None:
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("geometries" if kind == "GeometryCollection" else "coordinates") if kind else None
    if not isinstance(parts, list):
        raise BadFile(f"{where} has no coordinates; export it again as GeoJSON")
    match kind:
        case "Point":
            yield _place(parts, where)
        case "LineString":
            yield Path(_places(parts, where))
        case "Polygon":
            rings = [_places(ring, where) for ring in parts]
            yield Polygon(rings[0] if rings else (), tuple(rings[1:]))
        case "MultiPoint" | "MultiLineString" | "MultiPolygon":
            for part in parts:
                yield from _shapes({"type": kind.removeprefix("Multi"), "coordinates": part}, where)
        case "GeometryCollection":
            for part in parts:
                yield from _shapes(part, where)
        case _:
            raise BadFile(f"{where} is a {str(kind)[:40]}, which GeoJSON does not have; export it again")


def _places(positions: Any, where: str) -> tuple[Place, ...]:
    if not isinstance(positions, list):
        raise BadFile(f"{where} has coordinates of the wrong depth; export it again as GeoJSON")
    return tuple(_place(position, where) for position in positions)


def _place(position: Any, where: str) -> Place:
    numbers = position if isinstance(position, list) else []
    if len(numbers) < 2 or not all(type(number) in (int, float) for number in numbers[:2]):
        raise BadFile(
            f"{where} has a position that is not [longitude, latitude] in numbers; export it again as GeoJSON"
        )
    return Place(latitude=numbers[1], longitude=numbers[0])


def _geometry(shape: Place | Path | Polygon) -> dict[str, Any]:
    match shape:
        case Place():
            return {"type": "Point", "coordinates": [shape.longitude, shape.latitude]}
        case Path():
            return {"type": "LineString", "coordinates": [[p.longitude, p.latitude] for p in shape.places]}
        case Polygon():
            rings = [(*ring, ring[0]) for ring in (shape.exterior, *shape.holes)]
            return {"type": "Polygon", "coordinates": [[[p.longitude, p.latitude] for p in r] for r in rings]}
