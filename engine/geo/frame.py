"""Frame: one city's own coordinates, both as the model sees them ([-1, 1]) and in metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import pyproj
from numpy.typing import NDArray

from engine.errors import BadRegion
from engine.geo.ellipsoid import Array, half_turn
from engine.geo.region import Box

Many = Sequence[float] | NDArray[np.floating]
Pair = tuple[float, float]
Arrays = tuple[Array, Array]


@dataclass(frozen=True)
class Frame:
    """A city's box as a coordinate system. Numbers give numbers and arrays give arrays, of any equal shape.

    Places outside the box are no error: they get values beyond the box's.
    """

    box: Box
    margin: float = 0.1
    """In [0, 1): the box maps to [-(1 - margin), 1 - margin], because sines and cosines of whole turns over [-1, 1]
    would make the west edge look like the east edge."""

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1:
            raise BadRegion(
                f"the frame's margin is {self.margin}; give a number from 0 up to, not including, 1"
            )

    @property
    def metres_crs(self) -> str:
        """The coordinate system of `to_metres` as a PROJ string, for files that leave the house."""
        centre = self.box.centre
        return (
            f"+proj=tmerc +lat_0={centre.latitude!r} +lon_0={centre.longitude!r} +k=1 +ellps=WGS84 +units=m"
        )

    @overload
    def to_unit(self, latitude: float, longitude: float) -> Pair: ...
    @overload
    def to_unit(self, latitude: Many, longitude: Many) -> Arrays: ...
    def to_unit(self, latitude, longitude):
        """(x, y) with x from the longitude and y from the latitude; the centre is (0, 0), north and east positive."""
        reach, turns = 1 - self.margin, np.rint(np.subtract(longitude, self.box.centre.longitude) / 360)
        return _like_input(
            (2 * (longitude - 360 * turns - self.box.west) / (self.box.east - self.box.west) - 1) * reach,
            (2 * np.subtract(latitude, self.box.south) / (self.box.north - self.box.south) - 1) * reach,
        )

    @overload
    def from_unit(self, x: float, y: float) -> Pair: ...
    @overload
    def from_unit(self, x: Many, y: Many) -> Arrays: ...
    def from_unit(self, x, y):
        """(latitude, longitude) of a point of `to_unit`; the longitude is in [-180, 180)."""
        reach = 1 - self.margin
        return _like_input(
            self.box.south + (np.divide(y, reach) + 1) / 2 * (self.box.north - self.box.south),
            half_turn(self.box.west + (np.divide(x, reach) + 1) / 2 * (self.box.east - self.box.west)),
        )

    @overload
    def to_metres(self, latitude: float, longitude: float) -> Pair: ...
    @overload
    def to_metres(self, latitude: Many, longitude: Many) -> Arrays: ...
    def to_metres(self, latitude, longitude):
        """(east_m, north_m) from the box's centre, on the transverse Mercator map around its meridian.

        Lengths and angles are true to 0.01 % within 90 km of the centre.
        """
        longitude, latitude = np.broadcast_arrays(longitude, latitude)
        return _like_input(*self._projection(longitude, latitude))

    @overload
    def from_metres(self, east_m: float, north_m: float) -> Pair: ...
    @overload
    def from_metres(self, east_m: Many, north_m: Many) -> Arrays: ...
    def from_metres(self, east_m, north_m):
        """(latitude, longitude) of a point of `to_metres`; the longitude is in [-180, 180)."""
        east_m, north_m = np.broadcast_arrays(east_m, north_m)
        longitude, latitude = self._projection(east_m, north_m, inverse=True)
        return _like_input(latitude, half_turn(longitude))

    @cached_property
    def _projection(self) -> pyproj.Proj:
        return pyproj.Proj(self.metres_crs)


def _like_input(first: Array, second: Array) -> Pair | Arrays:
    first, second = np.broadcast_arrays(first, second)
    return (float(first), float(second)) if first.ndim == 0 else (first, second)
