"""The scenes of the built-in city: the plan turned into solids, and a tourist's shot turned into a picture."""

from engine.world.scene.build import build_scene
from engine.world.scene.photograph import render_shot
from engine.world.scene.stage import Stage

__all__ = ["Stage", "build_scene", "render_shot"]
