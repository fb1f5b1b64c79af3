"""OBJ: the way back through trimesh, with material, texture and what the comment says."""

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from engine.landmark.mesh.obj import obj


@pytest.mark.parametrize("stem", ["arc", "Arc de Triomphe"])
def test_round_trip(mesh, georeference, quarters, tmp_path: Path, stem: str) -> None:
    files = obj(stem, mesh, georeference, {"seed": 7})
    assert set(files) == {f"{stem}.obj", f"{stem}.mtl", f"{stem.replace(' ', '-')}-texture.png"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    shape = trimesh.load(tmp_path / f"{stem}.obj", process=False)
    assert len(shape.faces) == len(mesh.faces)
    assert shape.triangles == pytest.approx(georeference.metres(mesh.vertices)[mesh.faces], abs=1e-4)
    assert shape.visual.uv[shape.faces] == pytest.approx(mesh.uv[mesh.faces], abs=1e-5)
    assert np.array_equal(np.asarray(shape.visual.material.image.convert("RGB")), mesh.texture)
    assert list(shape.visual.material.diffuse[:3]) == [255, 255, 255]
    normals = shape.vertex_normals[shape.faces]
    assert (normals * mesh.normals[mesh.faces]).sum(-1).min() > 0.99


def test_the_comment_says_where_it_stands(mesh, georeference) -> None:
    lines = obj("arc", mesh, georeference, {"seed": 7})["arc.obj"].decode().splitlines()
    assert lines[0] == "# Genius Loci: metres, x east, y north, z up"
    told = json.loads(lines[1].removeprefix("# "))
    assert told["genius-loci"] == {"seed": 7}
    assert told["georeference"]["latitude"] == 48.8738
