"""The progress line: what a terminal shows, and what a file of stderr gets instead."""

import pytest

from engine.studio import console
from engine.studio.console import progress_line
from engine.studio.jobs import Progress

STEP = Progress(
    30, 300, "training, step 30 of 300", 95.4, metrics={"loss": 0.123456, "steps_per_s": 2.84, "x": 1.0}
)


def test_a_file_gets_a_plain_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress_line() as on_progress:
        on_progress(STEP)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(console, "PLAIN_EVERY_S", 0.0)
    with progress_line() as on_progress:
        on_progress(STEP)
    out, err = capsys.readouterr()
    assert out == ""
    assert " ".join(err.split()) == "training, step 30 of 300, loss 0.1235, 2.8 steps/s, 1 min 35 s left"


def test_a_terminal_gets_one_line_that_moves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with progress_line() as on_progress:
        on_progress(Progress(message="loading tiny"))
        on_progress(STEP)
    out, err = capsys.readouterr()
    assert out == ""
    assert "training, step 30 of 300" in err
    assert "loss 0.1235, 2.8 steps/s, 1 min 35 s left" in err
