"""Lines: the path that a person means by a file, or by the places along it."""

import re
from pathlib import Path as FilePath
from typing import Final

from engine.errors import BadRegion
from engine.geo.formats import read
from engine.geo.region import Box, Path
from engine.studio.whereabouts import find_place

_NO_LETTER: Final = re.compile(r"[^A-Za-z]+")


def find_line(written: str, box: Box | None = None) -> Path:
    """The path that a person wrote, where `box` is what the model knows.

    The first line of a file, which its ending tells; otherwise places as `find_place` reads them with semicolons
    between, or LAT,LON with blanks between. Raises BadRegion, BadPlace, and BadFile for a file that cannot be read.
    """
    if ";" not in written and FilePath(written).suffix[1:2].isalpha():
        for feature in read(FilePath(written)):
            if isinstance(feature.geometry, Path):
                return feature.geometry
        raise BadRegion(f"{written} has no line; draw one, or write the places along it")
    places = [find_place(each, box) for each in _parts(written)]
    if len(places) < 2:
        raise BadRegion(
            f'"{written[:60]}" is one place; a path needs two, like LAT,LON LAT,LON, or names with ; between'
        )
    return Path(tuple(places))


def _parts(written: str) -> list[str]:
    """The places as they were written, one by one."""
    if ";" in written:
        return [part.strip() for part in written.split(";") if part.strip()]
    if _NO_LETTER.fullmatch(written):
        return re.sub(r"\s*,\s*", ",", written).split()
    return [written]
