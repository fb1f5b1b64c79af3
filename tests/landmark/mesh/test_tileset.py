"""3D Tiles: a vertex of the GLB, sent through the tileset, is where pyproj says that it is on Earth."""

import json

import numpy as np
import pyproj
import pytest

from engine.landmark.mesh.tileset import tileset


def test_the_northernmost_vertex_is_north_of_the_place(mesh, georeference) -> None:
    tree = json.loads(tileset("arc of triumph.glb", mesh, georeference))
    root = tree["root"]
    assert tree["asset"]["version"] == "1.1"
    assert root["content"]["uri"] == "arc%20of%20triumph.glb"
    transform = np.array(root["transform"]).reshape(4, 4).T  # stored column after column
    points = georeference.metres(mesh.vertices)
    earth = (transform @ np.c_[points, np.ones(len(points))].T)[:3]
    longitude, latitude, height = pyproj.Transformer.from_crs(
        "EPSG:4978", "EPSG:4979", always_xy=True
    ).transform(*earth)
    geod = pyproj.Geod(ellps="WGS84")
    bearing, _, distance = geod.inv(2.2950, 48.8738, longitude[(n := points[:, 1].argmax())], latitude[n])
    assert bearing == pytest.approx(0, abs=8)
    assert distance == pytest.approx(np.hypot(*points[n, :2]), rel=1e-3)
    bearing, *_ = geod.inv(2.2950, 48.8738, longitude[(e := points[:, 0].argmax())], latitude[e])
    assert bearing == pytest.approx(90, abs=8)
    assert height == pytest.approx(80 + points[:, 2], abs=0.01)


def test_the_box_holds_the_mesh(mesh, georeference) -> None:
    tree = json.loads(tileset("a.glb", mesh, georeference))
    box = np.array(tree["root"]["boundingVolume"]["box"])
    centre, half = box[:3], np.diag(box[3:].reshape(3, 3))
    off = abs(georeference.metres(mesh.vertices) - centre)
    assert (off <= half + 1e-9).all()
    assert off.max(axis=0) == pytest.approx(half)
    assert tree["geometricError"] > tree["root"]["geometricError"] == 0
    assert tree["asset"]["extras"]["georeference"]["scale_note"].startswith("estimated from the GPS")
