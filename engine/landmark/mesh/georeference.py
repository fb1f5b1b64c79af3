"""Where on Earth a mesh stands, how large it is, and how far that is known."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadRequest
from engine.geo import ellipsoid
from engine.geo.place import Place

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Georeference:
    """The place of the cube [-1, 1]^3, whose axes are east, north and up there; raises BadRequest for no size at all.

    Written meshes are in metres from `place` on the ground. Their horizon is the plane that touches the ellipsoid
    there; over 1 km the Earth falls away below it by 8 cm.
    """

    place: Place
    """On the ground, below the cube's centre."""
    scale_m: float
    """Metres of one unit: half the cube's edge."""
    scale_note: str
    """Where the scale is from, as people read it: "estimated from the GPS of 214 photos, good to about 10 %"."""
    centre_height_m: float = 0.0
    """Of the cube's centre above the ground."""
    ground_height_m: float = 0.0
    """Of the ground above the ellipsoid, which only a globe in space needs; 0 where nobody knows it."""

    def __post_init__(self) -> None:
        if not 0 < self.scale_m < math.inf:
            raise BadRequest(f"the scale is {self.scale_m:g} m; give the metres of half the cube's edge")
        for what, height in (("centre", self.centre_height_m), ("ground", self.ground_height_m)):
            if not math.isfinite(height):
                raise BadRequest(f"the height of the {what} is {height:g} m; give a number of metres")

    def metres(self, points: Floats) -> Floats:
        """(N, 3) metres east, north and up of the place on the ground, from points of the cube."""
        return points * self.scale_m + [0.0, 0.0, self.centre_height_m]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON, as it stands in the files."""
        return {
            "latitude": self.place.latitude,
            "longitude": self.place.longitude,
            "ground_height_m": self.ground_height_m,
            "unit": "metre",
            "scale_m": self.scale_m,
            "scale_note": self.scale_note,
            "centre_height_m": self.centre_height_m,
        }

    @property
    def local_to_earth(self) -> Floats:
        """(4, 4) from (east, north, up, 1) in metres to earth-centred, earth-fixed WGS84 (EPSG:4978).

        The columns are the directions east, north and up in the place, and the place itself (OGC 22-025r4 calls it the
        tile's transform).
        """
        latitude, longitude = math.radians(self.place.latitude), math.radians(self.place.longitude)
        south_north, west_east = (
            (math.cos(latitude), math.sin(latitude)),
            (math.cos(longitude), math.sin(longitude)),
        )
        up = np.array([south_north[0] * west_east[0], south_north[0] * west_east[1], south_north[1]])
        east = np.array([-west_east[1], west_east[0], 0.0])
        squeezed = np.array([1.0, 1.0, 1 - ellipsoid.ECCENTRICITY**2])
        prime_vertical_m = ellipsoid.SEMI_MAJOR_M / math.sqrt(1 - (ellipsoid.ECCENTRICITY * up[2]) ** 2)
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([east, np.cross(up, east), up], axis=1)
        matrix[:3, 3] = up * (prime_vertical_m * squeezed + self.ground_height_m)
        return matrix


def described(georeference: Georeference, provenance: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a file says of itself: place and scale, and the request that made it, under the key that pictures use."""
    known = {"georeference": georeference.to_dict()}
    return known if provenance is None else {"genius-loci": dict(provenance), **known}


def comment(georeference: Georeference, provenance: Mapping[str, Any] | None) -> tuple[str, str]:
    """Two lines that say the same in formats whose only room is a comment, and which way the axes go."""
    said = json.dumps(described(georeference, provenance), sort_keys=True)
    return "Genius Loci: metres, x east, y north, z up", said
