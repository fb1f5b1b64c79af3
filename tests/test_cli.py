"""The command line: one line for every mistake, the right exit code, and JSON that a program can read."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.geo.region import Box
from engine.studio.gallery import recall
from engine.studio.requests import ImageRequest, PictureSettings
from engine.studio.studio import HOME_VARIABLE, Studio

ROOT = Path(__file__).parent.parent
MOMA = ("--at", "40.7614,-73.9776")
QUICK = (*MOMA, "--model", "tiny", "--num-inference-steps", "2")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for the studio that the command finds."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def southern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of Sydney that knows the heading too."""
    folder = tmp_path_factory.mktemp("models") / "sydney"
    card = PlaceCard(
        name="Sydney",
        conditions=("longitude", "latitude", "heading"),
        box=Box(-34.0, 151.0, -33.8, 151.3),
        base_model="tiny",
        resolution_px=64,
        guidance_scale=1.5,
        gps_guidance_scale=2.5,
    )
    save_pipeline(build_tiny(card), folder)
    return folder


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The only line on stderr, with nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


def test_generate_writes_a_picture_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "moma.png"
    assert main(["generate", *QUICK, "--prompt", "superman", "--seed", "7", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}, seed 7, model tiny\n"
    request = recall(out)
    assert isinstance(request, ImageRequest)
    assert (request.prompt, request.seed, str(request.place)) == ("superman", 7, "40.761400, -73.977600")


def test_the_same_line_writes_the_same_bytes(tmp_path: Path) -> None:
    line = ["generate", *QUICK, "--seed", "3", "--out", str(tmp_path / "a.jpg")]
    assert main(line) == 0
    first = (tmp_path / "a.jpg").read_bytes()
    assert main(line) == 0
    assert (tmp_path / "a.jpg").read_bytes() == first


def test_the_same_bytes_come_from_another_process(tmp_path: Path, southern: Path) -> None:
    line = ["generate", "--model", str(southern), "--num-inference-steps", "2", "--seed", "3", "--out"]
    assert main([*line, str(tmp_path / "a.png")]) == 0
    command = [sys.executable, "-m", "engine", *line, str(tmp_path / "b.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    # On a slow day our own progress shows; remarks and bars of libraries never do.
    assert not [said for said in done.stderr.splitlines() if not said.startswith(("start", "step", "load"))]


def test_without_a_file_the_picture_goes_into_the_gallery(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", *QUICK, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    (found,) = Studio().gallery.list()
    assert result["path"] == str(found.path)
    assert result["id"] == found.id
    assert result["request"] == found.request.to_dict()
    assert result["model"] == {"name": "tiny", "manifest": None}
    assert home in found.path.parents


@pytest.mark.parametrize("at", [["--at", "-33.9,151.2"], ["--at=-33.9,151.2"], ["--at", "33°54'S 151°12'E"]])
def test_places_in_the_south_are_understood(tmp_path: Path, southern: Path, at: list[str]) -> None:
    out = tmp_path / "sydney.png"
    line = ["generate", *at, "--model", str(southern), "--heading", "-90", "--num-inference-steps", "2"]
    assert main([*line, "--out", str(out)]) == 0
    request = recall(out)
    assert isinstance(request, ImageRequest)
    assert str(request.place) == "-33.900000, 151.200000"
    assert (request.heading, request.model) == (270.0, "sydney")


def test_generate_has_a_flag_for_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("at", "out", "model", *(each.name for each in fields(PictureSettings))):
        assert f"--{name.replace('_', '-')}" in shown


def test_without_a_word_the_guidance_is_the_models_own(tmp_path: Path, southern: Path) -> None:
    line = [
        "generate",
        "--model",
        str(southern),
        "--num-inference-steps",
        "1",
        "--out",
        str(tmp_path / "a.png"),
    ]
    assert main(line) == 0
    request = recall(tmp_path / "a.png")
    assert isinstance(request, ImageRequest)
    assert (request.guidance_scale, request.gps_guidance_scale) == (1.5, 2.5)
    assert main([*line, "--guidance-scale", "0", "--gps-guidance-scale", "7.5"]) == 0
    request = recall(tmp_path / "a.png")
    assert isinstance(request, ImageRequest)
    assert (request.guidance_scale, request.gps_guidance_scale) == (0.0, 7.5)


def test_what_the_model_does_not_know_is_a_notice_on_stderr(
    tmp_path: Path, southern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [
        "generate",
        "--at",
        "-33.7,151.2",
        "--model",
        str(southern),
        "--num-inference-steps",
        "1",
        "--json",
    ]
    assert main([*line, "--out", str(tmp_path / "a.png")]) == 0
    out, err = capsys.readouterr()
    (said,) = json.loads(out)["notices"]
    assert said.startswith("This place is 11.1 km outside of what the model knows")
    assert err == f"notice: {said}\n"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("generate --at 91,0", "latitude 91 is not on Earth"),
        ("generate --at nowhere --model tiny", 'there is no place "nowhere" here; write coordinates like 40'),
        ("generate --model paris", "there is no model 'paris'; there are tiny"),
        ("generate --heading 90 --model tiny", "this model has no condition 'heading'"),
        ("generate --num-inference-steps 0", "num_inference_steps is 0"),
        ("generate --seed x", "Error parsing --seed"),
        ("generate --sed 3", "Unrecognized options: --sed, 3; perhaps --seed was meant; see"),
        ("generate --out picture.gif --model tiny", "a picture cannot be written as 'picture.gif'"),
        (f"generate --prompt {'x' * 10_000}", "the prompt has 10,000 characters; shorten it to 2,000"),
        ("check", "Missing from"),
        ("check paris", "there is no model 'paris'"),
        ("ingest --out c", "there is nothing to ingest"),
        ("ingest photos --out c --region 1,2,3,4.5.6", "1,2,3,4.5.6 is not a box"),
        ("train gps c --out m --preset fast", "there is no preset 'fast'; choose from demo"),
        ("train gps c --out m --learning-rate 5", "learning_rate is 5"),
        ("world photos --out p --count 0", "count is 0; choose a whole number from 1 to"),
        (
            "world photos --out p --count 2 --hour 13",
            "the light has an hour but no month; give both, or neither",
        ),
        (
            "world photos --out p --count 2 --month 6",
            "the light has a month but no hour; give both, or neither",
        ),
        ("world photos --out p --count 2 --hour 25 --month 6", "hour is 25.0; choose a number from 0 to 24"),
        ("train sound c --out m", "Unrecognized or misplaced options: sound c --out m"),
        (
            "paint",
            "Unrecognized options: paint; choose from ingest, world, train, generate, average, walk, orbit, "
            "reconstruct, sfm, grid, attend, atlas, belong, evidence, history, models, check, serve",
        ),
        ("", "Expected one of"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    line: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 2
    assert one_line(capsys).startswith(sentence)


def test_a_mistake_is_json_too_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--at", "91,0", "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": "BadPlace", "message": err.strip()}


def test_our_own_mistake_is_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Studio, *arguments: object, **options: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(Studio, "run", broken)
    assert main(["generate", *QUICK]) == 1
    assert one_line(capsys).startswith("unexpected ZeroDivisionError: division by zero")
    monkeypatch.setenv("GENIUS_LOCI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["generate", *QUICK])


def test_models_lists_what_there_is(home: Path, southern: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(southern, home / "checkpoints" / "sydney")
    broken = home / "checkpoints" / "broken"
    broken.mkdir()
    (broken / "place.json").write_text("{")
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["broken", "sydney", "tiny"]
    assert "not usable" in lines[0]
    assert "heading; -34.0000,151.0000 to -33.8000,151.3000" in lines[1]
    assert "untrained" in lines[2]
    assert main(["models", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in entries] == ["broken", "sydney", "tiny"]
    assert entries[1]["box"] == {"south": -34.0, "west": 151.0, "north": -33.8, "east": 151.3}


def test_check_finds_a_changed_file(
    tmp_path: Path, southern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(southern, tmp_path / "sydney")
    assert main(["check", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("sydney is whole")
    (folder / "scheduler" / "scheduler_config.json").write_text("{}")
    assert main(["check", str(folder)]) == 2
    assert "hash differs" in one_line(capsys)
    assert main(["check", "tiny"]) == 0


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in ("ingest", "world", "train", "generate", "models", "check", "serve"))


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from engine.cli import main; main(['--help']); "
        "print([name for name in ('torch', 'diffusers', 'transformers', 'numpy', 'PIL', 'gradio', 'pyarrow') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_shows_the_numbers_of_the_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "gps", "--preset=demo", "--help"]) == 0
    assert "--max-train-steps" in capsys.readouterr().out


def test_ctrl_c_stops_in_one_line(tmp_path: Path) -> None:
    line = ["generate", *MOMA, "--model", "tiny", "--num-inference-steps", "999", "--width-px", "512"]
    process = subprocess.Popen(
        [sys.executable, "-m", "engine", *line, "--out", str(tmp_path / "never.png")],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 20
        while not is_loading_torch(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (130, "", "stopped\n")
    assert list(tmp_path.iterdir()) == []


def is_loading_torch(pid: int) -> bool:
    """Whether a process has come so far, which is not yet very far; told by its memory where there is /proc."""
    maps = Path(f"/proc/{pid}/maps")
    return "libtorch" in maps.read_text() if maps.exists() else False


def test_a_picture_can_be_opened_by_anyone(tmp_path: Path) -> None:
    for suffix in (".png", ".jpg", ".webp"):
        out = tmp_path / "sub" / f"picture{suffix}"
        assert main(["generate", *QUICK, "--out", str(out)]) == 0
        with Image.open(out) as image:
            assert image.size == (64, 64)
