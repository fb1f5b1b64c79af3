"""EXIF: what one photo says of itself, read from a file that is not to be trusted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from PIL import ExifTags, Image

from engine.photos.captions import caption_within, text_of
from engine.photos.clock import Moment, read_moment
from engine.photos.opening import LIMITS, Limits, opened
from engine.photos.refusal import Refusal


@dataclass(frozen=True)
class PhotoMetadata:
    """Every value within its bounds, or None where the file has none or nonsense."""

    latitude: float | None
    longitude: float | None
    position_fault: tuple[Refusal, str] | None
    """Why there is no position: the reason and the value; None where there is one."""
    altitude_m: float | None
    heading_deg: float | None
    """Where the camera looked, clockwise from north, in [0, 360)."""
    heading_reference: Literal["T", "M"] | None
    """True north or magnetic north; None where the file does not say. No declination is applied."""
    moment: Moment | None
    orientation: int
    """EXIF's 1 to 8; 1 where it is absent or nonsense."""
    camera: str | None
    caption: str | None
    width_px: int
    """Upright, that is with the orientation applied."""
    height_px: int
    format: str
    """JPEG, PNG, WEBP, TIFF or HEIF, by the content."""

    @property
    def taken_at(self) -> datetime | None:
        """When it was taken, with the offset from UTC where it is known and naive where it is not."""
        return self.moment.at if self.moment else None


def read_metadata(path: Path, limits: Limits = LIMITS) -> PhotoMetadata:
    """What the photo says of itself, without decoding its pixels (but PNG, whose EXIF may lie behind them).

    Raises Refused, a BadFile, when it is no picture, damaged, or beyond the limits.
    """
    with opened(path, limits) as image:
        exif = _exif(image)
        orientation = _orientation(exif)
        width, height = image.size if orientation < 5 else image.size[::-1]
        base = PhotoMetadata(
            latitude=None,
            longitude=None,
            position_fault=(Refusal.NO_GPS, ""),
            altitude_m=None,
            heading_deg=None,
            heading_reference=None,
            moment=_moment(exif),
            orientation=orientation,
            camera=_camera(exif),
            caption=caption_within(image, exif) or None,
            width_px=width,
            height_px=height,
            format=image.format or "",
        )
        return _located(base, _directory(exif, ExifTags.IFD.GPSInfo))


def open_upright(path: Path, max_pixels: int = LIMITS.max_pixels) -> Image.Image:
    """The picture in RGB, decoded, with its EXIF orientation applied and nothing else kept of its metadata.

    Raises Refused, a BadFile, before decoding anything when the picture has more than `max_pixels`.
    """
    with opened(path, replace(LIMITS, max_pixels=max_pixels)) as image:
        return upright(image)


