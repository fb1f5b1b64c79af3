"""The verb `sfm`: from a collection to a mesh that says how it was made, or to one sentence."""

import json
from importlib import util
from pathlib import Path

import pytest
import trimesh

from engine.cli import main
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.landmark.mesh.glb import read_extras
from engine.landmark.sfm import mapping
from engine.photos.collection import Collection
from engine.photos.ingest import ingest
from engine.studio.requests import SfmRequest, request_from_dict
from engine.studio.studio import HOME_VARIABLE, Studio

CENTRE = Place(48.8738, 2.2950)
QUICK = {"max_train_steps": 60, "field_cells": 32, "num_samples": 32, "view_px": 32, "rays_per_step": 4096}
MESH = {"resolution": 24, "num_faces": 400, "texture_px": 64}


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


def line(collection: Path, out: Path, *more: str) -> list[str]:
    where = ["--landmark", "Tower", f"--centre={CENTRE}", "--radius-m", "60", "--out", str(out)]
    mesh = [word for name, value in MESH.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    changes = ["--change", *(f"{name}={value}" for name, value in QUICK.items())]
    return ["sfm", str(collection), *where, *mesh, *changes, *more]


def request(**changes) -> SfmRequest:
    given = {"collection": Path("tower"), "out": Path("tower.glb"), "landmark": "Tower"} | changes
    return SfmRequest(**{"centre": CENTRE, "radius_m": 60.0, **given})


def test_photos_become_a_mesh_at_its_place_that_says_how_to_make_it_again(
    tower: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("pycolmap", reason="structure from motion needs pycolmap (pip install pycolmap)")
    out = tmp_path / "tower.glb"
    assert main(line(tower.path, out, "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["photos"], told["registered"]) == (20, 20)
    assert told["gps_residual_m"] < 4
    mesh = trimesh.load(out, force="mesh")
    assert 100 <= len(mesh.faces) <= 600
    east, up, south = mesh.extents  # glTF's axes
    assert 10 < east < 20
    assert 10 < south < 20
    assert 11 < up < 20
    extras = read_extras(out)
    place = extras["georeference"]
    assert (place["latitude"], place["longitude"]) == pytest.approx((CENTRE.latitude, CENTRE.longitude))
    again = request_from_dict(extras["genius-loci"])
    assert isinstance(again, SfmRequest)
    assert (again.collection, again.out) == (Path("tower"), Path("tower.glb"))  # no folders of this computer
    assert (again.overrides, again.num_faces) == (QUICK, 400)
    with pytest.raises(BadRequest, match="the photos of tower are not those that made this mesh"):
        Studio().run(request(collection=tower.path, out=out, photos_sha256="0" * 64))
    assert {path.name for path in tmp_path.iterdir()} >= {"tower.glb", "tower.kml", "tower-tileset.json"}


def test_too_few_registered_photos_are_one_sentence(
    strangers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("pycolmap", reason="structure from motion needs pycolmap (pip install pycolmap)")
    ingest([strangers], tmp_path / "strangers", workers=1)
    assert main(line(tmp_path / "strangers", tmp_path / "tower.glb")) == 2
    complaint = capsys.readouterr().err.strip().splitlines()[-1]
    assert complaint.startswith(
        "0 of 9 photos were registered, too few for structure from motion, which needs 8; "
    )
    assert not list(tmp_path.glob("tower*"))


def test_without_the_library_it_says_how_to_get_it(
    strangers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    known = util.find_spec
    monkeypatch.setattr(mapping, "find_spec", lambda name: None if name == "pycolmap" else known(name))
    ingest([strangers], tmp_path / "strangers", workers=1)
    assert main(line(tmp_path / "strangers", tmp_path / "tower.glb")) == 2
    assert capsys.readouterr().err.endswith("install it with: pip install pycolmap\n")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"out": Path("tower.stl")}, r"cannot be written as 'tower.stl'; end it in .glb, .obj, .ply"),
        ({"overrides": {"colour": 1}}, "there is no setting 'colour'; choose from edge_m"),
        ({"overrides": {"photo_px": 5}}, "photo_px is 5; choose a number from 64 to 8,192"),
        ({"radius_m": 5.0}, "photos from 10 to 5 m away make no ring"),
        ({"landmark": " "}, "the landmark has no name"),
        ({"num_faces": 3}, "num_faces is 3"),
        ({"collection": "tower"}, "collection must be a path"),
        ({"centre": (1, 2)}, "centre must be a Place"),
    ],
)
def test_mistakes_are_told(changes: dict, said: str):
    with pytest.raises(BadRequest, match=said):
        request(**changes).validate()


def test_a_request_travels_as_json():
    asked = request(overrides={"photo_px": 800}, threshold=3.5, crop=(-0.5, -0.5, -1, 0.5, 0.5, 1)).validate()
    assert request_from_dict(json.loads(json.dumps(asked.to_dict()))) == asked
    assert asked.settings.photo_px == 800
    assert asked.mesh.threshold == 3.5
