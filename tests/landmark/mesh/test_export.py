"""Export: the ending chooses the format, what belongs together comes together, and a full disk leaves nothing."""

import json
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trimesh

from engine.errors import BadRequest, DiskFull
from engine.landmark.mesh.export import export_mesh
from engine.landmark.mesh.glb import read_extras


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file may grow beyond `room` bytes, which is the same to its writer as a full disk."""
    limits, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("arc.glb", ["arc-tileset.json", "arc.kml", "arc.dae", "arc-texture.png"]),
        ("arc.OBJ", ["arc.mtl", "arc-texture.png"]),
        ("arc.ply", []),
    ],
)
def test_the_ending_chooses_the_format(mesh, georeference, tmp_path: Path, name: str, beside) -> None:
    folder = tmp_path / "new" / "folder"
    written = export_mesh(folder / name, mesh, georeference, {"seed": 7}, name="Arc")
    assert written[0] == folder / name
    assert sorted(written[1:]) == sorted(folder / each for each in beside)
    assert sorted(folder.iterdir()) == sorted(written)
    loaded = trimesh.load(written[0], file_type=name.rpartition(".")[2].lower(), force="mesh", process=False)
    assert len(loaded.faces) == len(mesh.faces)


def test_what_belongs_to_a_glb_names_it(mesh, georeference, tmp_path: Path) -> None:
    path, *_ = export_mesh(tmp_path / "my arc.glb", mesh, georeference, {"seed": 7})
    tree = json.loads((tmp_path / "my arc-tileset.json").read_bytes())
    assert tree["root"]["content"]["uri"] == "my%20arc.glb"
    assert b"<href>my%20arc.dae</href>" in (tmp_path / "my arc.kml").read_bytes()
    assert read_extras(path)["genius-loci"] == {"seed": 7}


@pytest.mark.parametrize("name", ["arc.stl", "arc"])
def test_another_ending_is_refused(mesh, georeference, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match=rf"'{name}'; its name must end in \.glb, \.obj or \.ply"):
        export_mesh(tmp_path / name, mesh, georeference)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "room"), [("arc.glb", 1_000), ("arc.glb", 60_000), ("arc.obj", 50_000)])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    mesh, georeference, tmp_path: Path, name: str, room: int
) -> None:
    with full_disk(room), pytest.raises(DiskFull, match=rf"the disk is full, so .*{name} was not written"):
        export_mesh(tmp_path / name, mesh, georeference)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_an_older_export_whole(mesh, georeference, tmp_path: Path) -> None:
    written = export_mesh(tmp_path / "arc.glb", mesh, georeference)
    before = {path: path.read_bytes() for path in written}
    glb_bytes, model_bytes = (len(before[tmp_path / name]) for name in ("arc.glb", "arc.dae"))
    assert glb_bytes + 1_000 < model_bytes  # so the new GLB has room, and the model beside it has none
    with full_disk(model_bytes - 1), pytest.raises(DiskFull):
        export_mesh(tmp_path / "arc.glb", mesh, georeference, {"seed": 7})
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_place_that_cannot_be_written_to_is_named(mesh, georeference, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadRequest, match="cannot be written"):
        export_mesh(tmp_path / "file" / "arc.ply", mesh, georeference)