def upright(image: Image.Image) -> Image.Image:
    """An opened picture as RGB with its EXIF orientation applied; transparency lies on white."""
    orientation = _orientation(_exif(image))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        flat = Image.new("RGBA", layered.size, "white")
        flat.alpha_composite(layered)
        plain = flat.convert("RGB")
    elif image.mode.startswith("I;16"):
        plain = image.point(lambda value: value / 256, "L").convert("RGB")
    else:
        plain = image.convert("RGB")
    plain.info = {}
    return plain.transpose(_TURNS[orientation]) if orientation in _TURNS else plain


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _exif(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except Exception:  # damaged EXIF is no EXIF; if the picture itself is damaged, its decoder will say so
        return Image.Exif()


def _directory(exif: Image.Exif, number: int) -> Mapping[int, Any]:
    try:
        return exif.get_ifd(number)
    except Exception:  # the same
        return {}


def _orientation(exif: Image.Exif) -> int:
    value = exif.get(ExifTags.Base.Orientation)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _camera(exif: Image.Exif) -> str | None:
    """Maker and model, the maker once ("NIKON CORPORATION" and "NIKON D300" are "NIKON D300")."""
    maker, model = (
        " ".join(text_of(exif.get(tag)).split())[:64] for tag in (ExifTags.Base.Make, ExifTags.Base.Model)
    )
    repeated = maker and model.casefold().startswith(maker.split()[0].casefold())
    name = model if repeated else f"{maker} {model}".strip()
    return "".join(char for char in name if char.isprintable()) or None


def _moment(exif: Image.Exif) -> Moment | None:
    base, details = ExifTags.Base, _directory(exif, ExifTags.IFD.Exif)
    for source, tag, offset in (
        (details, base.DateTimeOriginal, base.OffsetTimeOriginal),
        (details, base.DateTimeDigitized, base.OffsetTimeDigitized),
        (exif, base.DateTime, base.OffsetTime),
    ):
        zone = text_of(details.get(offset)) or text_of(details.get(base.OffsetTime))
        if moment := read_moment(text_of(source.get(tag)), zone):
            return moment
    return _satellite_time(_directory(exif, ExifTags.IFD.GPSInfo))


def _satellite_time(gps: Mapping[int, Any]) -> Moment | None:
    """The moment by the GPS receiver's own clock, which is UTC."""
    clock = _numbers(gps.get(ExifTags.GPS.GPSTimeStamp))
    if clock is None or len(clock) != 3:
        return None
    hour, minute, second = (int(part) for part in clock)
    day = text_of(gps.get(ExifTags.GPS.GPSDateStamp)).strip()
    return read_moment(f"{day} {hour:02d}:{minute:02d}:{second:02d}Z")


def _located(base: PhotoMetadata, gps: Mapping[int, Any]) -> PhotoMetadata:
    """The same metadata with everything that the GPS directory tells."""
    tags = ExifTags.GPS
    altitude = _number(gps.get(tags.GPSAltitude))
    if altitude is not None and gps.get(tags.GPSAltitudeRef) in (b"\x01", 1):
        altitude = -altitude
    heading = _number(gps.get(tags.GPSImgDirection))
    north = text_of(gps.get(tags.GPSImgDirectionRef)).strip().upper()[:1]
    if heading is None or not 0 <= heading <= 360:
        heading, north = None, ""
    base = replace(
        base,
        altitude_m=altitude if altitude is not None and -12_000 <= altitude <= 100_000 else None,
        heading_deg=None if heading is None else heading % 360,
        heading_reference="T" if north == "T" else "M" if north == "M" else None,
    )
    if tags.GPSLatitude not in gps and tags.GPSLongitude not in gps:
        return base
    latitude = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "EW", 180)
    if isinstance(latitude, str) or isinstance(longitude, str):
        fault = f"latitude {latitude}" if isinstance(latitude, str) else f"longitude {longitude}"
        return replace(base, position_fault=(Refusal.IMPOSSIBLE, fault))
    if is_zero(latitude, longitude):
        return replace(base, position_fault=(Refusal.ZERO, ""))
    longitude = -180.0 if longitude == 180 else longitude
    return replace(base, latitude=latitude, longitude=longitude, position_fault=None)


def is_zero(latitude: float, longitude: float) -> bool:
    """Whether this is (0, 0), open sea off Africa that programs write for "unknown"; within 0.001 degrees."""
    return abs(latitude) < 1e-3 and abs(longitude) < 1e-3


def _degrees(value: object, reference: object, letters: str, most: float) -> float | str:
    """Signed degrees of EXIF's degrees, minutes and seconds; or in words what is wrong with them."""
    parts = _numbers(value)
    letter = text_of(reference).strip().upper()[:1]
    if letter not in letters or not letter:
        return f"has the reference {letter!r}, not {letters[0]} or {letters[1]}"
    if parts is None or not 1 <= len(parts) <= 3:
        return f"{str(value)[:60]} is not degrees, minutes and seconds"
    degrees, minutes, seconds = (*parts, 0.0, 0.0)[:3]
    if min(parts) < 0 or minutes > 60 or seconds > 60:
        return f"{degrees:g} {minutes:g} {seconds:g} is not degrees, minutes and seconds"
    total = degrees + minutes / 60 + seconds / 3600
    if total > most:
        return f"{total:g} is not on Earth"
    return -total if letter == letters[1] else total


def _numbers(value: object) -> tuple[float, ...] | None:
    """Finite numbers of a tuple of rationals; a zero denominator makes the whole None."""
    items = value if isinstance(value, (tuple, list)) else (value,)
    numbers = [_number(item) for item in items[:4]]
    return None if None in numbers else tuple(number for number in numbers if number is not None)


def _number(value: object) -> float | None:
    if isinstance(value, (str, bytes)) or value is None:
        return None
    try:
        number = float(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None
