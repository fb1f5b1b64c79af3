"""Export: the mesh as the file that its name asks for, and beside a GLB what puts it on the globe; all or nothing."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from engine.atomic import writing_file
from engine.errors import BadRequest
from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference
from engine.landmark.mesh.glb import glb
from engine.landmark.mesh.kml import kml
from engine.landmark.mesh.obj import obj
from engine.landmark.mesh.ply import ply
from engine.landmark.mesh.tileset import tileset


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
    what a globe calls it. Files of these names are replaced once all of the new ones are written. Raises BadRequest
    for another ending and where nothing can be written, DiskFull where there is no room.
    """
    stem = path.stem
    match path.suffix.lower():
        case ".glb":
            files = {
                path.name: glb(mesh, georeference, provenance),
                f"{stem}-tileset.json": tileset(path.name, mesh, georeference),
                **kml(stem, mesh, georeference, name),
            }
        case ".obj":
            written = obj(stem, mesh, georeference, provenance)
            files = {path.name: written.pop(f"{stem}.obj"), **written}
        case ".ply":
            files = {path.name: ply(mesh, georeference, provenance)}
        case _:
            raise BadRequest(
                f"a mesh cannot be written as {path.name!r}; its name must end in .glb, .obj or .ply"
            )
    with ExitStack() as stack:
        for file, data in files.items():
            stack.enter_context(writing_file(path.with_name(file))).write_bytes(data)
    return tuple(path.with_name(file) for file in files)
