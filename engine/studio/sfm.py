"""A landmark in 3D from its photos alone, in the making: cameras found, a field fitted, a mesh at its place written."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadRequest
from engine.studio.gallery import Artefact
from engine.studio.jobs import CancelToken, Progress
from engine.studio.requests import SfmRequest

if TYPE_CHECKING:
    from engine.photos.collection import Collection


def make_from_photos(
    request: SfmRequest, on_progress: Callable[[Progress], None], cancel: CancelToken, started: float
) -> Artefact:
    """The mesh in the request's file, which carries the request without the folders of this computer.

    `details` have the landmark's place, how its scale is known, how many photos were registered and how well they fit.
    Raises MissingExtra, BadCollection, BadRequest, EmptyField, TrainingDiverged, DiskFull, Cancelled.
    """
    from engine.landmark.mesh.export import export_mesh
    from engine.landmark.mesh.meshing import make_mesh
    from engine.landmark.sfm.run import landmark_from_photos
    from engine.photos.collection import Collection

    if not request.out.resolve().parent.is_dir():
        raise BadRequest(f"there is no folder {request.out.parent} for the mesh; make it first")
    collection = Collection.open(request.collection)
    digest = _digest(collection)
    if request.photos_sha256 not in (None, digest):
        raise BadRequest(
            f"the photos of {request.collection.name} are not those that made this mesh; leave photos_sha256 out to "
            "make another one of them"
        )

    def on_step(message: str, done: int, total: int) -> None:
        on_progress(Progress(done, total, message))
        cancel.check()

    found = landmark_from_photos(collection, request.ring, request.settings, on_step)
    mesh = make_mesh(
        found.field,
        request.mesh,
        occupancy=found.occupancy,
        on_step=lambda step: on_step(f"making the mesh: {step}", 0, 0),
    )
    told = replace(
        request, collection=Path(collection.name), out=Path(request.out.name), photos_sha256=digest
    )
    export_mesh(request.out, mesh, found.georeference, told.to_dict(), name=request.landmark)
    details = {
        "georeference": found.georeference.to_dict(),
        "faces": len(mesh.faces),
        "photos": found.photos,
        "registered": found.registered,
        "reprojection_error_px": round(found.error_px, 3),
        "gps_residual_m": round(found.residual_m, 2),
        "scale_error": round(found.scale_error, 4),
        "north_error_deg": round(found.north_error_deg, 2),
        "psnr": round(found.psnr, 2),
    }
    seconds = time.monotonic() - started
    return Artefact(request.out, request, request.out.name, datetime.now(UTC), seconds, details)


def _digest(collection: "Collection") -> str:
    """Hash of the hashes and places of all photos, in their order."""
    whole = hashlib.sha256()
    for name in ("sha256", "latitude", "longitude"):
        whole.update(repr(collection.photos[name].to_pylist()).encode())
    return whole.hexdigest()
