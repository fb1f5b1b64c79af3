"""How quickly radiance fields learn a landmark from pictures at known places, and how quickly they render it.

    python -m bench.field [--landmark arc-de-triomphe] [--fields voxels frequency ...] [--views 32] [--size-px 96]

The ray caster's pictures of the landmark alone are the truth: from all around, from below and from above, in even
light. Each field learns from them until pictures that it has not seen reach 28 dB PSNR: then its rays a second, trained
and rendered, are those of the same quality. Ours goes on to its whole fit (target: at least 28 dB). `frequency` is the
plain NeRF with samples everywhere (target: ours has 3 times its rays a second); 4 layers of 64 instead of NeRF's 8 of
256, which only makes it quicker. `frequency-skipping` is the same one with our sampling, so that one sees what the
voxels are worth alone; `hash-grid` has our sampling as well. Time is the processor's, on one core; all of it takes
three minutes.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
import tyro
from PIL import Image

from engine.errors import BadRequest
from engine.landmark.camera import Camera, CameraRange
from engine.landmark.fields.field import Field
from engine.landmark.fields.frequency import FrequencyField
from engine.landmark.fields.hash_grid import HashGridField
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.fitting import FitConfig, Fitter, View
from engine.landmark.rendering import render_look
from engine.world.plan.elements import Landmark
from engine.world.plan.landmarks import find_landmark
from engine.world.raycast import camera as caster
from engine.world.raycast.coverage import corners, in_view, on_screen, screen_candidates
from engine.world.raycast.culling import around
from engine.world.raycast.index import indexed
from engine.world.raycast.intersect import INTERVALS
from engine.world.raycast.light import light_at
from engine.world.raycast.render import render
from engine.world.raycast.scene import Scene
from engine.world.raycast.solids import KINDS
from engine.world.raycast.trace import nearest
from engine.world.scene import build_scene

_CAMERAS = CameraRange(elevation_deg=(-15.0, 30.0), distance=(3.2, 3.2), fovy_deg=(44.0, 44.0))
_SMALLEST_RAYS = 1.1
"""As in the ray caster: what looks narrower is not drawn, so it has no outline either."""
_TARGET_DB = 28.0
_RECENT_RAYS = 40_000
"""Over which a step's own PSNR is averaged."""
_LOOK_EVERY_S = 2.0
_TARGET_RATIO = 3.0

Name = Literal["voxels", "frequency", "frequency-skipping", "hash-grid"]


@dataclass(frozen=True)
class _Entry:
    """A field with its own settings."""

    build: Callable[[], Field]
    config: FitConfig
    """Its `max_train_steps` are the most that it may take."""
    chunk_rays: int = 4096
    """Rendered at once: what was quickest here."""


_PLAIN = FitConfig(
    max_train_steps=20_000,
    rays_per_step=256,
    learning_rate=3e-3,
    final_learning_rate=3e-3,
    occupancy_every=0,
    skip_hidden=False,
)
_SKIPPING = replace(_PLAIN, rays_per_step=1024, occupancy_every=16, skip_hidden=True)
_HASHED = replace(_SKIPPING, learning_rate=1e-2, final_learning_rate=1e-2)
_ENTRIES: Mapping[Name, _Entry] = MappingProxyType(
    {
        "voxels": _Entry(VoxelField, FitConfig()),
        "frequency": _Entry(FrequencyField, _PLAIN, chunk_rays=256),
        "frequency-skipping": _Entry(FrequencyField, _SKIPPING, chunk_rays=1024),
        "hash-grid": _Entry(HashGridField, _HASHED, chunk_rays=1024),
    }
)


@dataclass(frozen=True)
class _Reached:
    """How far a field came, and how quickly."""

    seconds: float
    psnr: float
    trained: float
    """Rays a second from the beginning to here."""
    rendered: float


