"""Stamp: our own pictures, written with their place and their whole request inside, and read back."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from engine.atomic import write_bytes
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.photos.opening import opened

POSITION_KEYS = frozenset(
    [
        "place",
        "places",
        "latitude",
        "longitude",
        "altitude",
        "at",
        "region",
        "path",
        "box",
        "centre",
        "bounds",
    ]
)
"""Keys of a provenance whose values tell a position, at any depth; with `gps=False` they are written as null."""


def write_picture(
    path: Path,
    image: Image.Image,
    *,
    place: Place | None = None,
    heading_deg: float | None = None,
    taken_at: datetime | None = None,
    caption: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    gps: bool = True,
    quality: int = 95,
) -> None:
    """Nothing; the picture is at `path`, as the PNG, JPEG or WEBP that its name says, whole or not at all.

    EXIF holds place, heading (from true north), date (with its offset where `taken_at` has one) and caption; the
    provenance, any JSON-safe mapping, is a text chunk "genius-loci" in a PNG and EXIF's UserComment in the others.
    With `gps=False` no position is written anywhere: no GPS directory, so no heading either, and the values under
    POSITION_KEYS in the provenance are null (words of the prompt are kept). Whatever metadata `image` came with is
    left out. The same arguments give the same bytes. `quality` is for JPEG and WEBP.

    Raises BadRequest for another kind of name and for more metadata than a JPEG can hold, DiskFull on a full disk.
    """
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise BadRequest(
            f"a picture cannot be written as {path.name!r}; its name must end in .png, .jpg or .webp"
        )
    comment = _json(provenance if gps else _without_positions(provenance)) if provenance is not None else None
    exif = _exif(
        place if gps else None,
        heading_deg if gps else None,
        taken_at,
        caption,
        None if kind == "PNG" else comment,
    )
    if kind == "JPEG" and len(exif) > _JPEG_ROOM:
        raise BadRequest(
            f"the prompt and settings take {len(exif):,} bytes and a JPEG holds {_JPEG_ROOM:,}; save it as .png"
        )
    plain = image.convert("RGBA" if kind != "JPEG" and image.mode in ("RGBA", "LA", "PA") else "RGB")
    plain = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    data = io.BytesIO()
    if kind == "PNG":
        chunks = PngImagePlugin.PngInfo()
        if comment is not None:
            chunks.add_text(_CHUNK, comment)
        plain.save(data, "PNG", exif=exif, pnginfo=chunks)
    elif kind == "JPEG":
        plain.save(data, "JPEG", exif=exif, quality=quality, subsampling=0)
    else:
        plain.save(data, "WEBP", exif=exif, quality=quality, method=4)
    write_bytes(path, data.getvalue())


def read_provenance(path: Path) -> dict[str, Any] | None:
    """What `write_picture` was given as provenance; None where the picture has none of ours.

    Raises Refused, a BadFile, when the file is no picture or cannot be read.
    """
    with opened(path) as image:
        if image.format == "PNG":
            text = image.info.get(_CHUNK)
        else:
            comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
            text = None
            if isinstance(comment, bytes) and comment.startswith(_MARK):
                text = comment.removeprefix(_MARK).decode("ascii")
    if not isinstance(text, str):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


_KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_CHUNK = "genius-loci"
_MARK = b"ASCII\0\0\0genius-loci "  # EXIF's name of the encoding in eight bytes, then ours
_JPEG_ROOM = 65_533  # a segment counts its own length in two bytes


def _json(provenance: Mapping[str, Any] | None) -> str:
    return json.dumps(provenance, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _without_positions(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: None if key in POSITION_KEYS else _without_positions(inner) for key, inner in value.items()
        }
    return [_without_positions(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _exif(
    place: Place | None,
    heading_deg: float | None,
    taken_at: datetime | None,
    caption: str | None,
    comment: str | None,
) -> bytes:
    """The EXIF block; b"" when there is nothing to say."""
    base, exif = ExifTags.Base, Image.Exif()
    details: dict[int, Any] = {}
    if caption:
        exif[base.ImageDescription] = caption.encode()
    if taken_at is not None:
        details[base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
        if offset := f"{taken_at:%z}":
            details[base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:5]}"
    if comment is not None:
        details[base.UserComment] = _MARK + comment.encode("ascii")
    if details:
        details[base.ExifVersion] = b"0232"
        exif.get_ifd(ExifTags.IFD.Exif).update(details)
    if directions := _gps(place, heading_deg):
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(directions)
    return exif.tobytes() if details or directions or caption else b""


def _gps(place: Place | None, heading_deg: float | None) -> dict[int, Any]:
    """EXIF's GPS directory; seconds to a millionth, which is less than a tenth of a millimetre."""
    tags, directory = ExifTags.GPS, {}
    if place is not None:
        directory[tags.GPSLatitudeRef] = "S" if place.latitude < 0 else "N"
        directory[tags.GPSLatitude] = _sexagesimal(place.latitude)
        directory[tags.GPSLongitudeRef] = "W" if place.longitude < 0 else "E"
        directory[tags.GPSLongitude] = _sexagesimal(place.longitude)
        directory[tags.GPSMapDatum] = "WGS-84"
    if heading_deg is not None:
        directory[tags.GPSImgDirectionRef] = "T"
        directory[tags.GPSImgDirection] = IFDRational(round(heading_deg % 360 * 10_000) % 3_600_000, 10_000)
    if directory:
        directory[tags.GPSVersionID] = b"\x02\x03\x00\x00"
    return directory


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole_minutes, millionths = divmod(round(abs(degrees) * 3_600_000_000), 60_000_000)
    whole, minutes = divmod(whole_minutes, 60)
    return IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(millionths, 1_000_000)
