"""How nearly a mesh's pictures equal the renders of the field that it was made of, for the built-in landmarks.

    python -m bench.mesh [--landmarks arc-de-triomphe ...] [--distortion-weight 0] [--sheet FOLDER]

A field learns each landmark from the ray caster's pictures of it, as in bench.field; then it is meshed as the studio
does it by default. From cameras that the texture was not baked with, the mesh is drawn as in the studio's films
(OpenGL, several samples a pixel) and the field by the renderer (nine rays a pixel, 128 stretches each), both before
white. What is averaged is the absolute difference of red, green and blue, of 255, three times: over all pixels of the
pictures, background included (target: 2); over the pixels that mesh and field both cover wholly, where only the
texture's colours differ; and over those that either of the two covers at all, where a mesh's sharp outline meets a
field's soft one.
`--distortion-weight 0.01` fits the field as the one from tourists' photos is fitted, so that rays end in one place. A
landmark takes about two minutes of one core; fields are kept in the cache.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_model, save_model
from torch import nn

from bench.field import landmark_alone, ring, true_view
from engine.atomic import writing_file
from engine.landmark.camera import Camera
from engine.landmark.fields.field import Field
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.fitting import FitConfig, fit
from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.meshing import MeshSettings, make_mesh
from engine.landmark.mesh.stills import require_opengl, still
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import render_look
from engine.world.plan.landmarks import SITES, find_landmark

Floats = NDArray[np.float64]

_DISTANCE, _FOVY_DEG = 3.2, 44.0
_ELEVATIONS_DEG = (-12.0, 12.0, -4.0, 24.0)
"""Of the cameras in turn, within those that the field learns from; the bake looks from -25, 5, 35 and 65 degrees."""
_TURN_DEG = 9.0
"""By which the first camera stands beside north, so that none has the azimuth of a baking camera."""
_TARGET = 2.0
_RAYS = 3
"""Along each edge of a pixel."""
_COVERED = 0.99
"""Opacity from which on a pixel counts as covered wholly; below the rest to 1 it counts as not covered at all."""


@dataclass(frozen=True)
class Difference:
    """Mean absolute difference between pictures of a mesh and renders of its field before white, of 255."""

    all: float
    """Over every pixel."""
    both: float
    """Over those that both cover wholly; NaN where there are none."""
    either: float
    """Over those that one of them covers at all."""

    def __str__(self) -> str:
        return (
            f"{self.all:.2f} of 255 over all pixels (where both cover {self.both:.2f}, where either does "
            f"{self.either:.2f}; target {_TARGET:g})"
        )


def main(
    landmarks: tuple[str, ...] = tuple(SITES),
    views: int = 32,
    view_px: int = 96,
    max_train_steps: int = 300,
    distortion_weight: float = 0.0,
    size_px: int = 128,
    cameras: int = 8,
    cache: Path = Path(".cache/mesh"),
    sheet: Path | None = None,
) -> None:
    """Measure and print; `sheet` keeps mesh, render and eight times their difference, one below the other."""
    torch.set_num_threads(1)
    require_opengl()
    held_out = held_out_cameras(cameras)
    config = FitConfig(max_train_steps=max_train_steps, distortion_weight=distortion_weight)
    found_all = []
    for name in landmarks:
        field, occupancy = _fitted(name, views, view_px, config, cache)
        started = time.process_time()
        mesh = make_mesh(field, MeshSettings(), occupancy=occupancy)
        seconds = time.process_time() - started
        drawn, rendered, covered = pictures(field, occupancy, mesh, held_out, size_px)
        found = difference(drawn, rendered, covered)
        print(f"{name}: mesh against render from {cameras} cameras, {size_px} px: {found}", flush=True)
        print(f"{name}: mesh of {len(mesh.faces):,} faces made in {seconds:.0f} s of one core", flush=True)
        found_all.append(found)
        if sheet is not None:
            sheet.mkdir(parents=True, exist_ok=True)
            rows = [drawn, rendered, (8 * abs(drawn - rendered)).clip(0, 255)]
            strips = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
            Image.fromarray(strips.round().astype(np.uint8)).save(sheet / f"{name}.png")
    if len(landmarks) > 1:
        means = np.mean([(found.all, found.both, found.either) for found in found_all], axis=0)
        print(f"mean of {len(landmarks)} landmarks: {Difference(*means)}")


def held_out_cameras(count: int) -> list[Camera]:
    """Cameras all around, low and high in turn, none of which the texture is baked with."""
    return [
        Camera(
            _TURN_DEG + 360 * number / count,
            _ELEVATIONS_DEG[number % len(_ELEVATIONS_DEG)],
            _DISTANCE,
            _FOVY_DEG,
        )
        for number in range(count)
    ]


def pictures(
    field: Field, occupancy: Occupancy | None, mesh: TexturedMesh, cameras: Sequence[Camera], size_px: int
) -> tuple[Floats, Floats, Floats]:
    """(N, H, W, 3) of the mesh and of the field before white, 0 to 255, and (N, H, W, 2) how much each covers."""
    size = (size_px, size_px)
    drawn, rendered, covered = [], [], []
    for camera in cameras:
        white, black = (
            np.asarray(still(mesh, camera, size, background)).astype(float)
            for background in ((255, 255, 255), (0, 0, 0))
        )
        fine = _RAYS * size_px
        look = render_look(field, camera, fine, fine, torch.ones(3), num_samples=128, occupancy=occupancy)
        light = torch.cat([look.colour * 255, look.opacity[..., None]], dim=-1)
        light = light.view(size_px, _RAYS, size_px, _RAYS, 4).mean((1, 3)).double().numpy()
        drawn.append(white)
        rendered.append(light[..., :3])
        covered.append(np.stack([1 - (white - black).mean(-1) / 255, light[..., 3]], axis=-1))
    return np.stack(drawn), np.stack(rendered), np.stack(covered)


def difference(drawn: Floats, rendered: Floats, covered: Floats) -> Difference:
    """How far the pictures are apart; the arguments are what `pictures` returns."""
    errors = abs(drawn - rendered).mean(-1)
    both = (covered > _COVERED).all(-1)
    either = (covered > 1 - _COVERED).any(-1)
    return Difference(
        float(errors.mean()),
        *(float(errors[part].mean()) if part.any() else math.nan for part in (both, either)),
    )


def _fitted(
    name: str, views: int, view_px: int, config: FitConfig, cache: Path
) -> tuple[VoxelField, Occupancy]:
    """A field that has learned the landmark, and where it is empty; from the cache where it is there."""
    field, occupancy = VoxelField(), Occupancy()
    both = nn.ModuleList([field, occupancy])
    settings = f"{views}-{view_px}-{config.max_train_steps}-{config.distortion_weight:g}"
    path = cache / f"{name}-{settings}.safetensors"
    if not path.exists():
        mark = find_landmark(name)
        scene, scale_m = landmark_alone(mark)
        seen = [true_view(scene, mark, scale_m, camera, view_px) for camera in ring(views, 0.0)]
        learned = fit(field, seen, config, torch.Generator().manual_seed(0))
        assert learned is not None  # the configuration looks where the field is empty
        occupancy.load_state_dict(learned.state_dict())
        with writing_file(path) as unfinished:
            save_model(both, str(unfinished))
    load_model(both, path)
    return field, occupancy


if __name__ == "__main__":
    tyro.cli(main)
