"""Gallery: the pictures that were made, as files that carry the whole request they came from."""

import errno
import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.errors import BadFile, BadRequest, DiskFull, UserError
from engine.photos.stamp import read_provenance, write_picture
from engine.studio.made import Made
from engine.studio.requests import PictureRequest, Request, request_from_dict
from engine.studio.stars import read_stars, write_stars


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
    files: Mapping[str, Path] = field(default_factory=dict)
    """Files that belong to a picture, by what their names have after its own: ".disagreement.png"."""

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
            **({"files": [str(path) for path in self.files.values()]} if self.files else {}),
            **self.details,
        }


class Gallery:
    """A folder of `<id>.png`, from which all that is known of a result is read, and of `<id>.*` that belong to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, tuple[tuple[int, int], Artefact | None]] = {}
        self._stars = folder / "stars.json"
        self._starring = threading.Lock()

    def add(
        self,
        made: Made,
        request: PictureRequest,
        model: Mapping[str, Any],
        seconds: float | None = None,
        notices: Sequence[str] = (),
    ) -> Artefact:
        """The result written into the gallery; making it again writes the same bytes to the same files.

        `model` says which model it was: its name and the hash of its manifest. DiskFull on a full disk.
        """
        path = self.folder / f"{picture_id(request, model)}.png"
        return write_artefact(path, made, request, model, seconds, notices)

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
        """Remove the picture with this id and what belongs to it; BadRequest where there is none."""
        artefact = self.get(id)
        for path in (artefact.path, *artefact.files.values()):
            path.unlink(missing_ok=True)
        self._read.pop(artefact.path, None)
        self._mark(id, False)

    def star(self, id: str, on: bool) -> None:
        """Give the picture with this id a star, or take it; BadRequest where there is none. Raises DiskFull."""
        self.get(id)
        self._mark(id, on)

    def starred(self) -> frozenset[str]:
        """Ids of the pictures with a star; one whose picture is gone has none."""
        listed = read_stars(self._stars)
        return frozenset(id for id in listed if _ID.fullmatch(id) and (self.folder / f"{id}.png").is_file())

    def _mark(self, id: str, on: bool) -> None:
        with self._starring:
            before = read_stars(self._stars)
            after = self.starred() | {id} if on else self.starred() - {id}
            if after != before:
                write_stars(self._stars, after)

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
    if not isinstance(request, PictureRequest):
        raise BadFile(f"{path.name} was not made as a picture of a place; choose one that was")
    told = provenance.get("details")
    details = _details(
        provenance.get("model", {}), provenance.get("notices", ()), told if isinstance(told, Mapping) else {}
    )
    created_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Artefact(path, request, id, created_at, details=details)


def picture_id(request: PictureRequest, model: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that stand for this request of this model."""
    whole = json.dumps([request.to_dict(), dict(model)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def write_artefact(
    path: Path,
    made: Made,
    request: PictureRequest,
    model: Mapping[str, Any],
    seconds: float | None = None,
    notices: Sequence[str] = (),
) -> Artefact:
    """The picture written at `path`, whose folder is made, with its place, its whole request and its notices inside,
    and beside it the files that belong to it.

    Where `path` is named as one of those files, only that one is written. Where the file is not to tell the place, it
    has no notices either. Raises DiskFull, which leaves nothing
    half-written, and BadRequest where the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        kind = DiskFull if error.errno == errno.ENOSPC else BadRequest
        raise kind(f"the folder {path.parent} cannot be made: {error.strerror or error}") from error
    if (ending := path.suffix.lower()) in made.files:
        made.files[ending](path)
        return _written(path, made, request, model, seconds, notices)
    files = {ending: path.with_name(path.stem + ending) for ending in made.files}
    for ending, file in files.items():
        made.files[ending](file)
    write_picture(
        path,
        made.image,
        place=request.where,
        heading_deg=request.heading,
        caption=request.prompt or None,
        provenance={
            "request": request.to_dict(),
            **_details(dict(model), notices if request.gps_in_exif else ()),
            **({"details": dict(made.details)} if made.details else {}),
        },
        gps=request.gps_in_exif,
    )
    return replace(_written(path, made, request, model, seconds, notices), files=files)


def _written(
    path: Path,
    made: Made,
    request: PictureRequest,
    model: Mapping[str, Any],
    seconds: float | None,
    notices: Sequence[str],
) -> Artefact:
    created_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    details = _details(dict(model), notices, made.details)
    return Artefact(path, request, picture_id(request, model), created_at, seconds, details)


_ID = re.compile("[0-9a-f]{16}")


def _details(model: Any, notices: Any, others: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What there is to know of a picture beside its request; a file from elsewhere may say anything as its notices."""
    said = [each for each in notices if isinstance(each, str)] if isinstance(notices, list | tuple) else []
    return dict(others or {}) | ({"model": model, "notices": said} if said else {"model": model})


def _provenance(path: Path) -> Mapping[str, Any]:
    provenance = read_provenance(path)
    if not isinstance(provenance, Mapping) or "request" not in provenance:
        raise BadFile(f"{path.name} does not say how it was made; choose a picture made by this program")
    return provenance


def _artefact_of(path: Path) -> Artefact | None:
    try:
        artefact = recall_picture(path, path.stem)
    except UserError:
        return None
    beside = sorted(path.parent.glob(f"{path.stem}[.-]*"))
    files = {each.name.removeprefix(path.stem): each for each in beside if each != path}
    return replace(artefact, files=files)
