"""The benchmarks as one command: none is forgotten, and their figures come together in one table."""

import importlib
import inspect
from pathlib import Path

import pytest

from bench import __main__ as bench

NO_BENCHMARKS = {"__init__", "__main__", "growth", "parts", "serving", "tour_sheets", "world_sheets"}


def test_every_benchmark_is_run() -> None:
    modules = {path.stem for path in Path(bench.__file__).parent.glob("*.py")}
    assert modules - NO_BENCHMARKS == set(bench.SMALL)


@pytest.mark.parametrize("name", bench.SMALL)
def test_the_small_run_has_flags_that_exist(name: str) -> None:
    known = inspect.signature(importlib.import_module(f"bench.{name}").main).parameters
    flags = [word.removeprefix("--").replace("-", "_") for word in bench.SMALL[name] if word[:2] == "--"]
    assert set(flags) <= set(known)


def test_figures_are_the_lines_with_a_target() -> None:
    lines = [
        "batch of 16, 2 threads\n",
        "python -m engine --help: 0.21 s (slowest 0.30 s; target 1 s)\n",
        "metadata: 3,507 photos/s in one process (target: 300)\n",
        "ratio 1.011 (target 1.05)\n",
    ]
    assert list(bench.figures(lines)) == [
        ("python -m engine --help: 0.21 s (slowest 0.30 s)", "1 s"),
        ("metadata: 3,507 photos/s in one process", "300"),
        ("ratio 1.011", "1.05"),
    ]


def test_all_end_in_one_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    small = {"startup": ("--runs", "1", "--no-page"), "nothing": ()}
    monkeypatch.setattr(bench, "SMALL", small)
    assert bench.main([]) == 1
    table = capsys.readouterr().out.partition("Few rounds each")[2]
    assert "python -m engine --help:" in table
    assert "1 s" in table
    assert "failed with exit code 1" in table


def test_one_is_run_with_its_own_flags(capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["startup", "--runs", "1", "--no-page"]) == 0
    out = capfd.readouterr().out
    assert out.startswith("python -m engine --help:")
    assert bench.main(["speed"]) == 2
    assert "there is no benchmark 'speed'; choose from startup" in capfd.readouterr().err
