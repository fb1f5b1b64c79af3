"""The verb `train judge`: from a collection to a judge of pictures, by the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.errors import BadRequest
from engine.evaluation.gps_clip.judge import GpsClip
from engine.geo.place import Place
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture
from engine.studio.requests import TrainRequest
from engine.studio.studio import HOME_VARIABLE

QUICK = {
    "resolution_px": 16,
    "width": 8,
    "embedding_width": 8,
    "place_width": 16,
    "words": False,
    "max_train_steps": 3,
    "batch_size": 8,
    "checkpoint_every_steps": 1,
}
FLAGS = [f"--{name.replace('_', '-')}={value}" for name, value in QUICK.items() if name != "words"] + [
    "--no-words"
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a collection of 40 photos over a few kilometres of Lund, without captions."""
    home, rng = tmp_path_factory.mktemp("home"), np.random.default_rng(0)
    (home / "photos").mkdir()
    for index in range(40):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        place = Place(55.69 + 0.005 * (index // 8), 13.17 + 0.006 * (index % 8))
        write_picture(home / "photos" / f"{index:02d}.jpg", coarse.resize((64, 64)), place=place)
    ingest([home / "photos"], home / "collections" / "lund", workers=1)
    return home


def test_a_collection_becomes_a_judge(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    out = home / "checkpoints" / "judge"
    line = ["train", "judge", str(home / "collections" / "lund"), "--out", str(out)]
    assert main([*line, *FLAGS, "--json"]) == 0
    shown, err = capsys.readouterr()
    told = json.loads(shown)
    assert told["request"]["kind"] == "judge"
    assert told["request"]["preset"] == "small-judge"
    assert told["request"]["overrides"] == QUICK
    assert "held-out photos of Lund the judge is off by" in err
    judge = GpsClip.load(out)
    assert judge.card.training["max_train_steps"] == 3
    assert not judge.reads_words
    assert main([*line, *FLAGS]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main([*line, *FLAGS, "--max-train-steps", "5", "--resume"]) == 0
    assert GpsClip.load(out).card.training["max_train_steps"] == 5
    capsys.readouterr()
    assert main([*line[:3], "--out", str(home / "checkpoints" / "other")]) == 2
    assert (
        "no word five times; caption the photos, or leave words out with --no-words"
        in capsys.readouterr().err
    )


def test_the_help_has_the_numbers_of_the_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "judge", "--preset=paper-judge", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "facebook/dinov2-base" in shown
    assert "--prior-loss-weight" not in shown
    assert main(["train", "judge", "--help"]) == 0
    assert "default: 150" in capsys.readouterr().out, "the small judge's apart_m"


def test_a_judge_has_no_landmark(home: Path) -> None:
    with pytest.raises(BadRequest, match="radius_m is for a landmark"):
        TrainRequest(home, home / "judge", kind="judge", preset="small-judge", radius_m=50.0).validate()
