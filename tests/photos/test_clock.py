"""Clock: dates as cameras and tables write them, and the hour that it was there."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.photos.clock import read_moment


@pytest.mark.parametrize(
    ("text", "offset", "longitude", "utc", "local"),
    [
        ("2016:06:23 16:31:59", "", -91.99, (2016, 6, 23, 22, 31, 59), (2016, 6, 23, 16, 31, 59)),
        ("2022:08:14 14:12:31", "+03:00", 24.9, (2022, 8, 14, 11, 12, 31), (2022, 8, 14, 14, 12, 31)),
        ("2022-08-14T14:12:31.250-04:00", "", -74.0, (2022, 8, 14, 18, 12, 31), (2022, 8, 14, 14, 12, 31)),
        ("2022-08-14 02:12:31Z", "", -74.0, (2022, 8, 14, 2, 12, 31), (2022, 8, 13, 21, 12, 31)),
        ("2022:08:14 14:12", "nonsense", 0.0, (2022, 8, 14, 14, 12, 0), (2022, 8, 14, 14, 12, 0)),
        ("2022:08:14 14:12:31", "+99:00", 0.0, (2022, 8, 14, 14, 12, 31), (2022, 8, 14, 14, 12, 31)),
    ],
)
def test_moments(
    text: str, offset: str, longitude: float, utc: tuple[int, ...], local: tuple[int, ...]
) -> None:
    moment = read_moment(text, offset)
    assert moment is not None
    assert moment.has_clock
    assert moment.utc(longitude) == datetime(*utc)
    assert moment.local(longitude) == datetime(*local)


def test_a_day_alone_has_no_clock() -> None:
    moment = read_moment("2010-05-07")
    assert moment is not None
    assert not moment.has_clock
    assert moment.at == datetime(2010, 5, 7)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0000:00:00 00:00:00", "2020:02:30 01:01:01", "1700-01-01", "20200102"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_moment(text) is None


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=10))
def test_any_text_is_a_moment_or_none(text: str, offset: str) -> None:
    read_moment(text, offset)


@settings(deadline=None)
@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.floats(-180, 180))
def test_utc_is_utc(at: datetime, longitude: float) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC)
    moment = read_moment(at.isoformat())
    assert moment is not None
    assert moment.utc(longitude) == at.replace(tzinfo=None)
