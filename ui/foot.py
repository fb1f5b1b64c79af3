"""The foot of the picture: what is said of it, steps back and forth, its link and its file."""

from typing import Any

import gradio as gr

from engine.studio.gallery import Artefact
from engine.studio.requests import ImageRequest
from ui import text
from ui.answers import at_once
from ui.link import query_of
from ui.notice import notice
from ui.session import Session

Updates = dict[Any, Any]


class Foot:
    """One line of words, and small buttons for what can be done with the picture above."""

    def __init__(self) -> None:
        with gr.Row(elem_id="foot"):
            self.status = gr.HTML(notice(""), elem_id="status")
            self.undo = gr.Button(text.UNDO, interactive=False, size="sm", elem_id="undo")
            self.redo = gr.Button(text.REDO, interactive=False, size="sm", elem_id="redo")
            self.link = gr.Button(text.LINK, visible=False, size="sm", elem_id="link")
            self.query = gr.Textbox(visible="hidden")  # of the link, on its way to the clipboard
            self.download = gr.DownloadButton(text.DOWNLOAD, elem_id="download", visible=False, size="sm")

    @property
    def parts(self) -> list[Any]:
        """Everything on it that an answer may change."""
        return [self.status, self.undo, self.redo, self.link, self.download]

    def wire(self, session: gr.State) -> None:
        """Let the link be copied: Python writes its query, and the page takes it to the clipboard."""
        answer = at_once(session)
        linked = self.link.click(self._link, session, [self.query, self.status], **answer)
        linked.then(None, self.query, js="(query) => copyLink(query)", api_visibility="private")

    def steps(self, session: Session) -> Updates:
        """Whether there is something to undo, and to do again."""
        return {
            self.undo: gr.update(interactive=session.trail.reaches(-1)),
            self.redo: gr.update(interactive=session.trail.reaches(1)),
        }

    def finished(self, artefact: Artefact, words: str) -> Updates:
        """A picture's words, and its file."""
        return {
            self.status: notice(words),
            self.link: gr.update(visible=True),
            self.download: gr.update(value=str(artefact.path), visible=True),
        }

    def empty(self) -> Updates:
        """Without a picture there is no file and no link."""
        return {self.link: gr.update(visible=False), self.download: gr.update(visible=False)}

    def _link(self, session: Session) -> Updates:
        shown = session.pictured and session.pictured.request
        if not isinstance(shown, ImageRequest):
            return gr.skip()
        return {self.query: query_of(shown), self.status: notice(text.LINK_COPIED)}
