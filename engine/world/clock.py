"""The clock on the wall: local time with its offset, where the scenes are."""

from datetime import date, datetime, time, timedelta, timezone

_STANDARD_H = {
    "leaning-tower-of-pisa": (1, "EU"),
    "arc-de-triomphe": (1, "EU"),
    "stonehenge": (0, "EU"),
    "space-needle": (-8, "US"),
}
_NEW_YORK = (-5, "US")  # Washington and Liberty Island too


def local_time(site: str, day: date, hour: float) -> datetime:
    """The date and clock hour (with fraction, to the second) at a site, with its offset from UTC."""
    standard_h, rule = _STANDARD_H.get(site, _NEW_YORK)
    offset = timezone(timedelta(hours=standard_h + _summer_time(day, rule)))
    return datetime.combine(day, time(), offset) + timedelta(seconds=round(hour * 3600))


def _summer_time(day: date, rule: str) -> bool:
    """Whether clocks are an hour ahead: by the rules of the United States since 2007, of Europe since 1996."""
    if rule == "US":
        return _sunday(day.year, 3, 8) <= day < _sunday(day.year, 11, 1)
    return _sunday(day.year, 3, 25) <= day < _sunday(day.year, 10, 25)


def _sunday(year: int, month: int, first: int) -> date:
    """The first Sunday on or after a day of the month."""
    start = date(year, month, first)
    return start + timedelta(days=(6 - start.weekday()) % 7)
