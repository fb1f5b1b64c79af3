"""Every benchmark in turn, each with little to do, and one table of figures; or one: python -m bench [NAME [FLAGS]].

python -m bench                        some minutes; figures worth quoting take more rounds
python -m bench ingest --count 5000    one of them, with its own flags and defaults
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

SMALL = {
    "startup": ("--runs", "2"),
    "ingest": ("--count", "500"),
    "diffusion": ("--rounds", "10"),
    "training": ("--rounds", "5", "--width-px", "1024"),
    "render": ("--count", "4"),
    "city_signal": ("--photos", "200", "--epochs", "2", "--cache", ".cache/city_signal_small"),
    "demo_model": ("--parts", "speed", "--runs", "2"),
    "hand": ("--times", "3"),
    "field": ("--fields", "voxels", "--views", "12", "--size-px", "48", "--most-seconds", "10"),
    "sfm": ("--landmarks", "arc-de-triomphe", "--photos", "24", "--size-px", "256", "--tourists", "12"),
    "landmarks": ("--landmarks", "arc-de-triomphe", "--parts", "judge", "--photos", "100", "--epochs", "2"),
    "mesh": ("--landmarks", "space-needle", "--views", "12", "--view-px", "48", "--cameras", "2"),
    "average": (
        "--samples",
        "64",
        "--samples-per-step",
        "4",
        "--steps",
        "8",
        "--seeds",
        "1",
        "--regions",
        "SoHo",
    ),
}
"""The benchmarks in their order, with the flags that make each a matter of a minute."""


def main(argv: Sequence[str]) -> int:
    """Exit code: 0, that of the one benchmark, or 1 where any of them failed."""
    if argv and argv[0] in SMALL:
        return subprocess.run([sys.executable, "-m", f"bench.{argv[0]}", *argv[1:]]).returncode
    if argv:
        print(f"there is no benchmark {argv[0]!r}; choose from {', '.join(SMALL)}", file=sys.stderr)
        return 2
    table, failed = Table("benchmark", "figure", "target", title="Few rounds each, so these are rough"), False
    for name, flags in SMALL.items():
        print(f"\n--- python -m bench {' '.join((name, *flags))}", flush=True)
        lines = []
        command = [sys.executable, "-m", f"bench.{name}", *flags]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        if process.returncode:
            table.add_row(name, f"failed with exit code {process.returncode}", "")
            failed = True
        for figure, target in figures(lines):
            table.add_row(name, figure, target)
    print()
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return int(failed)


def figures(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Figure and target of every line that ends in "(target 1 s)" or "(slowest 0.3 s; target 1 s)"."""
    for line in map(str.strip, lines):
        figure, found, target = line.rpartition("target")
        if found and line.endswith(")"):
            figure = figure.rstrip("(;, ")
            yield figure + ")" * (figure.count("(") - figure.count(")")), target.strip(": )")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
