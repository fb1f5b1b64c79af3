"""How much the built-in city tells: can a small network read place, hour and weather out of its photos?

    python -m bench.city_signal [--photos 10000] [--size-px 96] [--epochs 22] [--processes 1] [--cache FOLDER]

Renders the photos and a fifth as many from other tourists at held-out places (one h3 cell in five, the cells of
validation and test in a collection of the whole city), about 0.2 s each at 96 px on one core; what the cache holds
already is not rendered again, a training that was stopped goes on, and `--no-render` takes what there is. Then it
trains a judge (2 million parameters, 5 to 10 ms of one core for each picture and epoch) on the photos and on grey
copies of 40 % of the plain ones, and prints how often it is right on the held-out photos, at each of which it looks
six times (target: 90 % each for the neighbourhood away from borders, the third of the day and the weather).

Away from borders is farther than 75 m from another neighbourhood. The sixteen known neighbourhoods are those that
tourists visit most; the judge knows all of the plan and chooses among the sixteen where they are asked for. Photos from
boats have no neighbourhood and are never counted. Where it can be seen is on a street, or in Central Park and Battery
Park, for a lawn within another neighbourhood looks like any lawn; the number without that exception stands beside it.
"""

import os
import time
from pathlib import Path

import numpy as np
import torch
import tyro

from engine.evaluation.judges.judge import Judge, Reading
from engine.evaluation.judges.learning import Epoch, JudgeConfig, train_judge
from engine.evaluation.judges.marks import away_from_borders_m, can_be_seen, mark, mistakes
from engine.evaluation.judges.questions import KNOWN_NEIGHBOURHOODS, Labels, city_labels, city_questions
from engine.evaluation.judges.renders import (
    Renders,
    city_version,
    folder_of,
    open_renders,
    render_photos,
    with_grey_copies,
)

_AWAY_M = 75.0
_WORST = 12
_GREY_SHARE = 0.4


def main(
    photos: int = 10_000,
    size_px: int = 96,
    epochs: int = 22,
    processes: int = 1,
    threads: int | None = None,
    seed: int = 0,
    render: bool = True,
    cache: Path = Path(".cache/city_signal"),
) -> None:
    """Render, train, measure and print."""
    torch.set_num_threads(threads or os.cpu_count() or 1)
    started = time.perf_counter()
    if render:
        for part, count in (("train", photos), ("held_out", -(-photos // 5))):
            render_photos(cache, part, count, seed, size_px, processes, _every_thousand)
        print(f"photos were ready after {time.perf_counter() - started:.0f} s")
    train = open_renders(folder_of(cache, "train", seed, size_px), photos)
    held_out = open_renders(folder_of(cache, "held_out", seed, size_px))
    print(f"{len(train):,} photos to learn from, {len(held_out):,} at held-out places")
    versions = {*np.unique(train.truth["city"]).tolist(), *np.unique(held_out.truth["city"]).tolist()}
    if versions != {city_version()}:
        print(f"they show {len(versions)} version(s) of the city, the newest of them not all of it")
    started, used = time.perf_counter(), time.process_time()
    config = JudgeConfig(size_px=size_px, epochs=epochs, seed=seed)
    learned = with_grey_copies(train, _GREY_SHARE, seed)
    judge = train_judge(
        learned.pixels,
        city_labels(learned.truth),
        city_questions(),
        config,
        state=cache
        / f"judge-{len(train)}-{size_px}px-{epochs}-seed{seed}-{'-'.join(sorted(versions))}.training",
        on_epoch=_every_fifth,
    )
    print(
        f"trained in {time.perf_counter() - started:.0f} s ({time.process_time() - used:.0f} s of processor)"
    )
    judge.save(cache / "judge")
    _measure(judge, held_out)


def _measure(judge: Judge, held_out: Renders) -> None:
    reading, labels, truth = (
        judge.read(held_out.pixels, closer=True),
        city_labels(held_out.truth),
        held_out.truth,
    )
    _neighbourhoods(reading, labels, held_out)
    for question in ("third", "light", "weather", "subject", "style"):
        target = " (target 90 %)" if question in ("third", "weather") else ""
        print(f"{question}: {mark(reading.numbers(question), labels[question])}{target}")
    from_border_h = np.minimum(np.abs(truth["hour"] - 8), np.abs(truth["hour"] - 16))
    print(
        f"third, an hour or more from 8 and 16: {mark(reading.numbers('third'), labels['third'], from_border_h >= 1)}"
    )
    for question in ("third", "light", "weather"):
        found = mistakes(reading.numbers(question), labels[question], judge.questions.choices[question])
        print(f"{question}, worst:", "; ".join(map(str, found[:4])))
    off = np.abs((reading.bearings_deg["heading"] - labels["heading"] + 180) % 360 - 180)
    sure = reading.certainty["heading"] >= np.median(reading.certainty["heading"])
    print(f"heading: median error {np.median(off):.0f} degrees, {np.median(off[sure]):.0f} in the surer half")


def _neighbourhoods(reading: Reading, labels: Labels, held_out: Renders) -> None:
    truth, true = held_out.truth, labels["neighbourhood"]
    names = reading.questions.choices["neighbourhood"]
    away = away_from_borders_m(truth["latitude"], truth["longitude"], truth["neighbourhood"]) > _AWAY_M
    seen = can_be_seen(truth["latitude"], truth["longitude"], truth["neighbourhood"])
    known = np.isin(truth["neighbourhood"], KNOWN_NEIGHBOURHOODS)
    numbers = np.array([names.index(name) for name in KNOWN_NEIGHBOURHOODS])
    among = numbers[reading.probabilities["neighbourhood"][:, numbers].argmax(1)]
    said = reading.numbers("neighbourhood")
    print(f"neighbourhood among all {len(names)}, everywhere: {mark(said, true)}")
    print(f"neighbourhood among all {len(names)}, away from borders: {mark(said, true, away)}")
    print(f"neighbourhood among the sixteen, everywhere: {mark(among, true, known)}")
    marked = mark(among, true, known & away)
    print(f"neighbourhood among the sixteen, away from borders: {marked} (target 90 %)")
    print(f"the same, where it can be seen: {mark(among, true, known & away & seen)}")
    by_day = seen & (truth["style"] == "") & (labels["light"] > 0)
    print(f"the same, by day and as a plain photo: {mark(among, true, known & away & by_day)}")
    for name in KNOWN_NEIGHBOURHOODS:
        print(f"  {name}: {mark(among, true, known & away & (truth['neighbourhood'] == name))}")
    print("worst:")
    for mistake in mistakes(among, true, names, known & away)[:_WORST]:
        print(f"  {mistake}")


def _every_thousand(done: int, count: int) -> None:
    if done % 1000 == 0 or done == count:
        print(f"rendered {done:,} of {count:,}", flush=True)


def _every_fifth(epoch: Epoch) -> None:
    if epoch.number % 5 == 0 or epoch.number == epoch.epochs:
        print(f"epoch {epoch.number} of {epoch.epochs}: loss {epoch.loss:.3f}", flush=True)


if __name__ == "__main__":
    tyro.cli(main)
