"""Where the photos of a model were taken: the places alone, to tell how well a place is known."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadModel
from engine.geo import ellipsoid
from engine.geo.place import Place

PHOTO_PLACES_FILE: Final = "photos.safetensors"
_EARTH_RADIUS_M: Final = 6_371_008.8


@dataclass(frozen=True, eq=False)
class PhotoPlaces:
    """The places of the photos that a model has learned from, in no order and without their names."""

    latitude: NDArray[np.float64]
    """(N,) degrees."""
    longitude: NDArray[np.float64]
    """(N,) degrees."""

    def __len__(self) -> int:
        """Number of photos."""
        return len(self.latitude)

    def near(self, place: Place, radius_m: float = 200.0) -> tuple[float, int]:
        """Distance in metres of the photo nearest to `place`, and how many were taken within `radius_m` of it.

        On a sphere, which is right to half a per cent. Of no photos the nearest is at infinity.
        """
        if not len(self):
            return math.inf, 0
        latitude, longitude = np.radians(self.latitude), np.radians(self.longitude)
        here_latitude, here_longitude = math.radians(place.latitude), math.radians(place.longitude)
        half_chord_squared = (
            np.sin((latitude - here_latitude) / 2) ** 2
            + np.cos(latitude) * math.cos(here_latitude) * np.sin((longitude - here_longitude) / 2) ** 2
        )
        distance_m = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half_chord_squared, 1)))
        return float(distance_m.min()), int(np.count_nonzero(distance_m <= radius_m))

    def far_m(self, place: Place, share: float) -> float | None:
        """Distance in metres from `place` that the `share` of the photos are within; None of no photos."""
        if not len(self):
            return None
        distance_m, _ = ellipsoid.inverse(place.latitude, place.longitude, self.latitude, self.longitude)
        return float(np.quantile(distance_m, share))

    def write(self, folder: Path) -> None:
        """Write photos.safetensors into `folder`; the manifest of a model is to be written after it."""
        from safetensors.numpy import save_file

        tensors = {"latitude": self.latitude, "longitude": self.longitude}
        contiguous = {name: np.ascontiguousarray(each, np.float64) for name, each in tensors.items()}
        save_file(contiguous, folder / PHOTO_PLACES_FILE)

    @classmethod
    def read(cls, folder: Path) -> "PhotoPlaces | None":
        """The places in `folder`; None where the model keeps none. Raises BadModel when they are damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = Path(folder) / PHOTO_PLACES_FILE
        if not path.is_file():
            return None
        try:
            tensors = load_file(path)
            found = cls(tensors["latitude"], tensors["longitude"])
        except (OSError, KeyError, SafetensorError) as error:
            raise BadModel(f"{path} cannot be read ({error}); copy or train the model again") from error
        if not found._is_sound():
            raise BadModel(f"{path} does not hold latitudes and longitudes; copy or train the model again")
        return found

    def _is_sound(self) -> bool:
        """Whether these are as many latitudes as longitudes, all of them on Earth."""
        both = ((self.latitude, 90), (self.longitude, 180))
        return self.latitude.shape == self.longitude.shape and all(
            each.dtype == np.float64 and each.ndim == 1 and bool(np.all(np.abs(each) <= most))
            for each, most in both
        )
