"""View words: the side of a landmark said in the prompt, as DreamFusion does without an angle."""

from engine.landmark.camera import Camera

_OVERHEAD_DEG = 60.0
_FRONT_DEG = 45.0


def view_words(camera: Camera, front_azimuth_deg: float) -> str:
    """ "overhead view" from above 60 degrees; else "front view", "side view" or "back view" (DreamFusion, 3.1).

    A quarter of the circle is the front, around `front_azimuth_deg`, and the quarter opposite is the back.
    """
    if camera.elevation_deg > _OVERHEAD_DEG:
        return "overhead view"
    aside = abs((camera.azimuth_deg - front_azimuth_deg + 180) % 360 - 180)
    if aside <= _FRONT_DEG:
        return "front view"
    return "back view" if aside >= 180 - _FRONT_DEG else "side view"
