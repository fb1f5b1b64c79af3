"""The verb `train angle`: from a collection and a centre to an adapter, by the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.evaluation.judges.judge import Judge
from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture
from engine.studio.studio import HOME_VARIABLE, Studio

CENTRE = Place(55.7040, 13.1935)
QUICK = {
    "resolution_px": 64,
    "max_train_steps": 2,
    "total_batch_size": 4,
    "train_batch_size": 4,
    "lora_rank": 2,
    "prior_count": 4,
    "sample_every_steps": 2,
    "sample_count": 1,
    "sample_inference_steps": 2,
    "judge_epochs": 2,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a model of Lund, and a collection of nine photos of the cathedral from the north."""
    home, rng = tmp_path_factory.mktemp("home"), np.random.default_rng(0)
    (home / "photos").mkdir()
    for index in range(9):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        camera = destination(CENTRE, 12.0 * index, 100)
        write_picture(home / "photos" / f"{index}.jpg", coarse.resize((64, 64)), place=camera)
    ingest([home / "photos"], home / "collections" / "cathedral", workers=1)
    box = Box(south=55.69, west=13.18, north=55.71, east=13.21)
    save_pipeline(build_tiny(PlaceCard("Lund", box=box, resolution_px=64)), home / "checkpoints" / "lund")
    return home


def test_a_collection_and_a_centre_become_an_adapter(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    line = [
        "train",
        "angle",
        str(home / "collections" / "cathedral"),
        f"--centre={CENTRE}",
        "--radius-m",
        "200",
    ]
    line += [
        "--base",
        str(home / "checkpoints" / "lund"),
        "--landmark",
        "Lund Cathedral",
        "--preset",
        "small-angle",
    ]
    line += ["--out", str(home / "checkpoints" / "cathedral")]
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in QUICK.items()]
    assert main([*line, *flags, "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["request"]["kind"] == "angle"
    assert told["request"]["preset"] == "small-angle"
    assert told["request"]["overrides"] == QUICK
    assert "notice: 9 photos of Lund Cathedral are very few" in err
    assert "from one side only: from 0 to 100 degrees" in err
    assert len(told["notices"]) == 2
    assert PlaceCard.read(home / "checkpoints" / "cathedral").conditions[-1] == "month"
    assert Judge.load(home / "checkpoints" / "cathedral.sides").questions.directions == ("azimuth",)
    assert not (home / "checkpoints" / "cathedral.sides.training").exists()
    assert "cathedral.sides" not in {entry.name for entry in Studio(home).shelf.entries()}
    assert main([*line, *flags]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main([*line[:3], "--centre=here", *line[4:]]) == 2
    assert "'here' is not a place" in capsys.readouterr().err


def test_the_help_has_the_numbers_of_the_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "angle", "--preset=paper-sd14-angle", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--prior-loss-weight" in shown
    assert "--autoencoder-steps" not in shown
    assert "default: 800" in shown
