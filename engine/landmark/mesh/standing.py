"""Standing: how large a landmark is and where it stands, as far as the GPS of its photos tells."""

import math

from engine.diffusion.photo_places import PhotoPlaces
from engine.geo.place import Place
from engine.landmark.camera import CameraRange
from engine.landmark.mesh.georeference import Georeference

_EYES_M = 1.6
_USUAL_M = 100.0
_MEDIAN = 0.5


def stand(
    centre: Place,
    cameras: CameraRange,
    photos: PhotoPlaces | None,
    radius_m: float | None = None,
    share: float = _MEDIAN,
) -> Georeference:
    """Where the cube stands and how large it is.

    Its cameras are as far away, in half cubes, as the `share` of the photos were within, in metres (the median where
    the model was not told a distance); they stand on the ground. Without the photos' places half of `radius_m`, within
    which they were taken, is their distance.
    """
    elevation = math.radians(sum(cameras.elevation_deg) / 2)
    distance = sum(cameras.distance) / 2
    away_m = photos.far_m(centre, share) if photos is not None else None
    if photos is not None and away_m is not None:
        how = (
            f"taken {away_m:,.0f} m away in the median"
            if share == _MEDIAN
            else f"seen from {away_m:,.0f} m, within which {share:.0%} of them were taken".replace("%", " %")
        )
        known = f"estimated from the GPS of {len(photos):,} photos, {how}"
    else:
        away_m = (radius_m or _USUAL_M) / 2
        known = f"a guess: the photos' places are not known, so {away_m:,.0f} m are taken for their distance"
    scale_m = away_m / (distance * math.cos(elevation))
    height_m = max(0.0, _EYES_M - distance * math.sin(elevation) * scale_m)
    return Georeference(centre, scale_m, f"{known}; nothing else was measured", height_m)
