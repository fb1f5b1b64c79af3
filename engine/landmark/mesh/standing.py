"""Standing: how large a landmark is and where it stands, as far as the GPS of its photos tells."""

import math

import numpy as np

from engine.diffusion.photo_places import PhotoPlaces
from engine.geo import ellipsoid
from engine.geo.place import Place
from engine.landmark.camera import CameraRange
from engine.landmark.mesh.georeference import Georeference

_EYES_M = 1.6
_USUAL_M = 100.0


def stand(
    centre: Place, cameras: CameraRange, photos: PhotoPlaces | None, radius_m: float | None = None
) -> Georeference:
    """Where the cube stands and how large it is.

    Its cameras are as far away, in half cubes, as the photos were in metres, in the median of both; they stand on the
    ground. Without the photos' places half of `radius_m`, within which they were taken, is their distance.
    """
    elevation = math.radians(sum(cameras.elevation_deg) / 2)
    distance = sum(cameras.distance) / 2
    if photos is not None and len(photos):
        far_m, _ = ellipsoid.inverse(centre.latitude, centre.longitude, photos.latitude, photos.longitude)
        middle_m = float(np.median(far_m))
        known = (
            f"estimated from the GPS of {len(photos):,} photos, taken {middle_m:,.0f} m away in the median"
        )
    else:
        middle_m = (radius_m or _USUAL_M) / 2
        known = (
            f"a guess: the photos' places are not known, so {middle_m:,.0f} m are taken for their distance"
        )
    scale_m = middle_m / (distance * math.cos(elevation))
    height_m = max(0.0, _EYES_M - distance * math.sin(elevation) * scale_m)
    return Georeference(centre, scale_m, f"{known}; nothing else was measured", height_m)
