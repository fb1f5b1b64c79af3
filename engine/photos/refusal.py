"""Refusal: the reasons why a photo does not enter a collection, in the words that people see."""

from enum import StrEnum
from pathlib import Path

from engine.errors import BadFile


class Refusal(StrEnum):
    """One reason; a refused photo has exactly one, the first that was found, roughly in this order."""

    NOT_A_PICTURE = "not a JPEG, PNG, WEBP, TIFF or HEIC picture"
    NO_HEIF = "HEIC needs the library pillow-heif"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    TOO_SMALL = "too small"
    MISSING = "named in the table, but there is no such file"
    NO_GPS = "no GPS position"
    ZERO = "position is (0, 0)"
    IMPOSSIBLE = "impossible position"
    EXACT_DUPLICATE = "exact duplicate"
    OUTSIDE = "outside the region"
    FAR = "far from all others"
    BLANK = "nothing but one flat colour"
    NEAR_DUPLICATE = "near duplicate"


class Refused(BadFile):
    """A file that cannot be used as a photo, with the reason as a value."""

    def __init__(self, path: Path, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{path} cannot be used: {reason}" + (f" ({detail})" if detail else ""))
        self.path = path
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["Refused"], tuple[Path, Refusal, str]]:
        """What pickle needs to carry the error out of a worker process."""
        return Refused, (self.path, self.reason, self.detail)
