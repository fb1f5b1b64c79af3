"""The verb `reconstruct`: a landmark grows, becomes a mesh at its place, goes on where it was stopped."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest, Cancelled
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.network import JudgeNetwork
from engine.evaluation.judges.questions import side_questions
from engine.geo.place import Place
from engine.landmark.mesh.glb import read_extras
from engine.studio.gallery import recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import ReconstructRequest, request_from_dict
from engine.studio.rerun import rerun
from engine.studio.studio import HOME_VARIABLE, Studio

CENTRE = Place(55.7040, 13.1935)
FAR_DEG = 0.0009  # 100 m to the north
QUICK = {
    "method": "sds",
    "max_train_steps": 4,
    "anneal_steps": 2,
    "field": "voxels",
    "field_cells": 20,
    "render_px": 16,
    "num_samples": 16,
    "guidance_weight": 1.0,
    "state_every_steps": 1,
    "preview_px": 16,
}
COARSE = {"resolution": 24, "num_faces": 400, "texture_px": 64}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a model of a landmark that was learned from photos 100 m north of it, and a model of a city."""
    home = tmp_path_factory.mktemp("home")
    card = PlaceCard(
        name="Cathedral",
        conditions=("azimuth",),
        kind="angle",
        centre=CENTRE,
        azimuth_counts=(9,) * 27 + (0,) * 9,
        resolution_px=64,
    )
    pipe = build_tiny(card)
    north = np.full(12, CENTRE.latitude + FAR_DEG)
    pipe.photo_places = PhotoPlaces(north, np.full(12, CENTRE.longitude))
    save_pipeline(pipe, home / "checkpoints" / "lund-cathedral")
    save_pipeline(build_tiny(PlaceCard("Lund", resolution_px=64)), home / "checkpoints" / "lund")
    return home


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))


