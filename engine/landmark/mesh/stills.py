"""Stills and turntables of a mesh by pyvista, without a screen."""

import functools
import math
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadRequest, MissingExtra
from engine.landmark.camera import Camera
from engine.landmark.mesh.atlas import TexturedMesh

if TYPE_CHECKING:
    from PIL.Image import Image

WHITE = (255, 255, 255)
_PACKAGES = "libegl1 libgl1-mesa-dri"
_PROBE = """
import pyvista
plotter = pyvista.Plotter(off_screen=True, window_size=(16, 16))
plotter.add_mesh(pyvista.Sphere(), color="red", lighting=False)
plotter.camera.zoom(3)
assert plotter.screenshot(return_img=True)[8, 8, 0] > 200
"""
_PROBE_S = 60
_ABOVE_DEG, _FOVY_DEG, _AIR = 8.0, 30.0, 1.05


def still(
    mesh: TexturedMesh,
    camera: Camera,
    size: tuple[int, int] = (512, 512),
    background: tuple[int, int, int] = WHITE,
) -> "Image":
    """The mesh as the camera sees it, (width, height) pixels, in the texture's own colours.

    Raises MissingExtra where this machine has no OpenGL without a screen.
    """
    (picture,) = _pictures(mesh, [camera], size, background)
    return picture


def whole(mesh: TexturedMesh, azimuth_deg: float) -> Camera:
    """A camera from which all of the mesh is seen, a little from above, and from every other azimuth too."""
    middle = (mesh.vertices[:, 2].min() + mesh.vertices[:, 2].max()) / 2
    reach = np.linalg.norm(mesh.vertices - [0, 0, middle], axis=1).max()
    away = float(reach) * _AIR / math.sin(math.radians(_FOVY_DEG / 2))
    above = math.radians(_ABOVE_DEG)
    level, up = away * math.cos(above), float(middle) + away * math.sin(above)
    elevation_deg = math.degrees(math.atan2(up, level))
    return Camera(azimuth_deg, elevation_deg, math.hypot(level, up), _FOVY_DEG, float(middle))


def turntable(
    mesh: TexturedMesh,
    frames: int = 72,
    camera: Camera | None = None,
    size: tuple[int, int] = (512, 512),
    background: tuple[int, int, int] = WHITE,
) -> Iterator["Image"]:
    """The mesh from all around: each picture from the next azimuth, clockwise, beginning with the camera's own.

    A full circle of `frames` steps; the picture after the last one would be the first again. Without a camera the
    `whole` mesh is seen, from north on. Raises BadRequest for
    no frames at all, MissingExtra as `still` does.
    """
    if frames < 1:
        raise BadRequest(f"a turntable of {frames} frames shows nothing; give 1 or more")
    first = camera or whole(mesh, 0.0)
    turns = (first.azimuth_deg + 360 * number / frames for number in range(frames))
    cameras = [
        Camera(turn % 360, first.elevation_deg, first.distance, first.fovy_deg, first.target_up)
        for turn in turns
    ]
    return _pictures(mesh, cameras, size, background)


def _pictures(
    mesh: TexturedMesh, cameras: list[Camera], size: tuple[int, int], background: tuple[int, int, int]
) -> Iterator["Image"]:
    require_opengl()
    return _drawn(mesh, cameras, size, background)


def _drawn(
    mesh: TexturedMesh, cameras: list[Camera], size: tuple[int, int], background: tuple[int, int, int]
) -> Iterator["Image"]:
    import pyvista
    from PIL import Image
    from vtkmodules.vtkCommonCore import vtkLogger

    # VTK warns of every screen that it looks for in vain.
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    shape = pyvista.PolyData.from_regular_faces(mesh.vertices, mesh.faces)
    shape.active_texture_coordinates = mesh.uv
    texture = pyvista.Texture(np.ascontiguousarray(mesh.texture))
    texture.interpolate = texture.mipmap = True
    plotter = pyvista.Plotter(off_screen=True, window_size=list(size), lighting="none")
    try:
        plotter.background_color = pyvista.Color(background)
        plotter.enable_anti_aliasing("ssaa")
        plotter.add_mesh(shape, texture=texture, lighting=False)
        for camera in cameras:
            plotter.camera.position = camera.position
            plotter.camera.focal_point = (0.0, 0.0, camera.target_up)
            plotter.camera.up = (0.0, 0.0, 1.0)
            plotter.camera.view_angle = camera.fovy_deg
            plotter.reset_camera_clipping_range()
            plotter.render()  # a screenshot alone shows the camera before
            picture = plotter.screenshot(return_img=True)
            assert picture is not None
            yield Image.fromarray(picture[..., :3])
    finally:
        plotter.close()


@functools.cache
def require_opengl() -> None:
    """Nothing, where pyvista can draw; MissingExtra with what to install where it cannot.

    It is tried in a process of its own, because VTK without its libraries ends the process that asks it.
    """
    if complaint := _complaint():
        raise MissingExtra(
            f"pictures of meshes need OpenGL without a screen, which does not work here ({complaint}); "
            f"install it with: apt-get install {_PACKAGES}"
        )


def _complaint() -> str | None:
    try:
        tried = subprocess.run(
            [sys.executable, "-c", _PROBE], capture_output=True, timeout=_PROBE_S, text=True
        )
    except subprocess.TimeoutExpired:
        return f"no picture within {_PROBE_S} s"
    if tried.returncode < 0:
        return f"the trial ended with {signal.Signals(-tried.returncode).name}"
    if tried.returncode:
        return (tried.stderr.strip().splitlines() or ["the trial failed"])[-1][:200]
    return None
