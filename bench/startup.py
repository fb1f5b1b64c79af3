"""How soon the program answers.

    python -m bench.startup [--runs 5] [--no-page]

Prints the time of `python -m engine --help` (target: within 1 s) and the time from `python app.py` until the page
answers over HTTP (target: within 15 s, warm file cache, two cores). The median of the runs, and the slowest.
"""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import tyro

ROOT = Path(__file__).parent.parent


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
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"GENIUS_LOCI_HOME": home, "GRADIO_ANALYTICS_ENABLED": "False"}
        command = [sys.executable, "app.py", "--port", str(port), "--no-open"]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            while not _answers(port):
                if process.poll() is not None:
                    raise SystemExit(f"app.py ended with exit code {process.returncode}")
                time.sleep(0.02)
            return time.perf_counter() - started
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


if __name__ == "__main__":
    tyro.cli(main)
