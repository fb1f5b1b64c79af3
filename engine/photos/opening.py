"""Opening: a picture that nobody vouches for, known by its content and held to our limits before it is decoded."""

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from engine.photos.refusal import Refusal, Refused


@dataclass(frozen=True)
class Limits:
    """What a picture may measure at most, so that no file can take the machine's memory or time."""

    max_bytes: int = 256 * 2**20
    """Of the file."""
    max_pixels: int = 110_000_000
    """Width times height; the largest sensors in telephones that write whole pictures have 108 million."""
    min_side_px: int = 64
    """The shorter side of a photo that enters a collection."""


LIMITS = Limits()

PICTURE_NAME = re.compile(r".+\.(jpe?g?|png|webp|tiff?|hei[cf]|hif|avif|gif|bmp|jp2|jxl)", re.IGNORECASE)
"""Names that promise a picture; a file with such a name that is none is refused aloud, not passed over."""


def picture_format(head: bytes) -> str | None:
    """Format that the first 12 bytes of a file tell: JPEG, PNG, WEBP, TIFF or HEIF; None for anything else."""
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return "TIFF"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return None


@contextmanager
def opened(path: Path, limits: Limits = LIMITS) -> Iterator[ImageFile.ImageFile]:
    """The picture, opened and within the limits but not decoded yet; its `format` is one of the five.

    Whatever goes wrong while it is open, in whichever way a damaged file breaks the decoder, becomes Refused.
    """
    # The filter of warnings belongs to the process, so only one thread at a time may change it and change it back.
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            size = path.stat().st_size
            if size > limits.max_bytes:
                raise Refused(
                    path, Refusal.TOO_LARGE, f"{size:,} bytes, at most {limits.max_bytes:,} are read"
                )
            with path.open("rb") as file:
                name = picture_format(file.read(12))
                file.seek(0)
                if name is None:
                    raise Refused(path, *_unknown(size))
                if name == "HEIF":
                    _learn_heif(path)
                with Image.open(file, formats=_DECODERS[name]) as image:
                    if image.width * image.height > limits.max_pixels:
                        size_px = f"{image.width} x {image.height} pixels"
                        raise Refused(
                            path, Refusal.TOO_LARGE, f"{size_px}, at most {limits.max_pixels:,} are read"
                        )
                    image.format = name
                    yield image
        except Refused:
            raise
        except Image.DecompressionBombError:
            raise Refused(path, Refusal.TOO_LARGE, f"at most {limits.max_pixels:,} pixels are read") from None
        except UnidentifiedImageError:
            raise Refused(path, Refusal.UNREADABLE, "the picture is damaged") from None
        except Exception as error:  # a damaged file breaks a decoder in any way there is
            raise Refused(path, Refusal.UNREADABLE, str(error)[:200] or type(error).__name__) from error


_QUIET = threading.RLock()
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_DECODERS = {
    "JPEG": ("JPEG", "MPO"),  # a JPEG with a second picture behind the first, as many telephones write
    "PNG": ("PNG",),
    "WEBP": ("WEBP",),
    "TIFF": ("TIFF",),
    "HEIF": ("HEIF",),
}


def _unknown(size: int) -> tuple[Refusal, str]:
    if size == 0:
        return Refusal.UNREADABLE, "the file is empty"
    return Refusal.NOT_A_PICTURE, ""


def _learn_heif(path: Path) -> None:
    if find_spec("pillow_heif") is None:
        raise Refused(path, Refusal.NO_HEIF, "install it with: pip install pillow-heif")
    import_module("pillow_heif").register_heif_opener()