def line(*more: str) -> list[str]:
    """A command that takes seconds."""
    changes = [
        f"{name}={json.dumps(value) if not isinstance(value, str) else value}"
        for name, value in QUICK.items()
    ]
    mesh = [word for name, value in COARSE.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return ["reconstruct", "--landmark", "cathedral", "--change", *changes, *mesh, *more]


def request(**changes) -> ReconstructRequest:
    given = {"model": "lund-cathedral", "overrides": QUICK, **COARSE} | changes
    return ReconstructRequest(**given).validate()


@pytest.fixture(scope="module")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of the landmark with all of its files beside it."""
    out = tmp_path_factory.mktemp("out") / "cathedral.png"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(home))
        assert main(line("--out", str(out))) == 0
    return out


def test_the_mesh_stands_at_its_place_and_says_how_its_size_is_known(made: Path):
    mesh = trimesh.load(made.with_suffix(".glb"), force="mesh")
    assert 100 <= len(mesh.faces) <= 600
    extras = read_extras(made.with_suffix(".glb"))
    told = extras["georeference"]
    assert (told["latitude"], told["longitude"]) == (CENTRE.latitude, CENTRE.longitude)
    assert told["scale_note"].startswith(
        "estimated from the GPS of 12 photos, taken 100 m away in the median"
    )
    # The cameras are 2.53 half cubes away along 18 degrees, so 100 m are 2.41 of them.
    assert told["scale_m"] == pytest.approx(100.2 / (2.53 * np.cos(np.radians(18))), rel=0.01)
    assert told["centre_height_m"] == pytest.approx(1.6 + 100.2 * np.tan(np.radians(18)), rel=0.01)
    assert mesh.extents.max() < 2.01 * told["scale_m"]
    assert request_from_dict(extras["genius-loci"]) == request()


def test_the_picture_tells_the_request_and_all_files_lie_beside_it(made: Path):
    assert recall(made) == request()
    beside = {path.name.removeprefix("cathedral") for path in made.parent.iterdir()}
    assert beside >= {".png", ".glb", ".obj", ".mtl", ".ply", ".kml", ".dae", "-tileset.json", "-texture.png"}
    with Image.open(made) as picture:
        assert picture.size == (320, 320)
        assert np.asarray(picture).std() > 2  # something stands on the paper


def test_a_mesh_with_other_settings_is_of_the_same_field(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def grow(*args, **kwargs):
        raise AssertionError("the field was grown again")

    monkeypatch.setattr("engine.landmark.distillation.run.distil", grow)
    out = tmp_path / "fine.ply"
    assert main([*line("--out", str(out)), "--num-faces", "150"]) == 0
    assert len(trimesh.load(out).faces) < len(trimesh.load(made.with_suffix(".ply")).faces)
    with pytest.raises(AssertionError, match="grown again"):
        Studio().run(request(seed=5))


def test_made_again_all_of_its_files_have_the_same_bytes():
    studio = Studio()
    artefact = studio.gallery.get(studio.run(request(seed=3)).id)
    assert {".glb", ".mtl", "-texture.png", "-tileset.json"} <= set(artefact.files)
    assert rerun(studio, artefact).details["differing"] == []
    artefact.files["-tileset.json"].write_text("{}")
    artefact.files[".kmz"] = artefact.path.with_suffix(".kmz")
    artefact.files[".kmz"].write_text("of another time")
    named = {name.removeprefix(artefact.id) for name in rerun(studio, artefact).details["differing"]}
    assert named == {"-tileset.json", ".kmz"}
    studio.gallery.delete(artefact.id)


def test_what_was_stopped_goes_on_there(home: Path):
    token, seen = CancelToken(), []

    def stop_at_three(progress: Progress) -> None:
        seen.append(progress.done)
        if progress.done == 3:
            token.cancel()

    with pytest.raises(Cancelled):
        Studio().run(request(seed=7), stop_at_three, token)
    assert max(seen) == 3
    again: list[Progress] = []
    artefact = Studio().run(request(seed=7), again.append)
    assert min(each.done for each in again if each.message.startswith("step")) == 4
    assert any(each.preview is not None for each in again)
    assert artefact.details["steps"] == 4
    assert artefact.details["meters"]["opacity"] > 0
    in_gallery = Studio().gallery.get(artefact.id)
    assert {".glb", "-tileset.json", ".kml"} <= set(in_gallery.files)
    Studio().gallery.delete(artefact.id)
    assert not list((home / "gallery").glob(f"{artefact.id}*"))


def test_a_judge_of_its_sides_reads_the_growing_landmark(home: Path):
    def sides_of(seed: int) -> tuple[float | None, str]:
        seen: list[Progress] = []
        artefact = Studio().run(request(seed=seed), seen.append)
        Studio().gallery.delete(artefact.id)
        steps = [each.message for each in seen if each.message.startswith("step")]
        return artefact.details["meters"].get("sides"), steps[-1]

    share, message = sides_of(11)
    assert share is None
    assert "sides" not in message
    questions = side_questions()
    network = JudgeNetwork(questions, 4)
    with torch.no_grad():  # whatever it sees, it says north
        network.heads["bin"].weight.zero_()
        network.heads["bin"].bias.zero_()[0] = 1
    folder = Judge(network, questions, 32, 4).save(home / "checkpoints" / "lund-cathedral.sides")
    try:
        share, message = sides_of(12)
        assert share == 1 / 8  # one of the eight views is from the north
        assert message.endswith("sides right 12 %")
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--change", "rounds"], "'rounds' changes no setting; write it as NAME=VALUE"),
        (["--change", "colour=red"], "there is no setting 'colour'; choose from"),
        (["--preset", "quick"], "there is no preset 'quick'; choose from draft"),
        (["--crop", "0", "0", "0", "0", "1", "1"], "the crop box goes from 0 to 0 east"),
        (["--model", "lund"], "Lund is no landmark whose sides the model knows"),
        (["--out", "cathedral.stl"], "end it in"),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(["reconstruct", "--landmark", "cathedral", *words]) == 2
    complaint = capsys.readouterr().err.strip().splitlines()[-1]
    assert said in complaint


def test_a_request_travels_as_json_and_has_no_settings_of_pictures():
    asked = request(threshold=4.5, crop=(-0.5, -0.5, -1, 0.5, 0.5, 1), hour=9.0)
    told = json.loads(json.dumps(asked.to_dict()))
    assert request_from_dict(told) == asked
    assert "azimuth" not in told
    assert asked.distillation.hour == 9.0
    assert asked.of_field == ReconstructRequest("lund-cathedral", overrides=QUICK, hour=9.0).validate()
    with pytest.raises(BadRequest, match="heading is for a single picture"):
        request(heading=90.0)
    with pytest.raises(BadRequest, match="a mesh stands at its place on Earth and says where that is"):
        request(gps_in_exif=False)
