"""How fast photos become a collection, and in how much memory.

    python -m bench.ingest [--count 20000] [--workers 1]

Writes `count` different JPEGs with EXIF, 640 x 480, into a temporary folder (about 80 KB and 5 ms each), then prints
the rate of reading their metadata and sha256, thumbnails apart (target: at least 300 photos/s per core), the rate of
the whole ingest, and how far its peak memory rises above the memory before it (flat: about 2 KB a photo).
"""

import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import tyro
from PIL import Image

from engine.geo.place import Place
from engine.photos.ingest import ingest
from engine.photos.opening import LIMITS
from engine.photos.sources import plan
from engine.photos.stamp import write_picture


def main(count: int = 20_000, workers: int = 1, folder: Path | None = None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        photos, start = Path(name, "photos"), time.perf_counter()
        write_photos(photos, count)
        print(f"{count:,} photos, {megabytes(photos):,.0f} MB, made in {time.perf_counter() - start:.0f} s")

        start, start_cpu = time.perf_counter(), time.process_time()
        work = plan([photos], None, LIMITS)
        rows = sum(isinstance(work.survey(job), dict) for job in work.jobs)
        rate, rate_cpu = rows / (time.perf_counter() - start), rows / (time.process_time() - start_cpu)
        print(
            f"metadata: {rate:,.0f} photos/s in one process, {rate_cpu:,.0f} per second of a core (target: 300)"
        )

        before, start, start_cpu = peak_memory_mb(), time.perf_counter(), cpu_seconds()
        report = ingest([photos], Path(name, "out"), workers=workers)
        rate, rate_cpu = count / (time.perf_counter() - start), count / (cpu_seconds() - start_cpu)
        print(f"whole ingest: {rate:,.0f} photos/s, workers={workers}, {rate_cpu:,.0f} per second of a core")
        print(f"taken {report.taken:,}, refused {report.refused or 'none'}")
        after = peak_memory_mb()
        print(f"peak memory: {after:,.0f} MB, {after - before:,.0f} MB above the memory before the ingest")


def write_photos(folder: Path, count: int) -> None:
    """Fill the folder with photos that all look different, scattered over 10 km of Lund."""
    rng = np.random.default_rng(0)
    for index in range(count):
        coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8))
        place = Place(55.65 + 0.1 * rng.random(), 13.1 + 0.2 * rng.random())
        path = folder / f"{index // 1000:03d}" / f"{index:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = coarse.resize((640, 480), Image.Resampling.BICUBIC)
        write_picture(
            path, picture, place=place, heading_deg=rng.uniform(0, 360), caption="A simulated street"
        )


def megabytes(folder: Path) -> float:
    """Size of all files in the folder."""
    return sum(path.stat().st_size for path in folder.rglob("*.jpg")) / 1e6


def cpu_seconds() -> float:
    """Seconds of cores that this process and its ended workers have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def peak_memory_mb() -> float:
    """The most memory that this process, or one of its workers, has held so far."""
    kilobytes = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return kilobytes / 1024


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    tyro.cli(main)
