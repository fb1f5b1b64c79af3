"""Given: a picture that somebody hands in, looked at before anything is asked about it."""

import hashlib
from pathlib import Path
from typing import Final

from engine.errors import BadFile, UserError
from engine.geo.place import Place
from engine.photos.exif import open_upright
from engine.photos.refusal import Refusal, Refused
from engine.studio.gallery import recall
from engine.studio.requests import GivenPicture, ImageRequest

MIN_SIDE_PX: Final = 32
"""The shorter side of a picture at least; smaller ones show nothing that tells a place."""


def given_picture(path: Path) -> GivenPicture:
    """What a request tells of the picture in a file, whose metadata nobody vouches for.

    Raises BadFile where there is none, it is no picture that can be read, or it is too small.
    """
    if not path.is_file():
        raise BadFile(f"there is no picture at {path}; give the file of one")
    image = open_upright(path)
    if min(image.size) < MIN_SIDE_PX:
        size = f"{image.width} x {image.height} pixels"
        raise Refused(path, Refusal.TOO_SMALL, f"{size}; give one of at least {MIN_SIDE_PX} x {MIN_SIDE_PX}")
    pixels = hashlib.sha256(f"{image.width} x {image.height} ".encode() + image.tobytes()).hexdigest()
    name = path.name.encode("utf-8", "replace").decode()
    return GivenPicture(name, pixels, _asked(path), path)


def _asked(path: Path) -> Place | None:
    """The place of a picture of one place that this program made; None for any other."""
    try:
        request = recall(path)
    except UserError:
        return None
    return request.place if isinstance(request, ImageRequest) else None
