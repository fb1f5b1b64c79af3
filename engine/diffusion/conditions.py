"""Conditions: what a picture may depend on beside its text, and how each becomes a number in [-1, 1]."""

import math
from collections.abc import Mapping

from engine.errors import BadRequest
from engine.geo.frame import Frame

ABSENT = math.nan
"""The one meaning of "no condition": NaN, which the encoder turns into the condition's learned null token."""

PERIODS = {"heading": 360.0, "azimuth": 360.0, "hour": 24.0, "month": 12.0}
"""Conditions that go round, with their period in natural units (degrees, hours, months)."""

CONDITIONS = ("longitude", "latitude", *PERIODS, "distance")
"""Every condition that a model may declare. Longitude comes first, as x in the paper. Distance is that of the camera
from the landmark, in metres."""

SIDES = 36
"""Bins of 10 degrees that azimuths are counted in and judged by (paper); the first lies around north, the others
clockwise."""

_NEAREST_M = 1.0
_REACH = 0.9
"""What the ends of a landmark's ring are mapped to: the encoding takes -1 and 1 for the same."""


def azimuth_bin(azimuth_deg: float, bin_deg: float) -> int:
    """Number of the bin that an azimuth is rounded to: bin 0 lies around north, the others follow clockwise.

    `bin_deg` divides the circle without a rest; the paper's 10 degrees make 36 bins.
    """
    return math.floor(azimuth_deg / bin_deg + 0.5) % round(360 / bin_deg)


def normalise(
    raw: Mapping[str, float | None],
    conditions: tuple[str, ...],
    frame: Frame | None,
    azimuth_bin_deg: float = 0.0,
    ring_m: tuple[float, float] | None = None,
) -> list[float]:
    """Values in [-1, 1] in the order of `conditions`, ABSENT where `raw` has none.

    Longitude and latitude go through the frame of the model's box and need each other; periodic conditions are
    wrapped, so that -90 and 270 degrees are the same. With `azimuth_bin_deg` the azimuth becomes the middle of its bin,
    in training and in sampling alike, because between them the model has learned nothing. A distance counts by its
    logarithm between the ends of `ring_m`, and from outside as the nearer end.

    Raises BadRequest for a name that is not in `conditions`.
    """
    for name, value in raw.items():
        if value is not None and name not in conditions:
            raise BadRequest(
                f"this model has no condition {name!r}; it knows {', '.join(conditions) or 'none'}: leave {name} out"
            )
        if value is not None and not math.isfinite(value):
            raise BadRequest(f"{name} is {value}; give a finite number or leave it out")
    present = {name: float(value) for name, value in raw.items() if value is not None}
    if ("longitude" in present) != ("latitude" in present):
        raise BadRequest("a place needs both latitude and longitude; give both or neither")
    if "azimuth" in present and azimuth_bin_deg:
        present["azimuth"] = azimuth_bin(present["azimuth"], azimuth_bin_deg) * azimuth_bin_deg
    values = dict.fromkeys(conditions, ABSENT)
    if "longitude" in present:
        if frame is None:
            raise BadRequest(
                "this model has no box, so it cannot be given a place; leave latitude and longitude out"
            )
        x, y = frame.to_unit(present["latitude"], present["longitude"])
        values["longitude"], values["latitude"] = float(x), float(y)
    if "distance" in present:
        if ring_m is None:
            raise BadRequest(
                "this model has no landmark, so nothing is at a distance from it; leave distance out"
            )
        near, far = (math.log(max(end, _NEAREST_M)) for end in ring_m)
        part = (math.log(max(present["distance"], _NEAREST_M)) - near) / max(far - near, 1e-6)
        values["distance"] = (2 * min(max(part, 0.0), 1.0) - 1) * _REACH
    for name in present.keys() & PERIODS.keys():
        values[name] = (present[name] % PERIODS[name]) / PERIODS[name] * 2 - 1
    return list(values.values())
