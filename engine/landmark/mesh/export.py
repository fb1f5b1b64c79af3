"""Export: the mesh as the file that its name asks for, and beside a GLB what puts it on the globe."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import BadRequest
from engine.landmark.mesh.georeference import Georeference
from engine.landmark.mesh.glb import write_glb
from engine.landmark.mesh.kml import write_kml
from engine.landmark.mesh.obj import write_obj
from engine.landmark.mesh.ply import write_ply
from engine.landmark.mesh.texture import TexturedMesh
from engine.landmark.mesh.tiles import write_tileset

_WRITERS = {".glb": write_glb, ".obj": write_obj, ".ply": write_ply}


def export_mesh(
    path: Path,
    mesh: TexturedMesh,
    georeference: Georeference,
    provenance: Mapping[str, Any] | None = None,
    *,
    name: str = "Landmark",
) -> tuple[Path, ...]:
    """The files written: `path` first, which ends in .glb, .obj or .ply, and those that belong to it.

    With NAME.glb come NAME-tileset.json (3D Tiles) and NAME.kml with its model, which put it at its place; `name` is
    what a globe calls it. Files of these names are replaced. Raises BadRequest for another ending and where nothing can
    be written, DiskFull where there is no room.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise BadRequest(f"a mesh cannot be written as {path.name!r}; its name must end in .glb, .obj or .ply")
    written = writer(path, mesh, georeference, provenance)
    if path.suffix.lower() == ".glb":
        written += write_tileset(path.with_name(f"{path.stem}-tileset.json"), mesh, georeference, path.name)
        written += write_kml(path.with_suffix(".kml"), mesh, georeference, name)
    return path, *(each for each in written if each != path)
