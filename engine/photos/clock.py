"""Clock: when a photo was taken, as cameras and tables write it, and what hour it was at that place."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone


@dataclass(frozen=True)
class Moment:
    """A date as it was written down."""

    at: datetime
    """With its offset from UTC where that is known, naive where not; midnight where only the day is known."""
    has_clock: bool = True
    """Whether the time of day was written too."""

    def utc(self, longitude: float) -> datetime:
        """The moment in UTC, without a time zone; an unknown offset is guessed from the longitude, within hours."""
        offset = self.at.utcoffset()
        return self.at.replace(tzinfo=None) - (_solar_offset(longitude) if offset is None else offset)

    def local(self, longitude: float) -> datetime:
        """What a clock showed there, without a time zone.

        A date written as UTC (by a GPS receiver, or by a camera set to UTC) is moved by the longitude's whole hours.
        """
        naive = self.at.replace(tzinfo=None)
        return naive + _solar_offset(longitude) if self.at.utcoffset() == timedelta(0) else naive


def read_moment(text: str, offset: str = "") -> Moment | None:
    """The moment of "2016:06:23 16:31:59" (EXIF), an ISO 8601 date or a day alone; None where it is none of these.

    `offset` is EXIF's own field beside it, such as "+02:00". Years before 1826, when there were no photos, and after
    2100 are clocks that were never set.
    """
    match = _DATE.match(text.strip()[:40])
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    if not 1826 <= int(year) <= 2100:
        return None
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59)
        )
    except ValueError:
        return None
    if hour is None:
        return Moment(at, has_clock=False)
    return Moment(at.replace(tzinfo=_zone(zone or offset.strip())))


_DATE = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def _zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def _solar_offset(longitude: float) -> timedelta:
    return timedelta(hours=math.floor(longitude / 15 + 0.5))
