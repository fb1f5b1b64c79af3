"""How good a model of the built-in city is, by the world's own truth and at held-out places.

    python -m bench.demo_model [--model demo] [--parts neighbourhood heading ...] [--count 160]

The model is a folder in checkpoints/ ("demo" where there is one). Parts:

    neighbourhood   is the neighbourhood recognised, with GPS alone, with a text beside it, with the text alone
    attributes      are the asked subjects, styles, weathers and night there, for seen and for held-out pairs
    heading         does the view look where it was asked to, at places with a distinct view
    frechet         distance from held-out renders over the judge's features (not FID, which needs other weights)
    nearest         does it copy: distance to the nearest training picture, and a sheet of the nearest pairs
    speed           click to first preview and to the finished picture
    sheet           48 unselected pictures on one sheet (--sheet-out), and 100 in a folder

The judge is that of `python -m bench.city_signal`, read and never trained here. A picture of 256 px costs one to two
seconds on two cores, and `--count` is how many each figure rests on, so that all parts together take about an hour;
pictures are kept in the cache by the model's manifest and the settings, and are not made twice. Everything that is
printed is in figures.json beside them.
"""

import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import tyro

from bench.parts import Parts, check_parts, run_parts
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel, BadRequest
from engine.evaluation.figures import Figure
from engine.evaluation.heading import heading_figures
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.renders import Renders, city_version, folder_of, open_renders
from engine.evaluation.learned import Learned, learned_from_collection, learned_from_renders
from engine.evaluation.look import unselected
from engine.evaluation.pictures import Ask, Settings, paint
from engine.evaluation.recognition import attribute_figures, neighbourhood_figures
from engine.evaluation.resemblance import frechet_figures, nearest_figures, pair_sheet
from engine.evaluation.sheet import contact_sheet, save_sheet
from engine.evaluation.sitting import Sitting
from engine.evaluation.visitors import Visitors, visitors
from engine.geo.place import Place
from engine.studio.jobs import Progress
from engine.studio.requests import ImageRequest
from engine.studio.studio import Studio

_CLICK = Place(40.7590, -73.9845)  # Times Square
_WORDS = "a street on a sunny day"
_SHEET, _FOLDER = 48, 100
_TRAIN_BY = "python -m bench.city_signal"


def main(
    model: str | None = None,
    parts: tuple[str, ...] = (),
    count: int = 160,
    views: int = 60,
    runs: int = 5,
    visitors_asked: int = 2_000,
    batch_size: int = 8,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    gps_guidance_scale: float | None = None,
    seed: int = 0,
    learned: Path | None = None,
    renders: Path = Path(".cache/city_signal"),
    cache: Path = Path(".cache/demo_model"),
    sheet_out: Path | None = None,
    home: Path | None = None,
) -> None:
    """Measure, print, and keep.

    `views` are the places that are looked at for the heading (40 renders each), `runs` the pictures that are timed,
    `learned` the collection that the model learned from (the judge's training renders, which are of the same
    tourists, where it is absent). Steps and guidance are the page's and the model's own where they are absent.
    """
    check_parts(parts, PARTS)
    bench = Bench(
        studio=Studio(home),
        model=model,
        count=count,
        views=views,
        runs=runs,
        visitors_asked=visitors_asked,
        batch_size=batch_size,
        steps=num_inference_steps,
        guidance=(guidance_scale, gps_guidance_scale),
        seed=seed,
        learned_from=learned,
        renders=renders,
        cache=cache,
        sheet_out=sheet_out,
    )
    whole = run_parts(parts, PARTS, bench)
    bench.studio.close()
    print(f"\npictures and figures: {bench.folder}")
    sys.exit(int(not whole))


