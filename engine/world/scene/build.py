"""Scenes by name: the city, or one landmark on its own site."""

from functools import lru_cache

from engine.world.plan.landmarks import find_landmark
from engine.world.scene.city import city_stage
from engine.world.scene.site import site_stage
from engine.world.scene.stage import Stage


@lru_cache(maxsize=8)
def build_scene(landmark: str | None = None) -> Stage:
    """The whole city, or the site of the landmark of that key or name; the same at every call.

    A landmark that stands in the city gives the city. Raises BadRequest for an unknown one.
    """
    if landmark is None:
        return city_stage()
    mark = find_landmark(landmark)
    return city_stage() if mark.site == "manhattan" else site_stage(mark)
