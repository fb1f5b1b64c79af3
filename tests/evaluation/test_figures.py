"""Figures: lines that the table of benchmarks reads, and JSON that keeps every part."""

import json
from pathlib import Path

from bench.__main__ import figures as figures_of_lines
from engine.evaluation.figures import Figure, keep_figures

SHARE = Figure("GPS alone", 0.714, "%", 160, "at least 70 %", {"SoHo": 0.5, "Times Square": float("nan")})


def test_a_figure_is_a_line_that_the_table_reads() -> None:
    assert str(SHARE) == "GPS alone: 71.4 %, of 160 (target at least 70 %)"
    assert list(figures_of_lines([str(SHARE)])) == [("GPS alone: 71.4 %, of 160", "at least 70 %")]
    assert SHARE.details() == ["  SoHo: 50.0 %", "  Times Square: not measured"]
    assert str(Figure("error", 12.345, "degrees", 40)) == "error: 12.3 degrees, of 40"
    assert str(Figure("distance", 3.5982, "", 32)) == "distance: 3.6, of 32"


def test_parts_are_kept_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "new" / "figures.json"
    keep_figures(path, "neighbourhood", [SHARE], {"seed": 0})
    keep_figures(path, "heading", [], {"seed": 1})
    keep_figures(path, "neighbourhood", [SHARE, SHARE], {"seed": 2})
    kept = json.loads(path.read_text())
    assert kept["heading"] == {"about": {"seed": 1}, "figures": []}
    assert kept["neighbourhood"]["about"] == {"seed": 2}
    assert len(kept["neighbourhood"]["figures"]) == 2
    assert kept["neighbourhood"]["figures"][0]["detail"] == {"SoHo": 0.5, "Times Square": None}
