"""Credit: who took a photo and whose it is, as far as its file says."""

from contextlib import suppress
from pathlib import Path

from PIL import ExifTags

from engine.errors import BadFile
from engine.photos.captions import clean_caption, text_of
from engine.photos.opening import opened
from engine.photos.stamp import read_provenance

_LONGEST = 120


def credit_of(path: Path) -> str | None:
    """EXIF's artist and copyright on one line, or what a rendered picture says of itself; None where there is neither.

    A file that is gone or damaged says nothing.
    """
    with suppress(BadFile):
        with opened(path) as image:
            exif = image.getexif()
            tags = ExifTags.Base.Artist, ExifTags.Base.Copyright
            artist, rights = (clean_caption(text_of(exif.get(tag)))[:_LONGEST] for tag in tags)
        if artist or rights:
            return (
                rights
                if artist.casefold() in rights.casefold()
                else ", ".join(filter(None, (artist, rights)))
            )
        rendered = (read_provenance(path) or {}).get("rendered")
        return clean_caption(rendered)[:_LONGEST] if isinstance(rendered, str) else None
    return None
