"""How well models of the built-in landmarks know their sides, and what becomes of them in 3D, by the world's own truth.

    python -m bench.landmarks [--landmarks arc-de-triomphe ...] [--parts judge sides draft words] [--per-bin 10]

The models are the folders of checkpoints/ that are named after the landmarks. Parts:

    judge   trains a judge of the landmark's sides on photos that no model has seen, all in one light, and marks it on
            others
    sides   are pictures from any side read as that side, with the azimuth and without it
    draft   grows the landmark in 3D: silhouettes against the truth, saturation against the photos', a sheet, and the
            sides that its views are read as where there is a judge
    words   the same with view words instead of azimuths (DreamFusion), for comparison

A judge costs minutes of one core, `--per-bin` pictures from each of 36 bins about a second each with both
cores, a draft five to ten minutes. Photos, judges, pictures and drafts are kept in the cache by the model's manifest,
and are not made twice; everything that is printed is in figures.json there.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
import tyro
from PIL import Image

from bench.field import landmark_alone, true_view
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel, UserError
from engine.evaluation.figures import Figure, keep_figures
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.learning import JudgeConfig, train_judge
from engine.evaluation.judges.questions import side_labels, side_questions
from engine.evaluation.judges.renders import Renders, open_renders, render_photos
from engine.evaluation.pictures import Settings, paint
from engine.evaluation.sheet import contact_sheet, save_sheet
from engine.evaluation.sides import CHANCE, mark_sides, reader_of, side_asks, side_figures
from engine.evaluation.silhouettes import overlap
from engine.landmark.camera import Camera
from engine.landmark.distillation import border
from engine.landmark.distillation.config import DistilConfig, load_distil_preset
from engine.landmark.distillation.looks import look_around
from engine.landmark.distillation.meters import DistilStep, saturation
from engine.landmark.distillation.run import Distilled, distil, open_distilled
from engine.landmark.distillation.teacher import told_of
from engine.landmark.rendering import render_look
from engine.studio.studio import Studio
from engine.world.plan.landmarks import SITES, find_landmark

_VIEWS, _SIZE_PX = 36, 96
_CAMERA = Camera(0.0, elevation_deg=0.0, distance=6.0, fovy_deg=26.0)
"""Of the silhouettes: level and far away, so that nothing depends on how the landmark was photographed."""
_SEED = 11
"""Of the judges' tourists; the models' have 0."""
_TOLD = DistilConfig()
"""Light and distance that models are told; the judges' photos are taken in the same light."""
_LIGHT = (_TOLD.hour, round(_TOLD.month))
_STRIP = 8


def main(
    landmarks: tuple[str, ...] = tuple(SITES),
    parts: tuple[str, ...] = (),
    per_bin: int = 10,
    photos: int = 1_000,
    epochs: int = 20,
    processes: int = 1,
    overrides: tuple[str, ...] = (),
    num_inference_steps: int | None = None,
    seed: int = 0,
    batch_size: int = 8,
    cache: Path = Path(".cache/landmarks"),
    home: Path | None = None,
) -> None:
    """Measure, print, and keep; `overrides` are settings of the draft to change, such as "rounds=4"."""
    unknown = set(parts) - PARTS.keys()
    if unknown:
        sys.exit(f"there is no part {min(unknown)!r}; choose from {', '.join(PARTS)}")
    studio, failed = Studio(home), False
    for name in landmarks:
        bench = Bench(
            studio,
            find_landmark(name).key,
            per_bin,
            photos,
            epochs,
            processes,
            dict(_setting(each) for each in overrides),
            num_inference_steps,
            seed,
            batch_size,
            cache,
        )
        for part in parts or tuple(PARTS):
            print(f"\n{bench.key}: {part}", flush=True)
            started = time.perf_counter()
            try:
                figures = PARTS[part](bench)
            except UserError as error:
                print(f"not measured: {error}", flush=True)
                failed = True
                continue
            for figure in figures:
                print(figure, *figure.details(), sep="\n", flush=True)
            about = bench.about | {"seconds": round(time.perf_counter() - started, 1)}
            keep_figures(bench.home / "figures.json", part, figures, about)
    studio.close()
    sys.exit(int(failed))


