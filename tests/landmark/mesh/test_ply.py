"""PLY: the way back through trimesh, closed, with a colour for each vertex."""

import io
import json

import numpy as np
import pytest
import trimesh

from engine.landmark.mesh.ply import ply


def test_round_trip(mesh, georeference, quarters) -> None:
    shape = trimesh.load(io.BytesIO(ply(mesh, georeference)), file_type="ply", process=False)
    assert shape.is_watertight
    assert shape.volume == pytest.approx(4 / 3 * np.pi * 23**3, rel=0.03)  # where half of the light has ended
    assert shape.triangles == pytest.approx(georeference.metres(mesh.vertices)[mesh.faces], abs=1e-4)
    east, north, up = (shape.vertices - [0, 0, 25]).T
    bearing_deg = np.degrees(np.arctan2(east, north)) % 360
    for middle_deg, colour in quarters.items():
        inside = (abs(up) < 12) & (abs((bearing_deg - middle_deg + 180) % 360 - 180) < 25)
        assert inside.sum() > 10
        assert abs(shape.visual.vertex_colors[inside, :3].astype(int) - colour).max() <= 2
    assert (shape.vertex_normals * (shape.vertices - [0, 0, 25])).sum(axis=1).min() > 0


def test_the_header_says_where_it_stands(mesh, georeference) -> None:
    header = ply(mesh, georeference, {"seed": 7}).split(b"end_header")[0].decode().splitlines()
    said = [line.removeprefix("comment ") for line in header if line.startswith("comment ")]
    assert said[0] == "Genius Loci: metres, x east, y north, z up"
    assert json.loads(said[1])["genius-loci"] == {"seed": 7}
    assert "mikedh" not in "".join(said)
