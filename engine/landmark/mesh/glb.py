"""GLB: the textured mesh as one file that every viewer opens, with its place, its scale and its request inside."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import BadFile
from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference, described

_UNLIT = "KHR_materials_unlit"
_VERTICES, _INDICES = 34_962, 34_963  # what glTF calls ARRAY_BUFFER and ELEMENT_ARRAY_BUFFER
_JSON = 0x4E4F534A


def glb(mesh: TexturedMesh, georeference: Georeference, provenance: Mapping[str, Any] | None = None) -> bytes:
    """The file: glTF 2.0 in metres, x east, y up, z south, the origin on the ground at the place.

    The texture is shown as it is (KHR_materials_unlit), since it has the photos' light in it; viewers without that
    extension light it as something matt. `asset.extras` holds the georeference and, under "genius-loci", the
    provenance. The same arguments give the same bytes.
    """
    import trimesh
    from PIL import Image
    from trimesh.exchange.gltf import export_glb
    from trimesh.visual.material import PBRMaterial
    from trimesh.visual.texture import TextureVisuals

    def finish(tree: dict[str, Any]) -> None:
        extras = described(georeference, provenance)
        extras["georeference"]["axes"] = "x east, y up, z south"
        tree["asset"] |= {"generator": "Genius Loci", "extras": extras}
        tree["extensionsUsed"] = [_UNLIT]
        tree["materials"][0]["extensions"] = {_UNLIT: {}}
        shape = tree["meshes"][0]["primitives"][0]
        for accessor in shape["attributes"].values():
            tree["bufferViews"][tree["accessors"][accessor]["bufferView"]]["target"] = _VERTICES
        tree["bufferViews"][tree["accessors"][shape["indices"]]["bufferView"]]["target"] = _INDICES

    picture = Image.fromarray(mesh.texture)
    material = PBRMaterial("baked", baseColorTexture=picture, metallicFactor=0.0, roughnessFactor=1.0)
    shape = trimesh.Trimesh(
        _y_up(georeference.metres(mesh.vertices)),
        mesh.faces,
        vertex_normals=_y_up(mesh.normals),
        visual=TextureVisuals(mesh.uv, material),  # trimesh turns v downwards, as glTF has it
        process=False,
    )
    scene = trimesh.Scene()
    scene.add_geometry(shape, node_name="landmark", geom_name="landmark")
    return export_glb(scene, include_normals=True, tree_postprocessor=finish)


def read_extras(path: Path) -> dict[str, Any]:
    """What `glb` wrote into `asset.extras`; empty where there is none. Raises BadFile for anything but a GLB."""
    try:
        with path.open("rb") as file:
            magic, version, _, length, kind = struct.unpack("<4sIIII", file.read(20))
            if magic != b"glTF" or version != 2 or kind != _JSON:
                raise ValueError("it does not begin as one")
            extras = json.loads(file.read(length))["asset"].get("extras", {})
    except (OSError, ValueError, struct.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFile(f"{path} cannot be read as a GLB ({error}); export it again") from error
    return extras if isinstance(extras, dict) else {}


def _y_up(vectors: np.ndarray) -> np.ndarray:
    """(N, 3) x east, y up, z south, from east, north, up: the one place where glTF's axes are made."""
    return np.stack([vectors[:, 0], vectors[:, 2], -vectors[:, 1]], axis=1)
