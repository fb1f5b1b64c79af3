"""The parts of a benchmark: run in turn, printed and kept; one that cannot be measured does not end the others."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from engine.errors import UserError
from engine.evaluation.figures import Figure, keep_figures


class Measured(Protocol):
    """What is measured, and where the figures of it are kept."""

    @property
    def about(self) -> Mapping[str, object]:
        """What the figures depend on."""
        ...

    @property
    def folder(self) -> Path:
        """Where figures.json is kept; asked for once a part is done."""
        ...


OfBench = TypeVar("OfBench", bound=Measured)
Parts = Mapping[str, Callable[[OfBench], list[Figure]]]


def check_parts(names: Sequence[str], parts: Parts) -> None:
    """Nothing, or the end of the program with a sentence where one of the names is no part."""
    if unknown := set(names) - parts.keys():
        sys.exit(f"there is no part {min(unknown)!r}; choose from {', '.join(parts)}")


def run_parts(names: Sequence[str], parts: Parts[OfBench], bench: OfBench, title: str = "") -> bool:
    """Whether the parts of these names, all where there are none, could all be measured."""
    whole = True
    for name in names or tuple(parts):
        print(f"\n{title}{name}", flush=True)
        started = time.perf_counter()
        try:
            figures = parts[name](bench)
        except UserError as error:
            print(f"not measured: {error}", flush=True)
            whole = False
            continue
        for figure in figures:
            print(figure, *figure.details(), sep="\n", flush=True)
        about = {**bench.about, "seconds": round(time.perf_counter() - started, 1)}
        keep_figures(bench.folder / "figures.json", name, figures, about)
    return whole
