"""How near a few places at each step come to the exact mean of a region, and what they cost.

    python -m bench.average [--model demo] [--samples 256] [--samples-per-step 20] [--steps 20] [--seeds 2]

For each region the picture of the exact mean over all samples, and those of the two estimators, which ask
`--samples-per-step` places a step. Prints the likeness of the pictures (target: 30 dB PSNR), the UNet's predictions as
a share of the exact ones (target: at most 10 %) and seconds. A model of 256 px makes about 60 predictions a second
on two cores, so a region takes two minutes; `--out` keeps the pictures.
"""

import math
import statistics
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
import tyro
from PIL import Image

from engine.diffusion.average import RegionAverage, average_region
from engine.diffusion.pipeline import PlacePipeline
from engine.geo.place import Place
from engine.studio.regions import find_region
from engine.studio.scatter import scatter, within_box
from engine.studio.studio import Studio

_ESTIMATORS = ("exact", "fresh", "growing")


def main(
    model: str | None = None,
    samples: int = 256,
    samples_per_step: int = 20,
    steps: int = 20,
    seeds: int = 2,
    regions: tuple[str, ...] = ("Central Park", "Midtown", "SoHo", "Harlem"),
    prompt: str = "",
    out: Path | None = None,
    home: Path | None = None,
) -> None:
    """Measure and print."""
    studio = Studio(home)
    pipe = studio.shelf.load(studio.shelf.get(model or studio.shelf.default).name)
    likeness: dict[str, list[float]] = defaultdict(list)
    shares: dict[str, list[float]] = defaultdict(list)
    for name in regions:
        region = within_box(find_region(name, pipe.card.box), pipe.card.box)
        for seed in range(seeds):
            places = scatter(region, samples, "area", None, np.random.default_rng(seed))
            made: dict[str, RegionAverage] = {}
            for estimator in _ESTIMATORS:
                started = time.perf_counter()
                made[estimator] = _average(pipe, prompt, places, estimator, samples_per_step, steps, seed)
                seconds = time.perf_counter() - started
                if out is not None:
                    out.mkdir(parents=True, exist_ok=True)
                    made[estimator].image.save(out / f"{name}-{seed}-{estimator}.png")
                decibels = _psnr(made["exact"].image, made[estimator].image)
                share = made[estimator].evaluations / made["exact"].evaluations
                print(
                    f"{name}, seed {seed}, {estimator}: {decibels:.1f} dB, {share:.1%}, {seconds:.1f} s",
                    flush=True,
                )
                likeness[estimator].append(decibels)
                shares[estimator].append(share)
    for estimator in _ESTIMATORS[1:]:
        least, middle = min(likeness[estimator]), statistics.median(likeness[estimator])
        print(f"{estimator}, PSNR against the exact mean: {middle:.1f} dB (least {least:.1f}; target 30)")
        print(
            f"{estimator}, predictions as a share of the exact ones: {max(shares[estimator]):.1%} (target 10 %)"
        )


def _average(
    pipe: PlacePipeline,
    prompt: str,
    places: list[Place],
    estimator: str,
    samples_per_step: int,
    steps: int,
    seed: int,
) -> RegionAverage:
    return average_region(
        pipe,
        prompt,
        [{"latitude": place.latitude, "longitude": place.longitude} for place in places],
        estimator=estimator,
        places_per_step=samples_per_step,
        num_inference_steps=steps,
        generator=torch.Generator("cpu").manual_seed(seed),
    )


def _psnr(first: Image.Image, second: Image.Image) -> float:
    """Peak signal-to-noise ratio of two pictures in decibels; infinite for equal ones."""
    error = np.mean((np.asarray(first, float) - np.asarray(second, float)) ** 2)
    return 10 * math.log10(255**2 / error) if error else math.inf


if __name__ == "__main__":
    tyro.cli(main)
