"""Place: one point on Earth, and how people write it."""

import math
import re
from dataclasses import dataclass

from engine.errors import BadPlace

_EXAMPLE = "write latitude and longitude like 55.6985, 13.1955"
_SYMBOLS = str.maketrans({**dict.fromkeys("−–‐‑", "-"), **dict.fromkeys("°º˚'′’´`\"″“”()[]:=", " ")})
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_URI = re.compile(r"\s*GEO:([^,;?]+,[^,;?]+)")  # RFC 5870, as telephones share a place
_LABEL = re.compile(r"(?<![A-Z])(?:LAT(?:ITUDE)?|LNG|LONG?(?:ITUDE)?)(?![A-Z])")
_COMPASS = re.compile(r"(?<![A-Z])(?:NORTH|SOUTH|EAST|WEST)(?![A-Z])")
_UNIT = re.compile(r"(?<![A-Z])(?:DEG(?:REE)?S?|MIN(?:UTE)?S?|SEC(?:OND)?S?|(?<=\d)D(?=\s*\d))(?![A-Z])")
_MINUTES_SECONDS = re.compile(r"(\d)M\s*(\d[\d.]*)S")


@dataclass(frozen=True, slots=True)
class Place:
    """A point on Earth in WGS84 degrees; raises BadPlace when it is not on Earth."""

    latitude: float
    """In [-90, 90]."""
    longitude: float
    """In [-180, 180); a value within one turn, [-360, 360], is wrapped into it."""

    def __post_init__(self) -> None:
        latitude, longitude = _finite("latitude", self.latitude), _finite("longitude", self.longitude)
        if abs(latitude) > 90:
            swapped = abs(latitude) <= 180 and abs(longitude) <= 90
            advice = (
                "it is probably swapped with the longitude" if swapped else "give degrees between -90 and 90"
            )
            raise BadPlace(f"latitude {latitude:g} is not on Earth; {advice}")
        if abs(longitude) > 360:
            raise BadPlace(f"longitude {longitude:g} is not on Earth; give degrees between -180 and 180")
        object.__setattr__(self, "latitude", latitude)
        object.__setattr__(self, "longitude", _wrapped(longitude))

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place that a person wrote; raises BadPlace when it cannot be told.

        Decimal degrees ("55.6985, 13.1955", "55,6985; 13,1955", "55.6985N 13.1955E", "geo:55.6985,13.1955") or
        degrees, minutes and seconds ("40°45'28\\"N 73°59'08\\"W", "40 45 28 N 73 59 08 W", "40:45:28 north, 73:59:08
        west"). Latitude comes first unless letters or labels ("lon 13.1955, lat 55.6985") say otherwise.
        """
        place = cls.read(text)
        if place is None:
            shown = text.strip() if len(text) <= 60 else f"{text[:60].strip()}..."
            raise BadPlace(f"'{shown}' is not a place; {_EXAMPLE}")
        return place

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that `parse` gives, or None where the text is no coordinates; BadPlace when not on Earth."""
        pair = _read_pair(text.upper()) if len(text) <= 100 else None
        return None if pair is None else cls(*pair)

    def __str__(self) -> str:
        """The place with six decimals, about 0.1 m; `Place.parse` reads it back."""
        return f"{round(self.latitude, 6) + 0.0:.6f}, {round(self.longitude, 6) + 0.0:.6f}"


def _finite(name: str, value: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadPlace(f"{name} '{str(value)[:40]}' is not a number; {_EXAMPLE}")
    return number


def _wrapped(longitude: float) -> float:
    if -180 <= longitude < 180:
        return longitude  # untouched, because the arithmetic below rounds
    wrapped = (longitude + 180) % 360 - 180
    return wrapped if wrapped < 180 else -180.0


def _read_pair(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, not yet checked for range; None when the text does not say them."""
    text = _symbols_only(text)
    labels = "".join(label[1] for label in _LABEL.findall(text))  # the A of LAT, the O or N of LON and LNG
    text = _LABEL.sub(" ", text)
    if "." not in text and len(re.findall(r"(?<=\d),(?=\d)", text)) == 2:
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)  # 55,6985 13,1955 as much of Europe writes it
    if match := re.fullmatch(r"\s*([NSEW])([^NSEW]+)([NSEW])([^NSEW]+)", text):
        letters, halves = match.group(1, 3), match.group(2, 4)
    elif match := re.fullmatch(r"([^NSEW]+)([NSEW])([^NSEW]+)([NSEW])\s*", text):
        letters, halves = match.group(2, 4), match.group(1, 3)
    else:
        numbers = re.split("[,;/]", text)
        if len(numbers) == 1:
            numbers = text.split()
            middle, odd = divmod(len(numbers), 2)
            if odd:
                return None
            numbers = " ".join(numbers[:middle]), " ".join(numbers[middle:])
        letters, halves = None, numbers
    angles = [angle for half in halves if (angle := _read_angle(half.strip(" ,;/\t"))) is not None]
    if len(halves) != 2 or len(angles) != 2 or labels not in ("", "AO", "AN", "OA", "NA"):
        return None
    first, second = angles
    if letters is None:
        return (second, first) if labels in ("OA", "NA") else (first, second)
    if letters[0] in "EW":
        letters, first, second = letters[::-1], second, first
    if letters[0] not in "NS" or letters[1] not in "EW" or first < 0 or second < 0:
        return None
    return (-first if letters[0] == "S" else first), (-second if letters[1] == "W" else second)


def _symbols_only(text: str) -> str:
    """The text without the many signs and words for degrees, minutes, seconds and directions."""
    uri = _URI.match(text)
    text = _COMPASS.sub(lambda word: word[0][0], (uri[1] if uri else text).translate(_SYMBOLS))
    return _MINUTES_SECONDS.sub(r"\1 \2 ", _UNIT.sub(" ", text))


def _read_angle(text: str) -> float | None:
    """Degrees from "40.7578", "40 45.47" or "40 45 28"; None when it is no angle."""
    words = text.split()
    if not 1 <= len(words) <= 3 or not all(_NUMBER.fullmatch(word) for word in words):
        return None
    degrees, minutes, seconds = [*(float(word) for word in words), 0.0, 0.0][:3]
    whole = all(float(word).is_integer() for word in words[:-1])
    if not whole or not 0 <= minutes < 60 or not 0 <= seconds < 60:
        return None
    return math.copysign(abs(degrees) + minutes / 60 + seconds / 3600, degrees)
