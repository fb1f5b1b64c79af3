"""How soon the program answers.

    python -m bench.startup [--runs 5] [--no-page]

Prints the time of `python -m engine --help` (target: within 1 s) and the time from `python app.py` until the page
answers over HTTP (target: within 15 s, warm file cache, two cores). The median of the runs, and the slowest.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import tyro

from bench.serving import ROOT, served


def main(runs: int = 5, page: bool = True) -> None:
    """Measure and print."""
    _report("python -m engine --help", _help_s, runs, target_s=1.0)
    if page:
        _report("python app.py until the page answers", _page_s, runs, target_s=15.0)


def _report(what: str, measure: Callable[[], float], runs: int, target_s: float) -> None:
    measure()  # warms the file cache
    times = [measure() for _ in range(runs)]
    print(f"{what}: {statistics.median(times):.2f} s (slowest {max(times):.2f} s; target {target_s:g} s)")


def _help_s() -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "engine", "--help"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _page_s() -> float:
    started = time.perf_counter()
    with served():
        return time.perf_counter() - started


if __name__ == "__main__":
    tyro.cli(main)
