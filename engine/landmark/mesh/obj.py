"""OBJ: the mesh for modelling programs, with its material and its texture beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.landmark.mesh.georeference import Georeference, comment
from engine.landmark.mesh.texture import TexturedMesh, texture_path
from engine.landmark.mesh.together import write_together


def write_obj(
    path: Path,
    mesh: TexturedMesh,
    georeference: Georeference,
    provenance: Mapping[str, Any] | None = None,
) -> tuple[Path, ...]:
    """The files written: the texture, the MTL and, last, the OBJ at `path`.

    z is up, as surveyors have it; tell a program that expects y up. Place, scale and provenance stand as JSON in a
    comment of the OBJ. Raises DiskFull and BadRequest as engine/atomic.py does.
    """
    import trimesh
    from PIL import Image
    from trimesh.exchange.obj import export_obj
    from trimesh.visual.material import SimpleMaterial

    picture, white, black = Image.fromarray(mesh.texture), (255, 255, 255), (0, 0, 0)
    name, mtl = texture_path(path).stem, path.with_suffix(".mtl")
    material = SimpleMaterial(picture, diffuse=white, ambient=white, specular=black, name=name)
    shape = trimesh.Trimesh(
        georeference.metres(mesh.vertices),
        mesh.faces,
        vertex_normals=mesh.normals,
        visual=trimesh.visual.TextureVisuals(mesh.uv_upwards, material),
        process=False,
    )
    header = "\n# ".join(comment(georeference, provenance))
    text, beside = export_obj(
        shape, include_normals=True, return_texture=True, digits=6, mtl_name=mtl.name, header=header
    )
    files = {path.with_name(each): data for each, data in sorted(beside.items(), reverse=True)}
    return write_together({**files, path: text.encode()})
