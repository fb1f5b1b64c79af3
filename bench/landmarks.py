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
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
import tyro

from bench.growth import grown_figures
from bench.parts import Parts, check_parts, run_parts
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel
from engine.evaluation.figures import Figure
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.learning import JudgeConfig, train_judge
from engine.evaluation.judges.questions import side_labels, side_questions
from engine.evaluation.judges.renders import Renders, open_renders, render_photos
from engine.evaluation.pictures import Settings, paint
from engine.evaluation.sheet import contact_sheet, save_sheet
from engine.evaluation.sides import CHANCE, mark_sides, side_asks, side_figures
from engine.landmark.distillation.config import DistilConfig, load_distil_preset
from engine.landmark.distillation.teacher import told_of
from engine.studio.studio import Studio
from engine.world.plan.landmarks import SITES, find_landmark

_SHEET = 36
_SEED = 11
"""Of the judges' tourists; the models' have 0."""
_TOLD = DistilConfig()
"""Light and distance that models are told; the judges' photos are taken in the same light."""
_LIGHT = (_TOLD.hour, round(_TOLD.month))


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
    check_parts(parts, PARTS)
    studio, whole = Studio(home), True
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
        whole &= run_parts(parts, PARTS, bench, f"{bench.key}: ")
    studio.close()
    sys.exit(int(not whole))


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
    def folder(self) -> Path:
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
    def made(self) -> Path:
        """Folder of what is made with these weights."""
        weights = self.studio.shelf.get(self.key).identity["manifest"] or "untrained"
        return self.folder / weights[:12]

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
        return self.folder / f"judge-{self.photos}-{self.epochs}"

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

    def grown(self, name: str, config: DistilConfig) -> list[Figure]:
        """The landmark grown in 3D, against the truth and against the photos that the judge is marked on."""
        folder = self.made / f"{name}-{hashlib.sha256(repr(config).encode()).hexdigest()[:10]}"
        photos = self.renders("held_out", self.held_out)
        judge = self.judge if self.reads_sides else None
        return grown_figures(self.pipe, find_landmark(self.key), name, config, folder, photos, judge)


def _judge(bench: Bench) -> list[Figure]:
    held = bench.renders("held_out", bench.held_out)
    marks = mark_sides(bench.judge, held.pixels, held.truth["azimuth_deg"])
    told = "has distinct sides" if marks.distinct else "its sides cannot be told apart"
    return side_figures(f"real photos ({told})", marks)


def _sides(bench: Bench) -> list[Figure]:
    """With the azimuth, and without it, which is the base's own chance."""
    figures, told = [], told_of(bench.pipe, _TOLD, _TOLD.distance_shares[-1])
    for azimuth, targets in (
        (True, ("at least 60 %", "at least 85 %")),
        (False, (f"near {CHANCE:.1%}".replace("%", " %"), "")),
    ):
        asks, azimuths = side_asks(bench.pipe.card.prompt, bench.per_bin, bench.seed, told, azimuth)
        what = "azimuth" if azimuth else "no-azimuth"
        folder = bench.made / f"sides-{what}-{bench.settings}"
        pictures = paint(bench.pipe, asks, bench.settings, folder, bench.batch_size, _told)
        marks = mark_sides(bench.judge, pictures, azimuths)
        figures += side_figures(f"generated, {'azimuth' if azimuth else 'without azimuth'}", marks, *targets)
        first = [f"{each:.0f} degrees" for each in azimuths[:_SHEET]]
        save_sheet(contact_sheet(pictures[:_SHEET], first, 9, 128), bench.made / f"sides-{what}.jpg")
    return figures


def _draft(bench: Bench) -> list[Figure]:
    return bench.grown("draft", load_distil_preset("draft", **{"seed": bench.seed, **bench.overrides}))


def _words(bench: Bench) -> list[Figure]:
    front = find_landmark(bench.key).heading_deg
    told = {"direction": "words", "front_azimuth_deg": front, "seed": bench.seed, **bench.overrides}
    return bench.grown("words", load_distil_preset("draft", **told))


PARTS: Parts[Bench] = {"judge": _judge, "sides": _sides, "draft": _draft, "words": _words}


def _setting(text: str) -> tuple[str, Any]:
    import tomllib

    return next(iter(tomllib.loads(text).items()))


def _told(done: int, count: int) -> None:
    print(f"  {done:,} of {count:,}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(os.cpu_count() or 1)
    tyro.cli(main)
