"""The measurement of a model as one command: parts by name, figures kept, and what is missing said in a sentence."""

import json
from pathlib import Path

import pytest

from bench.demo_model import PARTS, main


def test_speed_is_measured_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(
            model="tiny",
            parts=("speed",),
            runs=1,
            num_inference_steps=2,
            cache=tmp_path / "cache",
            home=tmp_path,
        )
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert "click to first preview, 64 px" in out
    assert "(target at most 4 s)" in out
    (path,) = (tmp_path / "cache").glob("tiny-untrained-2-steps-*/figures.json")
    kept = json.loads(path.read_text())["speed"]
    first, whole = (figure["value"] for figure in kept["figures"])
    assert 0 < first < whole
    assert kept["about"]["model"] == {"name": "tiny", "manifest": None}
    assert list((path.parent / "speed").glob("*.png"))


def test_without_a_judge_it_says_how_to_train_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(model="tiny", parts=("neighbourhood",), renders=tmp_path, cache=tmp_path, home=tmp_path)
    assert end.value.code == 1
    assert "train it with: python -m bench.city_signal" in capsys.readouterr().out


def test_a_part_that_does_not_exist_is_none() -> None:
    with pytest.raises(SystemExit, match=f"there is no part 'beauty'; choose from {', '.join(PARTS)}"):
        main(model="tiny", parts=("beauty",))
