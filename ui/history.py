"""History: every picture that was made, as a sheet of prints; click one, or bring its file, and all is as it was."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.studio.gallery import Artefact, recall_picture
from ui import text
from ui.desk import Desk
from ui.easel import Updates
from ui.explore import STAMP, Explore
from ui.map_document import ASSETS, file_url
from ui.notice import notice, sentence
from ui.session import Session

MOST_PRINTS = 200


class History:
    """The tab: the gallery on disk, newest first, and two ways to bring a file back."""

    def __init__(self, desk: Desk, explore: Explore, session: gr.State, tab: gr.Tab) -> None:
        self.desk, self.explore = desk, explore
        with gr.Row(elem_id="history-head"):
            self.words = gr.HTML(notice(text.HISTORY_EMPTY), elem_id="history-words")
            self.upload = gr.UploadButton(
                text.RECALL_FILE, file_types=["image"], size="sm", elem_id="recall-file", min_width=200
            )
        self.sheet = gr.HTML(
            json.dumps([]),
            html_template='<div class="sheet"></div>',
            js_on_load=(ASSETS / "sheet.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="history-sheet",
        )
        outputs = [*explore.outputs, self.words]
        answer: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        tab.select(self._list, None, [self.words, self.sheet], **answer)
        stamped = answer | {"js": STAMP}
        self.sheet.print_opened(self._open, [session, explore.asked], outputs, **stamped)
        self.upload.upload(self._bring, [session, explore.asked, self.upload], outputs, **stamped)
        dropped = [session, explore.asked, explore.dropped]
        explore.dropped.upload(self._drop, dropped, explore.outputs, **stamped)

    def _list(self) -> Updates:
        pictures = self.desk.studio.gallery.list()
        words = text.count(len(pictures), "picture", "pictures") if pictures else text.HISTORY_EMPTY
        prints = [
            {
                "id": picture.id,
                "url": file_url(self.desk.prints.of(picture)),
                "title": text.picture_alt(picture.request),
                "words": text.print_words(picture.request),
            }
            for picture in pictures[:MOST_PRINTS]
        ]
        return {self.words: notice(words), self.sheet: json.dumps(prints)}

    def _open(self, session: Session, event: gr.EventData, asked_ms: float) -> Updates:
        return self._recall(
            session, asked_ms, lambda: self.desk.studio.gallery.get(str(getattr(event, "id", "")))
        )

    def _bring(self, session: Session, asked_ms: float, path: str | None) -> Updates:
        return self._recall(session, asked_ms, lambda: recall_picture(Path(path or "")))

    def _drop(self, session: Session, asked_ms: float, path: str | None) -> Updates:
        return self._recall(session, asked_ms, lambda: recall_picture(Path(path or "")), self.explore.status)

    def _recall(
        self, session: Session, asked_ms: float, find: Callable[[], Artefact], words: gr.HTML | None = None
    ) -> Updates:
        """The page as it was when the picture was made; where it cannot be found, `words` say why."""
        try:
            return self.explore.recall(session, asked_ms, find())
        except GeniusLociError as error:
            return {words or self.words: notice(sentence(_without_folders(str(error))), wrong=True)}


def _without_folders(words: str) -> str:
    """The words with files named without their folders, which are the server's own."""
    return re.sub(r"(?<!\S)/\S*/(?=\S)", "", words)
