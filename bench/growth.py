"""Growth: a landmark that a model grew in 3D, against the world's truth and against photos of it."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from bench.field import landmark_alone, true_view
from engine.diffusion.pipeline import PlacePipeline
from engine.evaluation.figures import Figure
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.learning import JudgeConfig
from engine.evaluation.judges.renders import Renders
from engine.evaluation.sides import mark_sides, reader_of, side_figures
from engine.evaluation.silhouettes import overlap
from engine.landmark.camera import Camera
from engine.landmark.distillation import border
from engine.landmark.distillation.beginning import ring
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.looks import PAPER, Looks, look_around
from engine.landmark.distillation.meters import DistilStep, saturation
from engine.landmark.distillation.run import Distilled, distil, open_distilled
from engine.landmark.fitting import View
from engine.landmark.rendering import render_look
from engine.world.plan.landmarks import Landmark

_VIEWS, _SIZE_PX = 36, 96
_CAMERA = Camera(0.0, elevation_deg=0.0, distance=6.0, fovy_deg=26.0)
"""Of the silhouettes: level and far away, so that nothing depends on how the landmark was photographed."""
_STRIP = 8


def grown_figures(
    pipe: PlacePipeline,
    mark: Landmark,
    name: str,
    config: DistilConfig,
    folder: Path,
    photos: Renders,
    judge: Judge | None,
) -> list[Figure]:
    """Figures of the growth called `name`, made by `config` in `folder` where it is not there already.

    Silhouettes against the truth, saturation against that of the landmark in `photos`, the sides that its views are
    read as where there is a `judge`, and where it was made now, its time and the longest wait for a preview.
    """
    photo_saturation = _photo_saturation(photos)
    waits: list[float] = []
    started = last = time.perf_counter()

    def on_step(step: DistilStep) -> None:
        nonlocal last
        if step.fresh_preview:
            waits.append(time.perf_counter() - last)
            last = time.perf_counter()
        print(
            f"  step {step.step} of {step.max_train_steps}, opacity {step.opacity:.3f}, saturation "
            f"{step.saturation:.3f}, sides {step.angle_share}, {step.eta_s:.0f} s left",
            flush=True,
        )

    if (folder / "result").exists():
        grown, seconds = open_distilled(folder), None
    else:
        grown = distil(
            pipe,
            pipe.card.prompt,
            config,
            folder,
            resume=True,
            on_step=on_step,
            angle_reader=reader_of(judge) if judge else None,
            photo_saturation=photo_saturation,
        )
        seconds = time.perf_counter() - started
    figures = _against_the_truth(mark, name, grown, photo_saturation, judge, folder)
    if seconds is not None:
        figures.append(Figure(f"{name}, time", seconds, "s", 1, "at most 600 s on two cores"))
        figures.append(
            Figure(f"{name}, longest wait for a preview", max(waits[1:], default=0), "s", len(waits))
        )
    return figures


def _against_the_truth(
    mark: Landmark, name: str, grown: Distilled, photo_saturation: float, judge: Judge | None, folder: Path
) -> list[Figure]:
    scene, scale_m = landmark_alone(mark)
    azimuths = np.arange(_VIEWS) * 360.0 / _VIEWS
    cameras = [replace(_CAMERA, azimuth_deg=float(each)) for each in azimuths]
    looks = [
        render_look(grown.field, camera, _SIZE_PX, _SIZE_PX, num_samples=96, occupancy=grown.occupancy)
        for camera in cameras
    ]
    truth = [true_view(scene, mark, scale_m, camera, _SIZE_PX) for camera in cameras]
    outlines = torch.stack([view.alpha for view in truth if view.alpha is not None])
    fit = overlap(torch.stack([look.opacity for look in looks]) > 0.5, outlines > 0.5)

    around = look_around(grown, grown.config, _VIEWS, JudgeConfig().size_px)
    pixels = _pixels(around.before(grown.sky))
    sides = []
    if judge is not None:
        cameras = ring(_VIEWS, grown.config)
        seen = [true_view(scene, mark, scale_m, camera, JudgeConfig().size_px) for camera in cameras]
        alone = mark_sides(judge, _pixels(_looks_at(seen, azimuths).before(grown.sky)), azimuths).near
        sides = [
            *side_figures(f"{name}, views", mark_sides(judge, pixels, azimuths), near="at least 70 %"),
            Figure(f"{name}, the truth before the same sky, within one bin", alone, "%", _VIEWS),
        ]
    found = saturation(around.pictures, around.opacity)
    _sheet(looks, truth, pixels, folder / "sheet.png")
    print(f"  the views, and the truth below them: {folder / 'sheet.png'}", flush=True)
    off = found / photo_saturation - 1
    return [
        Figure(
            f"{name}, silhouettes (IoU)", fit.iou, "%", _VIEWS, "at least 75 %", {"worst view": fit.worst}
        ),
        *sides,
        Figure(f"{name}, saturation against the photos' own", off, "%", _VIEWS, "within 15 %"),
    ]


def _looks_at(seen: list[View], azimuths: np.ndarray) -> Looks:
    """Views of the landmark alone, as if they were a field's."""
    looks = torch.stack([view.picture.permute(2, 0, 1) for view in seen])
    alphas = torch.stack([view.alpha for view in seen if view.alpha is not None])
    pictures = looks * alphas[:, None] + (1 - alphas[:, None]) * PAPER
    return Looks(tuple(azimuths.tolist()), pictures, alphas)


def _pixels(pictures: torch.Tensor) -> np.ndarray:
    return (pictures.permute(0, 2, 3, 1).clamp(0, 1) * 255).round().byte().numpy()


def _sheet(looks: list, truth: list, pixels: np.ndarray, path: Path) -> None:
    """Eight views as the model's cameras see them, eight from far away, and the truth from there."""
    chosen = range(0, _VIEWS, _VIEWS // _STRIP)[:_STRIP]
    far = [looks[each].colour + (1 - looks[each].opacity[..., None]) for each in chosen]
    true = [
        truth[each].picture * truth[each].alpha[..., None] + 1 - truth[each].alpha[..., None]
        for each in chosen
    ]
    rows = [
        np.concatenate([pixels[each] for each in chosen], axis=1),
        *((torch.cat(row, dim=1).clamp(0, 1) * 255).byte().numpy() for row in (far, true)),
    ]
    Image.fromarray(np.concatenate(rows)).save(path)


def _photo_saturation(photos: Renders) -> float:
    """Of the landmark in photos, as far as their edges tell what it is."""
    pictures = torch.from_numpy(photos.pixels).permute(0, 3, 1, 2).float() / 255
    return saturation(pictures, border.matte(pictures, pictures))
