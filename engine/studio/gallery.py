"""Gallery: the pictures that were made, as files that carry the whole request they came from."""

import errno
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadFile, BadRequest, DiskFull, UserError
from engine.photos.stamp import read_provenance, write_picture
from engine.studio.requests import ImageRequest, Request, request_from_dict

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Artefact:
    """What a request became: a picture, a collection or a model, and the request itself."""

    path: Path
    """File or folder that was written."""
    request: Request
    id: str
    """Name in the gallery: the same request of the same model has the same id."""
    created_at: datetime
    """When it was written, in UTC."""
    seconds: float | None = None
    """How long the work took; None for a picture found in the gallery."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else there is to know, JSON-safe: the model and its hash, notices, or how many photos were refused."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what a picture cannot be trusted in."""
        return tuple(self.details.get("notices", ()))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, as `--json` prints it."""
        return {
            "path": str(self.path),
            "id": self.id,
            "created_at": self.created_at.isoformat(),
            "seconds": self.seconds,
            "request": self.request.to_dict(),
            **self.details,
        }


class Gallery:
    """A folder of `<id>.png`, and nothing else: what is known of a picture is read from its file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, tuple[tuple[int, int], Artefact | None]] = {}

    def add(
        self,
        image: "Image",
        request: ImageRequest,
        model: Mapping[str, Any],
        seconds: float | None = None,
        notices: Sequence[str] = (),
    ) -> Artefact:
        """The picture written into the gallery; making it again writes the same bytes to the same file.

        `model` says which model it was: its name and the hash of its manifest. DiskFull on a full disk.
        """
        path = self.folder / f"{picture_id(request, model)}.png"
        return write_artefact(path, image, request, model, seconds, notices)

    def list(self) -> tuple[Artefact, ...]:
        """Every picture in the folder, newest first; files that are no pictures of ours are passed over."""
        paths = self.folder.glob("*.png") if self.folder.is_dir() else ()
        found = [artefact for path in paths if _ID.fullmatch(path.stem) and (artefact := self._open(path))]
        return tuple(sorted(found, key=lambda artefact: (artefact.created_at, artefact.id), reverse=True))

    def get(self, id: str) -> Artefact:
        """The picture with this id; BadRequest where there is none."""
        if _ID.fullmatch(id) and (artefact := self._open(self.folder / f"{id}.png")):
            return artefact
        raise BadRequest(f"the gallery has no picture {id[:40]!r}; it may have been deleted")

    def delete(self, id: str) -> None:
        """Remove the picture with this id; BadRequest where there is none."""
        path = self.get(id).path
        path.unlink(missing_ok=True)
        self._read.pop(path, None)

    def _open(self, path: Path) -> Artefact | None:
        """What the file says of itself, read again only when the file has changed."""
        try:
            stat = path.stat()
        except OSError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_size)
        if path not in self._read or self._read[path][0] != stamp:
            self._read[path] = (stamp, _artefact_of(path))
        return self._read[path][1]


def recall(path: Path) -> Request:
    """The request that made a picture, out of the picture itself; BadFile where it carries none."""
    return request_from_dict(_provenance(path)["request"])


def recall_picture(path: Path, id: str = "") -> Artefact:
    """A picture of a place with all that its file says of it; BadFile where it was not made as one."""
    provenance = _provenance(path)
    request = request_from_dict(provenance["request"])
    if not isinstance(request, ImageRequest):
        raise BadFile(f"{path.name} was not made as a picture of a place; choose one that was")
    details = _details(provenance.get("model", {}), provenance.get("notices", ()))
    created_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Artefact(path, request, id, created_at, details=details)


def picture_id(request: ImageRequest, model: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that stand for this request of this model."""
    whole = json.dumps([request.to_dict(), dict(model)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def write_artefact(
    path: Path,
    image: "Image",
    request: ImageRequest,
    model: Mapping[str, Any],
    seconds: float | None = None,
    notices: Sequence[str] = (),
) -> Artefact:
    """The picture written at `path`, whose folder is made, with its place, its whole request and its notices inside.

    Where the file is not to tell the place, it has no notices either. Raises DiskFull, which leaves nothing
    half-written, and BadRequest where the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        kind = DiskFull if error.errno == errno.ENOSPC else BadRequest
        raise kind(f"the folder {path.parent} cannot be made: {error.strerror or error}") from error
    write_picture(
        path,
        image,
        place=request.place,
        heading_deg=request.heading,
        caption=request.prompt or None,
        provenance={
            "request": request.to_dict(),
            **_details(dict(model), notices if request.gps_in_exif else ()),
        },
        gps=request.gps_in_exif,
    )
    created_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Artefact(
        path, request, picture_id(request, model), created_at, seconds, _details(dict(model), notices)
    )


_ID = re.compile("[0-9a-f]{16}")


def _details(model: Any, notices: Any) -> dict[str, Any]:
    """What there is to know of a picture beside its request; a file from elsewhere may say anything as its notices."""
    said = [each for each in notices if isinstance(each, str)] if isinstance(notices, list | tuple) else []
    return {"model": model, "notices": said} if said else {"model": model}


def _provenance(path: Path) -> Mapping[str, Any]:
    provenance = read_provenance(path)
    if not isinstance(provenance, Mapping) or "request" not in provenance:
        raise BadFile(f"{path.name} does not say how it was made; choose a picture made by this program")
    return provenance


def _artefact_of(path: Path) -> Artefact | None:
    try:
        return recall_picture(path, path.stem)
    except UserError:
        return None
