"""OBJ: the mesh for modelling programs, with its material and its texture beside it."""

from collections.abc import Mapping
from typing import Any

from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference, comment


def obj(
    stem: str,
    mesh: TexturedMesh,
    georeference: Georeference,
    provenance: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """The files by their names: STEM.obj, STEM.mtl and STEM-texture.png.

    z is up, as surveyors have it; tell a program that expects y up. Place, scale and provenance stand as JSON in a
    comment of the OBJ.
    """
    import trimesh
    from PIL import Image
    from trimesh.exchange.obj import export_obj
    from trimesh.visual.material import SimpleMaterial
    from trimesh.visual.texture import TextureVisuals

    picture, white, black = Image.fromarray(mesh.texture), (255, 255, 255), (0, 0, 0)
    material = SimpleMaterial(
        picture, diffuse=white, ambient=white, specular=black, name=f"{stem}-texture".replace(" ", "-")
    )
    shape = trimesh.Trimesh(
        georeference.metres(mesh.vertices),
        mesh.faces,
        vertex_normals=mesh.normals,
        visual=TextureVisuals(mesh.uv, material),
        process=False,
    )
    text, beside = export_obj(
        shape,
        include_normals=True,
        return_texture=True,
        digits=6,
        mtl_name=f"{stem}.mtl",
        header="\n# ".join(comment(georeference, provenance)),
    )
    return {f"{stem}.obj": text.encode(), **beside}