@dataclass(frozen=True)
class Bench:
    """What was asked for; the model, the judge and the photos are read when a part first needs them."""

    studio: Studio
    model: str | None
    count: int
    views: int
    runs: int
    visitors_asked: int
    batch_size: int
    steps: int | None
    guidance: tuple[float | None, float | None]
    seed: int
    learned_from: Path | None
    renders: Path
    cache: Path
    sheet_out: Path | None

    @cached_property
    def name(self) -> str:
        return self.studio.shelf.get(self.model or self.studio.shelf.default).name

    @cached_property
    def pipe(self) -> PlacePipeline:
        return self.studio.shelf.load(self.name)

    @cached_property
    def settings(self) -> Settings:
        own = (self.pipe.card.guidance_scale, self.pipe.card.gps_guidance_scale)
        text, gps = (
            given if given is not None else usual for given, usual in zip(self.guidance, own, strict=True)
        )
        return Settings(self.steps or self.pipe.card.num_inference_steps, text, gps)

    @cached_property
    def folder(self) -> Path:
        """Of this model, these weights and these settings."""
        weights = self.studio.shelf.get(self.name).identity["manifest"] or "untrained"
        return self.cache / f"{self.name}-{weights[:12]}-{self.settings}"

    @property
    def about(self) -> Mapping[str, object]:
        identity = self.studio.shelf.get(self.name).identity
        return {"model": identity, "settings": str(self.settings), "seed": self.seed, "city": city_version()}

    @cached_property
    def judge(self) -> Judge:
        try:
            return Judge.load(self.renders / "judge")
        except BadModel as error:
            raise BadModel(
                f"there is no judge to read the pictures ({error}); train it with: {_TRAIN_BY}"
            ) from error

    @cached_property
    def people(self) -> Visitors:
        return visitors(self.visitors_asked, box=self.pipe.card.box)

    def paint(self, part: str, asks: Sequence[Ask]) -> np.ndarray:
        """The pictures of one part, without a judge."""
        tell = partial(_done, part)
        return paint(self.pipe, asks, self.settings, self.folder / part, self.batch_size, tell)

    @cached_property
    def sitting(self) -> Sitting:
        return Sitting(
            pipe=self.pipe,
            judge=self.judge,
            people=self.people,
            settings=self.settings,
            folder=self.folder,
            count=self.count,
            seed=self.seed,
            batch_size=self.batch_size,
            real=self.real,
            on_progress=_done,
        )

    @cached_property
    def real(self) -> Renders | None:
        """Renders of the held-out visitors, where city_signal made some."""
        home = folder_of(self.renders, "held_out", 0, self.judge.size_px)
        if not home.is_dir():
            return None
        found = open_renders(home)
        if set(found.truth["city"].tolist()) != {city_version()}:
            print("the held-out renders are of another version of the city's source", flush=True)
        return found

    @property
    def real_at_hand(self) -> Renders:
        if self.real is None:
            raise BadRequest(f"there are no held-out renders in {self.renders}; make them with: {_TRAIN_BY}")
        return self.real

    @cached_property
    def learned(self) -> Learned:
        if self.learned_from:
            return learned_from_collection(self.learned_from, self.count, self.judge.size_px)
        home = folder_of(self.renders, "train", 0, self.judge.size_px)
        return learned_from_renders(open_renders(home), self.count)


def _neighbourhood(bench: Bench) -> list[Figure]:
    return neighbourhood_figures(bench.sitting)


def _attributes(bench: Bench) -> list[Figure]:
    return attribute_figures(bench.sitting)


def _heading(bench: Bench) -> list[Figure]:
    return heading_figures(bench.sitting, bench.views, bench.cache / "panoramas")


def _frechet(bench: Bench) -> list[Figure]:
    return frechet_figures(bench.sitting, bench.real_at_hand, bench.learned, bench.cache)


def _nearest(bench: Bench) -> list[Figure]:
    figures, pairs = nearest_figures(bench.sitting, bench.real_at_hand, bench.learned, bench.cache)
    path = bench.folder / "nearest-pairs.png"
    save_sheet(pair_sheet(pairs), path, most_bytes=10_000_000)
    print(f"the nearest pairs: {path}")
    return figures


def _speed(bench: Bench) -> list[Figure]:
    """As the page does it: one picture of the model's own size, at the default settings, its model in memory."""
    known = bench.pipe.card.conditions
    first, whole = [], []
    for run in range(bench.runs + 1):
        request = ImageRequest(
            bench.name,
            _CLICK,
            prompt=_WORDS,
            seed=run,
            heading=30.0 if "heading" in known else None,
            hour=15.0 if "hour" in known else None,
        )
        shown: list[float] = []

        def look(progress: Progress, shown: list[float] = shown) -> None:
            if progress.preview is not None:
                shown.append(time.perf_counter())

        started = time.perf_counter()
        bench.studio.run(request, look, out=bench.folder / "speed" / f"{run}.png")
        whole.append(time.perf_counter() - started)
        first.append(shown[0] - started)
    figures = []
    # The first one also touches memory and threads for the first time.
    for told, seconds, target in (
        ("click to first preview", first[1:], "at most 0.5 s"),
        ("click to finished picture", whole[1:], "at most 4 s"),
    ):
        size = bench.pipe.card.resolution_px
        name = f"{told}, {size} px, median (worst {max(seconds):.2f} s)"
        figures.append(Figure(name, statistics.median(seconds), "s", len(seconds), target))
    return figures


def _sheet(bench: Bench) -> list[Figure]:
    pictures, labels = unselected(bench.people, bench.paint, _FOLDER)
    out = bench.sheet_out or bench.folder / "sheet.jpg"
    size = save_sheet(contact_sheet(pictures[:_SHEET], labels[:_SHEET], columns=8, side_px=192), out)
    print(f"{out} ({size / 1e6:.2f} MB); {len(pictures)} pictures to look at: {bench.folder / 'look'}")
    return []


PARTS: Parts[Bench] = {
    "neighbourhood": _neighbourhood,
    "attributes": _attributes,
    "heading": _heading,
    "frechet": _frechet,
    "nearest": _nearest,
    "speed": _speed,
    "sheet": _sheet,
}


def _done(what: str, done: int, count: int) -> None:
    print(f"  {what}: {done:,} of {count:,}", flush=True)


if __name__ == "__main__":
    tyro.cli(main)