@dataclass(frozen=True)
class Bench:
    """What was asked of one landmark; its model, judge and photos are read when a part first needs them."""

    studio: Studio
    key: str
    per_bin: int
    photos: int
    epochs: int
    processes: int
    overrides: Mapping[str, Any]
    steps: int | None
    seed: int
    batch_size: int
    cache: Path

    @property
    def home(self) -> Path:
        return self.cache / self.key

    @property
    def about(self) -> Mapping[str, object]:
        known = self.key in {entry.name for entry in self.studio.shelf.entries()}
        model = self.studio.shelf.get(self.key).identity if known else None
        return {"model": model, "seed": self.seed}

    @cached_property
    def pipe(self) -> PlacePipeline:
        pipe = self.studio.shelf.load(self.key)
        if "azimuth" not in pipe.card.conditions:
            raise BadModel(f"the model {self.key} knows no sides; train it with: make landmark-models")
        return pipe

    @cached_property
    def folder(self) -> Path:
        """Of what is made with these weights."""
        weights = self.studio.shelf.get(self.key).identity["manifest"] or "untrained"
        return self.home / weights[:12]

    def renders(self, part: str, count: int) -> Renders:
        which = "train" if part == "train" else "held_out"
        size = JudgeConfig().size_px
        home = render_photos(self.cache, which, count, _SEED, size, self.processes, _told, self.key, _LIGHT)
        return open_renders(home, count)

    @property
    def held_out(self) -> int:
        """Photos that a judge is marked on."""
        return max(100, self.photos // 5)

    @property
    def reads_sides(self) -> bool:
        """Whether there is a judge already; a draft waits for none."""
        return self._judge_folder.exists()

    @property
    def _judge_folder(self) -> Path:
        return self.home / f"judge-{self.photos}-{self.epochs}"

    @cached_property
    def judge(self) -> Judge:
        folder = self._judge_folder
        if not folder.exists():
            seen = self.renders("train", self.photos)
            config = JudgeConfig(epochs=self.epochs, width=24, closest=0.8)
            labels = side_labels(seen.truth["azimuth_deg"])
            state = folder.with_name(f"{folder.name}.training")
            train_judge(seen.pixels, labels, side_questions(), config, state=state).save(folder)
        return Judge.load(folder)

    @cached_property
    def settings(self) -> Settings:
        card = self.pipe.card
        return Settings(self.steps or card.num_inference_steps, card.guidance_scale, card.gps_guidance_scale)


def _judge(bench: Bench) -> list[Figure]:
    held = bench.renders("held_out", bench.held_out)
    marks = mark_sides(bench.judge, held.pixels, held.truth["azimuth_deg"])
    told = "has distinct sides" if marks.distinct else "its sides cannot be told apart"
    return side_figures(f"real photos ({told})", marks)


def _sides(bench: Bench) -> list[Figure]:
    """With the azimuth, and without it, which is the base's own chance."""
    figures = []
    for azimuth, targets in (
        (True, ("at least 60 %", "at least 85 %")),
        (False, (f"near {CHANCE:.1%}".replace("%", " %"), "")),
    ):
        asks, azimuths = side_asks(
            bench.pipe.card.prompt, bench.per_bin, bench.seed, told_of(bench.pipe, _TOLD), azimuth
        )
        what = "azimuth" if azimuth else "no-azimuth"
        folder = bench.folder / f"sides-{what}-{bench.settings}"
        pictures = paint(bench.pipe, asks, bench.settings, folder, bench.batch_size, _told)
        marks = mark_sides(bench.judge, pictures, azimuths)
        figures += side_figures(f"generated, {'azimuth' if azimuth else 'without azimuth'}", marks, *targets)
        first = [f"{each:.0f} degrees" for each in azimuths[:_VIEWS]]
        save_sheet(contact_sheet(pictures[:_VIEWS], first, 9, 128), bench.folder / f"sides-{what}.jpg")
    return figures


def _draft(bench: Bench) -> list[Figure]:
    return _grown(bench, "draft", load_distil_preset("draft", **{"seed": bench.seed, **bench.overrides}))


def _words(bench: Bench) -> list[Figure]:
    front = find_landmark(bench.key).heading_deg
    told = {"direction": "words", "front_azimuth_deg": front, "seed": bench.seed, **bench.overrides}
    return _grown(bench, "words", load_distil_preset("draft", **told))


def _grown(bench: Bench, name: str, config: DistilConfig) -> list[Figure]:
    folder = bench.folder / f"{name}-{hashlib.sha256(repr(config).encode()).hexdigest()[:10]}"
    photo_saturation = _photo_saturation(bench)
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

    reader = reader_of(bench.judge) if bench.reads_sides else None
    if (folder / "result").exists():
        grown, seconds = open_distilled(folder), None
    else:
        grown = distil(
            bench.pipe,
            bench.pipe.card.prompt,
            config,
            folder,
            resume=True,
            on_step=on_step,
            angle_reader=reader,
            photo_saturation=photo_saturation,
        )
        seconds = time.perf_counter() - started
    figures = _against_the_truth(bench, name, grown, photo_saturation, folder)
    if seconds is not None:
        figures.append(Figure(f"{name}, time", seconds, "s", 1, "at most 600 s on two cores"))
        figures.append(
            Figure(f"{name}, longest wait for a preview", max(waits[1:], default=0), "s", len(waits))
        )
    return figures


def _against_the_truth(
    bench: Bench, name: str, grown: Distilled, photo_saturation: float, folder: Path
) -> list[Figure]:
    mark = find_landmark(bench.key)
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
    pixels = (around.before(grown.sky).permute(0, 2, 3, 1).clamp(0, 1) * 255).round().byte().numpy()
    sides = []
    if bench.reads_sides:
        sides = side_figures(
            f"{name}, views", mark_sides(bench.judge, pixels, azimuths), near="at least 70 %"
        )
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


def _photo_saturation(bench: Bench) -> float:
    """Of the landmark in the photos that the judge is marked on, as far as their edges tell what it is."""
    photos = bench.renders("held_out", bench.held_out)
    pictures = torch.from_numpy(photos.pixels).permute(0, 3, 1, 2).float() / 255
    return saturation(pictures, border.matte(pictures, pictures))


PARTS: Mapping[str, Callable[[Bench], list[Figure]]] = MappingProxyType(
    {"judge": _judge, "sides": _sides, "draft": _draft, "words": _words}
)


def _setting(text: str) -> tuple[str, Any]:
    import tomllib

    return next(iter(tomllib.loads(text).items()))


def _told(done: int, count: int) -> None:
    print(f"  {done:,} of {count:,}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(os.cpu_count() or 1)
    tyro.cli(main)
