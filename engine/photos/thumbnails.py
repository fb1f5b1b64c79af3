"""Thumbnails: the one time that each photo is decoded, to be seen small and to be compared with the others."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from engine.atomic import write_bytes
from engine.photos.exif import upright
from engine.photos.likeness import is_blank, perceptual_hash
from engine.photos.opening import Limits, opened
from engine.photos.refusal import Refusal, Refused

SIDE_PX = 256
"""The longer side of a thumbnail."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo that could be decoded."""

    hash: bytes
    """Its perceptual hash, 16 bytes."""


def thumbnail_of(id: str) -> str:
    """Path of a photo's thumbnail within its collection, in one of 256 folders."""
    return f"thumbnails/{id[:2]}/{id}.jpg"


def see(item: tuple[str, str], folder: Path, limits: Limits) -> Seen | Refused:
    """The photo's hash, with its thumbnail written as an upright JPEG without metadata; or why it is refused.

    `item` is the path of the photo and its id. DiskFull where there is no room for the thumbnail.
    """
    path = Path(item[0])
    try:
        with opened(path, limits) as image:
            image.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))  # a JPEG is decoded at a fraction of its size
            small = upright(image)
    except Refused as refused:
        return refused
    small.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if is_blank(small):
        return Refused(path, Refusal.BLANK)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=85)
    out = folder / thumbnail_of(item[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out, data.getvalue())
    return Seen(perceptual_hash(small).tobytes())
