"""Density: how likely each of some places is before anything is looked at, by where photos were taken."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

from engine.diffusion.photo_places import PhotoPlaces
from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box

SPREAD_M: Final = 300.0
"""Standard deviation of the Gaussian that each photo is spread by."""
_ELSEWHERE: Final = 0.01
"""Share of the whole that all places have alike, so that none is impossible for want of a photo."""
_MOST_PHOTOS: Final = 5000
_CHUNK: Final = 256


def photo_density(
    photos: PhotoPlaces,
    latitudes: Sequence[float] | np.ndarray,
    longitudes: Sequence[float] | np.ndarray,
    spread_m: float = SPREAD_M,
) -> Float[np.ndarray, " N"]:
    """Share of each place in the photos of a city, 1 in all; alike where there are no photos.

    Of more than 5,000 photos as many are taken, evenly. Work is in chunks, so memory does not grow with both numbers.
    """
    count = len(latitudes)
    if not len(photos):
        return np.full(count, 1 / count)
    chosen = np.linspace(0, len(photos) - 1, min(len(photos), _MOST_PHOTOS)).round().astype(int)
    near, far = (photos.latitude[chosen], photos.longitude[chosen]), map(np.asarray, (latitudes, longitudes))
    frame = Frame(
        Box.around([Place(*each) for each in zip(*(side.tolist() for side in near), strict=True)], 100.0)
    )
    taken, asked = (np.stack(frame.to_metres(*each), axis=1) for each in (near, far))
    heights = np.concatenate(
        [
            np.exp(-((part[:, None] - taken) ** 2).sum(axis=2) / (2 * spread_m**2)).sum(axis=1)
            for part in np.array_split(asked, -(-count // _CHUNK))
        ]
    )
    shares = heights / heights.sum() if heights.sum() > 0 else np.full(count, 1 / count)
    return (1 - _ELSEWHERE) * shares + _ELSEWHERE / count
