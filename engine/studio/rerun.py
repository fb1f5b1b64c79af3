"""Rerun: a picture of the gallery made once more from what its file says, and held against it byte by byte."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadRequest
from engine.studio.gallery import Artefact
from engine.studio.jobs import CancelToken, Progress
from engine.studio.judging import judge_identity
from engine.studio.requests import PictureRequest

if TYPE_CHECKING:
    from engine.studio.studio import Studio


def rerun(
    studio: "Studio",
    artefact: Artefact,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: CancelToken | None = None,
) -> Artefact:
    """The picture, untouched, with the seconds that it took to make it again in a folder that is gone afterwards.

    `details["differing"]` names those of its files whose bytes are others now; where nothing but the seed, the request
    and the model decides, it is empty. Raises BadRequest where the model is another one than it was, and what
    `Studio.run` raises.
    """
    assert isinstance(artefact.request, PictureRequest)
    model = artefact.request.model
    if artefact.details.get("model") != studio.shelf.get(model).identity:
        raise BadRequest(
            f"the model {model!r} has changed since it made {artefact.id}, and would make another picture; "
            "press Make to see which, or put the old model back"
        )
    judge = judge_identity(studio.shelf.get(model).path) if artefact.request.judged else None
    if artefact.details.get("judge") != judge:
        raise BadRequest(
            f"the judge of {model!r} is not the one that judged {artefact.id}; press Make to see what this one says, "
            "or put the old one back"
        )
    with tempfile.TemporaryDirectory(prefix="genius-loci-") as folder:
        again = studio.run(artefact.request, on_progress, cancel, Path(folder) / artefact.path.name)
        before = [artefact.path, *artefact.files.values()]
        differing = [old.name for old in before if _digest(old) != _digest(again.path.with_name(old.name))]
    return replace(artefact, seconds=again.seconds, details={**artefact.details, "differing": differing})


def _digest(path: Path) -> str | None:
    """Hash of a file's bytes, None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
