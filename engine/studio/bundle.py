"""Bundle: pictures to take along, as one zip with all their files, their places as GeoJSON, and their requests."""

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from engine.atomic import writing_file
from engine.errors import BadFile, BadRequest
from engine.geo.formats import geojson
from engine.geo.formats.feature import Feature
from engine.geo.place import Place
from engine.photos.stamp import read_provenance
from engine.studio.gallery import Artefact
from engine.studio.requests import PictureRequest

PLACES, REQUESTS = "places.geojson", "requests.json"
"""Names in the zip of what is beside the pictures."""


def write_bundle(path: Path, artefacts: Iterable[Artefact]) -> None:
    """Nothing; `path` is a zip of the pictures; the same pictures in the same order give the same bytes.

    A picture whose file does not tell its place has no geometry in places.geojson, and requests.json says of each what
    its own file says. Pictures are stored as they are, for they are compressed already. Raises BadRequest where there
    is nothing to take or the name does not end in .zip, BadFile for a picture deleted meanwhile, and DiskFull.
    """
    pictures = {each.id: each for each in artefacts if isinstance(each.request, PictureRequest)}.values()
    if not pictures:
        raise BadRequest("there is no picture to take along; make one, or ask for less")
    if path.suffix.lower() != ".zip":
        raise BadRequest(f"the pictures cannot be written as {path.name!r}; end it in .zip")
    newest = max(picture.created_at for picture in pictures)
    with writing_file(path) as half_done, ZipFile(half_done, "w") as archive:
        for picture in pictures:
            for file in (picture.path, *picture.files.values()):
                _add_file(archive, file)
        for name, data in ((PLACES, _places(pictures)), (REQUESTS, _requests(pictures))):
            archive.writestr(_entry(name, newest), _json(data))


def _add_file(archive: ZipFile, file: Path) -> None:
    try:
        stat = file.stat()
        entry = _entry(file.name, datetime.fromtimestamp(stat.st_mtime, UTC))
        entry.file_size = stat.st_size  # tells zipfile whether the entry needs the form for more than 2 GiB
        with file.open("rb") as source, archive.open(entry, "w") as target:
            shutil.copyfileobj(source, target)
    except FileNotFoundError as error:
        raise BadFile(f"{file.name} has been deleted meanwhile; look again at what there is") from error


def _entry(name: str, at: datetime) -> ZipInfo:
    """The head of an entry, the same on every machine: a zip holds the years 1980 to 2107."""
    entry = ZipInfo(name, (min(max(at.year, 1980), 2107), *at.timetuple()[1:6]))
    entry.create_system, entry.external_attr = (
        3,
        0o100644 << 16,
    )  # a file that its owner may write and all may read
    return entry


def _places(pictures: Iterable[Artefact]) -> dict[str, Any]:
    """One feature a picture: first those that tell their place, then those that do not."""
    placed, others = [], []
    for picture in pictures:
        if (place := _place(picture)) is not None:
            placed.append(Feature(place, properties=_properties(picture)))
        else:
            others.append({"type": "Feature", "properties": _properties(picture), "geometry": None})
    collection = json.loads(geojson.encode(placed))
    collection["features"] += others
    return collection


def _place(picture: Artefact) -> Place | None:
    request = picture.request
    return request.where if isinstance(request, PictureRequest) and request.gps_in_exif else None


def _properties(picture: Artefact) -> dict[str, Any]:
    names = ("prompt", "model", "seed", "heading", "azimuth", "distance", "hour", "month")
    asked = {name: getattr(picture.request, name) for name in names}
    return {"id": picture.id, **asked, "created_at": picture.created_at.isoformat()}


def _requests(pictures: Iterable[Artefact]) -> list[dict[str, Any]]:
    told = ((picture, read_provenance(picture.path) or {}) for picture in pictures)
    return [
        {
            "id": picture.id,
            "files": [picture.path.name, *(file.name for file in picture.files.values())],
            "request": said.get("request"),
            "model": said.get("model"),
        }
        for picture, said in told
    ]


def _json(data: Any) -> bytes:
    return f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode("utf-8", "replace")
