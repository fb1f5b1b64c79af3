"""A landmark in 3D, in the making: the field that grows, the mesh that is made of it, and its files."""

import json
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from engine.atomic import write_bytes
from engine.errors import BadRequest, MissingExtra
from engine.studio.console import quiet_libraries
from engine.studio.film import Film
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.requests import ReconstructRequest

if TYPE_CHECKING:
    from engine.diffusion.card import PlaceCard
    from engine.diffusion.pipeline import PlacePipeline
    from engine.landmark.camera import Camera
    from engine.landmark.distillation.config import DistilConfig
    from engine.landmark.distillation.meters import AngleReader, DistilStep
    from engine.landmark.distillation.run import Distilled
    from engine.landmark.mesh.atlas import TexturedMesh
    from engine.landmark.mesh.georeference import Georeference

_STILL_PX: Final = 320
_FILM_PX: Final = 384
_FRAMES: Final = 72
_FPS: Final = 24
METERS: Final = "meters.json"
"""File that says that a field is grown, and with which meters it ended."""
PAPER: Final = (246, 243, 236)
"""What nothing stands before."""


def make_reconstruction(
    pipe: "PlacePipeline",
    request: ReconstructRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
    room: Path,
    angle_reader: "AngleReader | None" = None,
) -> Made:
    """The landmark as a still of its field, a GLB at its place on Earth, and a film that turns around it.

    The field grows in `room`, where it stays: the same request goes on there after it was stopped or killed, and
    another mesh of the same field needs no new one. `details` have the landmark's place, how its scale is known,
    and the meters of the field. Raises BadRequest for a model that knows no sides, EmptyField, TrainingDiverged,
    DiskFull, Cancelled.
    """
    from engine.landmark.mesh.standing import stand

    card = pipe.card
    if "azimuth" not in card.conditions or card.centre is None:
        raise BadRequest(
            f"{card.name} is no landmark whose sides the model knows; choose a model that `train angle` made"
        )
    config, front_deg = request.distillation, _front_deg(card)
    grown, meters = _grown(pipe, request, config, room, on_progress, cancel, angle_reader)
    mesh = _mesh_of(grown, request, config.steps, on_progress, cancel)
    told = {"share": grown.distance_share} if "distance" in card.conditions else {}
    georeference = stand(card.centre, grown.config.cameras, pipe.photo_places, card.radius_m, **told)
    on_progress(Progress(config.steps, config.steps, "turning it around"))
    film = _turned(mesh, front_deg)
    files: dict[str, Callable[[Path], Any]] = {
        ending: partial(
            _export, mesh=mesh, georeference=georeference, provenance=request.to_dict(), name=card.name
        )
        for ending in (".glb", ".obj", ".ply")
    }
    if film is not None:
        files[".mp4"] = partial(write_bytes, data=film)
    details = {
        "georeference": georeference.to_dict(),
        "faces": len(mesh.faces),
        "steps": grown.step,
        "azimuth_deg": front_deg,
        "meters": meters,
    }
    return Made(_still(grown, front_deg), files, details)


def _grown(
    pipe: "PlacePipeline",
    request: ReconstructRequest,
    config: "DistilConfig",
    room: Path,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
    angle_reader: "AngleReader | None",
) -> "tuple[Distilled, dict[str, float]]":
    """The field, grown to its end, and its last meters; out of `room` where it is there already."""
    from engine.landmark.distillation.run import distil, open_distilled

    kept, meters = room / METERS, {}
    if kept.is_file():
        return open_distilled(room), json.loads(kept.read_text(encoding="utf-8"))
    quiet_libraries()
    preview: Image.Image | None = None

    def on_step(step: "DistilStep") -> None:
        nonlocal preview, meters
        figures = {"loss": step.loss, "opacity": step.opacity, "saturation": step.saturation}
        if step.angle_share is not None:
            figures["sides"] = step.angle_share
        meters = {name: round(value, 4) for name, value in figures.items() if math.isfinite(value)}
        if step.fresh_preview and step.preview is not None:
            with Image.open(step.preview) as strip:
                preview = strip.convert("RGB")
        eta_s = step.eta_s if math.isfinite(step.eta_s) else None
        message = f"step {step.step:,} of {step.max_train_steps:,}, saturation {step.saturation:.2f}"
        if step.angle_share is not None:
            message += f", sides right {step.angle_share:.0%}".replace("%", " %")
        on_progress(Progress(step.step, step.max_train_steps, message, eta_s, preview, meters))
        cancel.check()

    on_progress(Progress(0, config.steps, "looking at all sides"))
    how = {"resume": True, "on_step": on_step, "angle_reader": angle_reader}
    grown = distil(pipe, request.prompt or pipe.card.prompt, config, room, **how)
    write_bytes(kept, json.dumps(meters).encode())
    shutil.rmtree(room / "states", ignore_errors=True)  # the result has all of it
    return grown, meters


def _mesh_of(
    grown: "Distilled",
    request: ReconstructRequest,
    steps: int,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> "TexturedMesh":
    from engine.landmark.mesh.meshing import make_mesh

    def on_step(step: str) -> None:
        cancel.check()
        on_progress(Progress(steps, steps, f"making the mesh: {step}"))

    return make_mesh(grown.field, request.mesh, occupancy=grown.occupancy, on_step=on_step)


def _export(
    path: Path,
    mesh: "TexturedMesh",
    georeference: "Georeference",
    provenance: Mapping[str, Any],
    name: str,
) -> None:
    from engine.landmark.mesh.export import export_mesh

    export_mesh(path, mesh, georeference, provenance, name=name)


def _turned(mesh: "TexturedMesh", front_deg: float) -> bytes | None:
    """The film of one turn, which begins at the front; None where this machine has no OpenGL without a screen."""
    from engine.landmark.mesh.stills import turntable, whole

    try:
        frames = turntable(mesh, _FRAMES, whole(mesh, front_deg), (_FILM_PX, _FILM_PX), PAPER)
        with Film((_FILM_PX, _FILM_PX), _FPS) as film:
            for frame in frames:
                film.add(frame)
            return film.mp4()
    except MissingExtra:
        return None


def _still(grown: "Distilled", front_deg: float) -> Image.Image:
    from engine.landmark.rendering import render_look

    look = render_look(
        grown.field,
        _camera(grown.config, front_deg),
        _STILL_PX,
        _STILL_PX,
        num_samples=grown.config.num_samples,
        occupancy=grown.occupancy,
        device=next(grown.field.parameters()).device,
    )
    opacity = look.opacity[..., None].cpu().numpy()
    picture = look.colour.cpu().numpy() + (1 - opacity) * np.array(PAPER) / 255
    return Image.fromarray((picture.clip(0, 1) * 255).round().astype(np.uint8))


def _camera(config: "DistilConfig", azimuth_deg: float) -> "Camera":
    from engine.landmark.distillation.beginning import ring

    return replace(ring(1, config)[0], azimuth_deg=azimuth_deg)


def _front_deg(card: "PlaceCard") -> float:
    """The azimuth from which most photos were taken."""
    counts = card.azimuth_counts
    return 360.0 * int(np.argmax(counts)) / len(counts) if counts else 180.0