def main(
    landmark: str = "arc-de-triomphe",
    fields: tuple[Name, ...] = ("voxels", "frequency", "frequency-skipping"),
    views: int = 32,
    held_out: int = 4,
    size_px: int = 96,
    most_seconds: float = 90.0,
    sheet: Path | None = None,
) -> None:
    """Measure and print; `sheet` keeps the held-out pictures above what each field makes of them."""
    torch.set_num_threads(1)
    mark = find_landmark(landmark)
    scene, scale_m = landmark_alone(mark)
    seen = [true_view(scene, mark, scale_m, camera, size_px) for camera in ring(views, 0.0)]
    unseen = [true_view(scene, mark, scale_m, camera, size_px) for camera in ring(held_out, 0.4)]
    print(f"{mark.name}: {views} views of {size_px} px, {held_out} held out; a cube of {2 * scale_m:.0f} m")
    rows = [torch.cat([_on_white(view) for view in unseen], dim=1)]
    reached: dict[Name, _Reached] = {}
    for name in fields:
        reached[name], pictures = _measure(name, seen, unseen, most_seconds)
        rows.append(pictures)
    if sheet is not None:
        Image.fromarray((torch.cat(rows).clamp(0, 1) * 255).byte().numpy()).save(sheet)
    if {"voxels", "frequency"} <= set(fields):
        ours, plain = reached["voxels"], reached["frequency"]
        for verb, ratio in (
            ("trained", ours.trained / plain.trained),
            ("rendered", ours.rendered / plain.rendered),
        ):
            print(f"rays {verb} a second, voxels over plain NeRF: {ratio:.1f} (target {_TARGET_RATIO:g})")


def _measure(
    name: Name, seen: list[View], unseen: list[View], most_seconds: float
) -> tuple[_Reached, torch.Tensor]:
    """State at the target, and the pictures at the end."""
    entry = _ENTRIES[name]
    torch.manual_seed(0)
    fitter = Fitter(entry.build(), seen, entry.config, torch.Generator().manual_seed(0))
    seconds, likely, steps, looked_at, at_target = 0.0, 0.0, 0, 0.0, None
    share = min(entry.config.rays_per_step / _RECENT_RAYS, 1.0)
    while steps < entry.config.max_train_steps and seconds < most_seconds:
        started = time.process_time()
        step = fitter.step()
        seconds, steps = seconds + time.process_time() - started, steps + 1
        # Looking at the held-out pictures takes longer than many steps, so the step's own rays say when it pays.
        likely += (step.psnr - likely) * share
        if at_target is None and likely > _TARGET_DB and seconds > looked_at + _LOOK_EVERY_S:
            looked_at = seconds
            looked = _looked(name, fitter, unseen, seconds, steps)[0]
            if looked.psnr >= _TARGET_DB:
                at_target = looked
                _say(name, looked)
                if name != "voxels":
                    break
    end, pictures = _looked(name, fitter, unseen, seconds, steps)
    if at_target is None or name == "voxels":
        _say(name, end)
    if name == "voxels":
        print(f"{name}, held-out PSNR after its whole fit: {end.psnr:.1f} dB (target {_TARGET_DB:g})")
    return at_target or end, pictures


def _looked(
    name: Name, fitter: Fitter, unseen: list[View], seconds: float, steps: int
) -> tuple[_Reached, torch.Tensor]:
    """How the held-out pictures come out, and how long that takes."""
    started = time.process_time()
    pictures = [
        render_look(
            fitter.field,
            view.camera,
            view.picture.shape[1],
            view.picture.shape[0],
            torch.ones(3),
            occupancy=fitter.occupancy,
            skip_hidden=fitter.config.skip_hidden,
            chunk_rays=_ENTRIES[name].chunk_rays,
        ).colour
        for view in unseen
    ]
    rendering = time.process_time() - started
    errors = [(mine - _on_white(view)).square().mean() for mine, view in zip(pictures, unseen, strict=True)]
    psnr = float(np.mean([-10 * math.log10(float(error)) for error in errors]))
    pixels = sum(picture[..., 0].numel() for picture in pictures)
    reached = _Reached(seconds, psnr, steps * fitter.config.rays_per_step / seconds, pixels / rendering)
    return reached, torch.cat(pictures, dim=1)


