"""Evidence: what real photos say of the picture in the frame, in a part of the page that the visitor may open."""

import hashlib
import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr

from engine.atomic import writing_file
from engine.errors import GeniusLociError
from engine.photos.exif import upright
from engine.photos.opening import opened
from engine.studio.evidence import LikestPhoto, NearPhoto
from engine.studio.gallery import Artefact
from engine.studio.requests import PictureRequest
from ui import text
from ui.answers import at_once
from ui.desk import Desk
from ui.map_document import ASSETS, as_script, file_url
from ui.notice import sentence
from ui.picture import Frame, address
from ui.session import Session

Updates = dict[Any, Any]

PRINT_PX = 640
"""The longer side of a photo as the page shows it."""
_PRINTING = threading.Lock()  # two visitors may look at the same photo at once


class Evidence:
    """How many photos are near, the nearest, and the likest; each may be compared with the picture.

    Nothing is looked up before the page asks for it, which it does while this part of it is open.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        script = (ASSETS / "evidence.js").read_text(encoding="utf-8")
        self.panel = gr.HTML(
            _NONE,
            html_template=(
                f'<details class="evidence" hidden><summary>{text.EVIDENCE}</summary><div class="told"></div></details>'
            ),
            js_on_load=f"const WORDS = {as_script(text.EVIDENCE_WORDS)};\n{script}",
            apply_default_css=False,
            elem_id="evidence",
        )

    def wire(self, session: gr.State) -> None:
        """Answer the page when it asks; its event is `evidence_wanted`."""
        answer = at_once(session)
        self.panel.evidence_wanted(self._tell, session, self.panel, trigger_mode="multiple", **answer)

    def begun(self) -> Updates:
        """What is told of the picture before, marked as such while the next one is on its way."""
        return {self.panel: json.dumps({"waiting": True})}

    def finished(self, session: Session, artefact: Artefact, frame: Frame) -> Updates:
        """A new picture, of which nothing is told yet."""
        session.pictured = artefact
        return {self.panel: json.dumps({"picture": frame.src, "alt": frame.alt, "ratio": frame.ratio})}

    def empty(self, session: Session) -> Updates:
        """Nothing, because there is no picture."""
        session.pictured = None
        return {self.panel: _NONE}

    def _tell(self, session: Session) -> Any:
        """What is known of the session's picture now; the page passes over what is said of one before."""
        artefact = session.pictured
        if artefact is None:
            return gr.skip()
        try:
            return json.dumps({"picture": address(artefact.path), "told": self._told(artefact)})
        except (GeniusLociError, OSError) as error:
            return json.dumps({"wrong": sentence(error)})

    def _told(self, artefact: Artefact) -> dict[str, Any]:
        request = artefact.request
        assert isinstance(request, PictureRequest)
        evidence = self.desk.studio.evidence(artefact)
        return {
            "said": text.evidence_said(evidence, request),
            "figures": text.evidence_figures(evidence),
            "photos": [self._photo(photo) for photo in evidence.nearest],
            "likest": self._likest(evidence.likest) if evidence.likest else None,
        }

    def _photo(self, photo: NearPhoto) -> dict[str, Any]:
        shown = self._print(photo)
        return {
            "src": file_url(shown) if shown else "",
            "way": text.photo_way(photo),
            "words": text.photo_words(photo),
            "alt": text.photo_alt(photo),
        }

    def _likest(self, likest: LikestPhoto) -> dict[str, Any]:
        return {"photo": self._photo(likest.photo), "said": text.likest_said(likest)}

    def _print(self, photo: NearPhoto) -> Path | None:
        """The photo as the page shows it, of its own file or else of its thumbnail; None where it has neither.

        The page serves no folder of photos, and a print tells nothing that EXIF does.
        """
        for file in filter(None, (photo.path, photo.thumbnail)):
            path = self.desk.cache / "photos" / f"{hashlib.sha256(str(file).encode()).hexdigest()[:16]}.webp"
            with _PRINTING, suppress(GeniusLociError, OSError):
                if not path.is_file() or path.stat().st_mtime < file.stat().st_mtime:
                    _write_print(file, path)
                return path
        return None


def _write_print(photo: Path, path: Path) -> None:
    """Raises BadFile where the photo cannot be read, DiskFull."""
    with opened(photo) as image:
        image.draft("RGB", (PRINT_PX, PRINT_PX))  # a JPEG is decoded at a fraction of its size
        small = upright(image)
    small.thumbnail((PRINT_PX, PRINT_PX))
    with writing_file(path) as half_done:
        small.save(half_done, "WEBP", quality=82)


_NONE = json.dumps({})
