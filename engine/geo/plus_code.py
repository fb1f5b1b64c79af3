"""Plus codes: places as the short codes of Open Location Code, and back."""

import re

from openlocationcode import openlocationcode as olc

from engine.errors import BadPlace
from engine.geo.place import Place

_FULL = "87G8Q257+5Q"
_CODE = re.compile(
    r"\s*((?:[2-9CFGHJMPQRVWX]{2,8}|(?=[A-Z]*\d)[0-9A-Z]{2,8})\+[0-9A-Z]*)(?:[\s,;]+(.*?))?\s*",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)


def split(written: str) -> tuple[str, str] | None:
    """A plus code and the words behind it ("Q257+5Q", "New York"); None where there is none.

    A code with a wrong letter is one too, for `decode` to say so, but words with a plus between them are not.
    """
    match = _CODE.fullmatch(written) if len(written) <= 200 else None
    return (match[1], match[2] or "") if match else None


def decode(code: str, near: Place | None = None) -> Place:
    """The centre of a code's cell; BadPlace where it is no code, or a short one without a place that it is near to.

    A short code ("Q257+5Q") means the cell of that end that is nearest to `near`, within about 50 km.
    """
    wanted = code.strip().upper()
    short = olc.isShort(wanted)
    if len(wanted) > olc.MAX_DIGIT_COUNT_ + 1 or not (short or olc.isFull(wanted)):
        raise BadPlace(f"{wanted[:20]!r} is not a plus code; write one like {_FULL}")
    if short and near is None:
        raise BadPlace(
            f"the plus code {wanted} is short; write it in full, like {_FULL}, or a place behind it"
        )
    if short and near is not None:
        wanted = olc.recoverNearest(wanted, *_rounded(near))
    cell = olc.decode(wanted)
    return Place(cell.latitudeCenter, cell.longitudeCenter)


def encode(place: Place, digits: int = 10) -> str:
    """The code of the cell around a place; 10 digits are a cell of 14 m, 11 of 3 m.

    BadPlace for a number of digits that no code has: it is 2, 4, 6, 8, or 10 to 15.
    """
    if digits not in (2, 4, 6, 8, *range(10, olc.MAX_DIGIT_COUNT_ + 1)):
        raise BadPlace(
            f"no plus code has {digits} digits; choose 2, 4, 6, 8, or 10 to {olc.MAX_DIGIT_COUNT_}"
        )
    return olc.encode(*_rounded(place), digits)


def _rounded(place: Place) -> tuple[float, float]:
    """Latitude and longitude to 0.1 mm, because the library makes impossible codes of 179.99999999999997."""
    return round(place.latitude, 9), round(place.longitude, 9)
