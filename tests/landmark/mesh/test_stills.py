"""Stills and turntables: what is right and left, the texture's own colours, and a machine without OpenGL."""

import subprocess
from dataclasses import replace

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from engine.errors import BadRequest, MissingExtra
from engine.landmark.camera import Camera
from engine.landmark.mesh import stills
from engine.studio.film import Film

SIZE = (64, 48)


@pytest.fixture(scope="module")
def _opengl() -> None:
    try:
        stills.require_opengl()
    except MissingExtra as missing:
        pytest.skip(str(missing))


@pytest.mark.usefixtures("_opengl")
@pytest.mark.parametrize("azimuth_deg", [0, 90, 180, 270])
def test_a_camera_sees_the_side_that_it_stands_before(mesh, quarters, azimuth_deg: int) -> None:
    picture = stills.still(mesh, Camera(azimuth_deg), SIZE)
    assert picture.size == SIZE
    assert abs(np.subtract(picture.getpixel((32, 24)), quarters[azimuth_deg])).max() <= 3
    assert picture.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.usefixtures("_opengl")
def test_seen_from_the_south_east_is_on_the_right_and_up_is_up(mesh, quarters) -> None:
    picture = stills.still(mesh, Camera(180.0, 0.0, target_up=-0.4), SIZE, background=(0, 0, 0))
    solid = np.asarray(picture).any(axis=2)
    row = int(np.argmax(solid.sum(axis=1)))
    left, right = np.flatnonzero(solid[row])[[2, -3]]
    assert abs(np.subtract(picture.getpixel((int(left), row)), quarters[270])).max() <= 40
    assert abs(np.subtract(picture.getpixel((int(right), row)), quarters[90])).max() <= 40
    assert solid[:24].sum() > solid[24:].sum()  # the camera looks below the ball's middle


@pytest.mark.usefixtures("_opengl")
@pytest.mark.parametrize("moved_up", [-0.5, 0.0, 0.6])
def test_a_turntable_without_a_camera_shows_the_whole_mesh(mesh, moved_up: float) -> None:
    moved = replace(mesh, vertices=mesh.vertices + np.array([0.1, -0.2, moved_up], mesh.vertices.dtype))
    for frame in stills.turntable(moved, 4, size=(96, 96), background=(0, 0, 0)):
        solid = np.asarray(frame).any(axis=2)
        rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
        assert rows[0] > 0
        assert rows[-1] < 95
        assert 0 < columns[0] < columns[-1] < 95
        assert rows[-1] - rows[0] > 48  # and fills the picture
        assert abs(rows[-1] + rows[0] - 95) < 12


@pytest.mark.usefixtures("_opengl")
def test_a_turntable_goes_round_clockwise_and_becomes_a_film(mesh, quarters) -> None:
    frames = list(stills.turntable(mesh, 8, Camera(90.0, 5.0), SIZE))
    assert [np.asarray(frame).shape for frame in frames] == [(48, 64, 3)] * 8
    for number, bearing_deg in ((0, 90), (2, 180), (4, 270), (6, 0)):
        assert abs(np.subtract(frames[number].getpixel((32, 24)), quarters[bearing_deg])).max() <= 3
    assert frames[0].tobytes() == stills.still(mesh, Camera(90.0, 5.0), SIZE).tobytes()
    with Film(SIZE, fps=8) as film:
        for frame in frames:
            film.add(frame)
        mp4 = film.mp4()
    line = [get_ffmpeg_exe(), "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(line, input=mp4, capture_output=True, check=True).stdout
    read = np.frombuffer(raw, np.uint8).reshape(8, 48, 64, 3)
    assert abs(read.astype(float) - np.stack([np.asarray(frame) for frame in frames])).mean() < 8


def test_a_turntable_without_frames_is_refused(mesh) -> None:
    with pytest.raises(BadRequest, match="a turntable of 0 frames shows nothing"):
        stills.turntable(mesh, 0)


@pytest.mark.parametrize(
    ("probe", "complaint"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "the trial ended with SIGSEGV"),
        ("raise OSError('libEGL.so.1 is not there')", "OSError: libEGL.so.1 is not there"),
        ("import time; time.sleep(9)", "no picture within 0.5 s"),
    ],
)
def test_a_machine_without_opengl_is_told_what_to_install(
    mesh, monkeypatch, probe: str, complaint: str
) -> None:
    monkeypatch.setattr(stills, "_PROBE", probe)
    if "sleep" in probe:
        monkeypatch.setattr(stills, "_PROBE_S", 0.5)
    stills.require_opengl.cache_clear()
    try:
        with pytest.raises(MissingExtra) as raised:
            stills.still(mesh, Camera(0.0), SIZE)
    finally:
        stills.require_opengl.cache_clear()
    assert complaint in str(raised.value)
    assert str(raised.value).endswith("install it with: apt-get install libegl1 libgl1-mesa-dri")
