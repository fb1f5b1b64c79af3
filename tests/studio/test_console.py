"""The progress line: what a terminal shows, and what a file of stderr gets instead."""

import logging
from pathlib import Path

import pytest
import torch

from engine.diffusion.loading import load_pipeline, save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.studio import console
from engine.studio.console import progress_line, quiet_libraries
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


def test_libraries_say_nothing_but_what_one_should_know(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    logger = logging.getLogger("diffusers.models.modeling_utils")
    logger.addHandler(handler)
    try:
        quiet_libraries()
        save_pipeline(build_tiny(), tmp_path / "model")
        unet = load_pipeline(tmp_path / "model", "cpu", torch.float32).unet
        unet.to(torch.float32)
        assert heard == []
        unet._keep_in_fp32_modules = ["conv_in"]
        unet.to(torch.bfloat16)
    finally:
        logger.removeHandler(handler)
    assert ["kept in float32: ['conv_in']" in words for words in heard] == [True]
    assert capsys.readouterr().err == ""
