"""3D Tiles: a tileset that puts a GLB at its place on the globe."""

import json
from urllib.parse import quote

import numpy as np

from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference


def tileset(glb_name: str, mesh: TexturedMesh, georeference: Georeference) -> bytes:
    """The file: 3D Tiles 1.1 (OGC 22-025r4) with one tile, the GLB of that name in the same folder.

    The tile's frame is east, north and up in metres (viewers turn a glTF's y-up themselves). Heights are above the
    ellipsoid, so where `ground_height_m` is unknown a globe with terrain shows the mesh too high or too low, by as much
    as 100 m.
    """
    points = georeference.metres(mesh.vertices)
    low, high = points.min(axis=0), points.max(axis=0)
    box = [*((low + high) / 2), *np.diag((high - low) / 2).ravel()]
    tree = {
        "asset": {"version": "1.1", "extras": {"georeference": georeference.to_dict()}},
        # In metres: what is amiss while the tile is not shown at all, and nothing once it is.
        "geometricError": float(np.linalg.norm(high - low)),
        "root": {
            "transform": georeference.local_to_earth.T.ravel().tolist(),  # column after column
            "boundingVolume": {"box": [float(number) for number in box]},
            "geometricError": 0.0,
            "refine": "ADD",
            "content": {"uri": quote(glb_name)},
        },
    }
    return (json.dumps(tree, indent=2) + "\n").encode()