def _say(name: Name, reached: _Reached) -> None:
    print(
        f"{name}: {reached.psnr:.1f} dB after {reached.seconds:.1f} s; {reached.trained:,.0f} rays/s trained, "
        f"{reached.rendered:,.0f} rays/s rendered",
        flush=True,
    )


def landmark_alone(mark: Landmark) -> tuple[Scene, float]:
    """The landmark's site without its neighbours, and half the edge in metres of the cube that holds it.

    The cube stands on the ground with its middle at half the landmark's height.
    """
    scene = build_scene(mark.key).scene
    solids, reaches = {}, [mark.height_m / 2]
    for kind, table in scene.solids.items():
        reach = (np.abs(table.solids.centre[:, :2]) + table.solids.half[:, :2]).max(1, initial=0)
        near = reach < mark.grounds_m
        solids[kind] = table.solids.take(near)
        reaches += reach[near].tolist()
    return replace(scene, solids=indexed(solids)), max(reaches) * 1.05


def true_view(scene: Scene, mark: Landmark, scale_m: float, camera: Camera, size_px: int) -> View:
    """What the ray caster sees of the landmark at a cloudy noon, with alpha where its solids are.

    Raises BadRequest for a size that is not a multiple of 8.
    """
    if size_px % 8:
        raise BadRequest(f"size_px is {size_px}; give a multiple of 8, for the ray caster works in tiles")
    east, north, up = (scale_m * value for value in camera.position)
    eye = caster.Camera(
        east,
        north,
        up + mark.height_m / 2,
        (camera.azimuth_deg + 180) % 360,
        -camera.elevation_deg,
        camera.fovy_deg,
    )
    light = light_at(12.5, 6, mark.place.latitude, "cloudy")
    # Four rays a pixel: alpha must weigh them before they are averaged.
    fine = torch.from_numpy(render(scene, eye, light, 2 * size_px, supersampling=1)).float() / 255
    alpha = torch.from_numpy(_outline(scene, eye, 2 * size_px, light.bare > 0.5))[..., None]
    both = torch.cat([fine * alpha, alpha], dim=-1).view(size_px, 2, size_px, 2, 4).mean((1, 3))
    alpha = both[..., 3]
    return View(camera, both[..., :3] / alpha.clamp_min(1e-6)[..., None], alpha)


def ring(count: int, turn: float) -> list[Camera]:
    """Cameras all around; `turn` is the share of a step by which they stand between those of turn 0."""
    generator = torch.Generator().manual_seed(round(turn * 10))
    step_deg = 360 / count
    return [
        replace(_CAMERAS.draw(generator), azimuth_deg=(number + turn) * step_deg) for number in range(count)
    ]


def _outline(scene: Scene, eye: caster.Camera, size_px: int, bare: bool) -> np.ndarray:
    """1 where a ray meets a solid before the ground, else 0."""
    smallest = _SMALLEST_RAYS * 2 * eye.spread / size_px
    chosen = around(scene.solids, {}, eye, scene.reach_m, smallest, bare)
    rays_d = caster.rays(eye, size_px)
    ground = torch.where(rays_d[2] < -1e-6, -eye.up_m / rays_d[2], torch.inf)
    distance, found = ground.clone(), torch.zeros(ground.shape, dtype=torch.long)
    for kind in KINDS:
        table = chosen[kind].take(in_view(kind, chosen[kind], eye))
        if len(table):
            rects = on_screen(corners(kind, table), eye, size_px)
            candidates = screen_candidates(rects, size_px, rays_d.device)
            geometry = torch.from_numpy(table.geometry.astype(np.float32))
            unsorted = torch.zeros(len(table))
            numbers = torch.arange(len(table))
            nearest(
                INTERVALS[kind], geometry, unsorted, candidates, eye.up_m, rays_d, distance, found, numbers
            )
    return caster.as_picture((distance < ground).float()[None], size_px)[0].numpy()


def _on_white(view: View) -> torch.Tensor:
    assert view.alpha is not None
    return view.picture * view.alpha[..., None] + 1 - view.alpha[..., None]


if __name__ == "__main__":
    tyro.cli(main)
