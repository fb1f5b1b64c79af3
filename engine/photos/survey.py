"""Survey: which files there are, and the row of a collection that each of them would become."""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import BadFile
from engine.photos.captions import caption_beside
from engine.photos.clock import Moment
from engine.photos.exif import read_metadata
from engine.photos.opening import PICTURE_NAME, Limits, picture_format
from engine.photos.refusal import Refusal, Refused
from engine.photos.table import TableRow


@dataclass(frozen=True)
class Found:
    """The files below the sources."""

    photos: list[tuple[str, str]]
    """Absolute path, and path below its source, of each file that is a picture or is named like one; sorted."""
    others: Counter[str]
    """How many other files there are, by the ending of their names; they are passed over."""


def find_photos(sources: Sequence[Path]) -> Found:
    """The photos among files and in folders, at any depth; BadFile where a source is not there.

    Passed over are hidden files and folders, what Macintosh and NAS systems leave, other collections and the rests
    of killed runs. Links to files are followed, links to folders are not.
    """
    photos: dict[
        str, str
    ] = {}  # text, because a hundred thousand Path objects weigh as much as the collection
    others: Counter[str] = Counter()
    for source in sources:
        root = source.resolve()
        if not root.exists():
            raise BadFile(f"{source} is not there; give a folder of photos")
        if root.is_file():
            photos.setdefault(str(root), root.name)
        for folder, subfolders, names in os.walk(root):
            subfolders[:] = [name for name in subfolders if _worth_entering(Path(folder, name))]
            for path in (Path(folder, name) for name in names if not name.startswith(".")):
                if path.is_file() and (PICTURE_NAME.fullmatch(path.name) or _is_picture(path)):
                    photos.setdefault(str(path), path.relative_to(root).as_posix())
                else:
                    others[path.suffix.lower() or path.name] += 1
    return Found(sorted(photos.items()), others)


def survey(item: tuple[str, TableRow | None], limits: Limits) -> dict[str, Any] | Refused:
    """The columns of a collection that the file alone decides, or why it is refused; its pixels are not decoded.

    What the table's row says of position, heading, date and caption comes before what the file says.
    """
    path, row = Path(item[0]), item[1]
    try:
        item[0].encode()
        metadata = read_metadata(path, limits)
        width, height = metadata.width_px, metadata.height_px
        if min(width, height) < limits.min_side_px:
            small = f"{width} x {height} pixels, the shorter side must have {limits.min_side_px}"
            return Refused(path, Refusal.TOO_SMALL, small)
        if row is None or row.position_fault == (Refusal.NO_GPS, ""):
            latitude, longitude, fault = metadata.latitude, metadata.longitude, metadata.position_fault
        else:
            latitude, longitude, fault = row.latitude, row.longitude, row.position_fault
        if fault is not None or latitude is None or longitude is None:
            return Refused(path, *(fault or (Refusal.NO_GPS, "")))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except Refused as refused:
        return refused
    except UnicodeEncodeError:
        return Refused(Path(repr(item[0])), Refusal.UNREADABLE, "its name is not UTF-8; rename it")
    except OSError as error:
        return Refused(path, Refusal.UNREADABLE, error.strerror or "")
    heading, north = metadata.heading_deg, metadata.heading_reference
    if row is not None and row.heading_deg is not None:
        heading, north = row.heading_deg, None
    return {
        "id": digest[:16],
        "path": item[0],
        "sha256": digest,
        "latitude": latitude,
        "longitude": longitude,
        "altitude_m": metadata.altitude_m,
        "heading_deg": heading,
        "heading_reference": north,
        **_when((row and row.moment) or metadata.moment, longitude),
        "caption": (row and row.caption) or caption_beside(path) or metadata.caption or "",
        "camera": metadata.camera,
        "width_px": width,
        "height_px": height,
    }


def survey_row(row: TableRow, table: str) -> dict[str, Any] | Refused:
    """The same for a position of which there is no picture; its id is the line of the table."""
    if row.latitude is None or row.longitude is None:
        return Refused(Path(f"{table}:{row.line}"), *(row.position_fault or (Refusal.NO_GPS, "")))
    return {
        "id": f"{table}:{row.line}",
        "latitude": row.latitude,
        "longitude": row.longitude,
        "heading_deg": row.heading_deg,
        **_when(row.moment, row.longitude),
        "caption": row.caption,
    }


def _when(moment: Moment | None, longitude: float) -> dict[str, Any]:
    if moment is None:
        return {"taken_at": None, "hour": None, "month": None}
    local = moment.local(longitude)
    hour = local.hour + local.minute / 60 + local.second / 3600 if moment.has_clock else None
    return {"taken_at": moment.utc(longitude), "hour": hour, "month": local.month}


def _worth_entering(folder: Path) -> bool:
    passed_over = folder.name.startswith((".", "@", "__MACOSX")) or folder.name.endswith(".partial")
    return not passed_over and not (folder / "collection.json").is_file()


def _is_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return picture_format(file.read(12)) is not None
    except OSError:
        return False
