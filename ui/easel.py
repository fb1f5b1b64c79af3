"""The easel: where the picture develops, what is said of it, and how one begins while there is none."""

from typing import Any

import gradio as gr

from engine.photos.opening import opened
from engine.studio.gallery import Artefact
from ui import text
from ui.desk import Desk
from ui.evidence import Evidence
from ui.foot import Foot
from ui.notice import notice, notices, sentence
from ui.picture import Frame, address, build_picture
from ui.session import Session

Updates = dict[Any, Any]


class Easel:
    """The picture with its caption, its notices and its download, or else a sentence and a button to begin with."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with gr.Column(elem_id="easel"):
            self.picture = build_picture(elem_id="picture")
            # assets/picture.js hands a file that is dropped here to this button, which nobody sees.
            self.dropped = gr.UploadButton(visible="hidden", elem_id="dropped")
            with gr.Column(elem_id="start", visible=False) as self.start:
                self.start_words = gr.HTML(elem_id="start-words")
                self.start_button = gr.Button(text.START_TRAINED_BUTTON, elem_id="start-button")
        self.foot = Foot()
        self.status = self.foot.status
        self.noted = gr.HTML(elem_id="noted")
        self.evidence = Evidence(desk)

    @property
    def parts(self) -> list[Any]:
        """Everything on it that an answer may change."""
        own = [self.picture, self.start, self.start_words, self.start_button]
        return [*own, *self.foot.parts, self.noted, self.evidence.panel]

    def begun(self, noted: tuple[str, ...]) -> Updates:
        """The easel while a picture is on its way, with what is known to be strange in what was asked for."""
        return {self.start: gr.update(visible=False), self.noted: notices(noted), **self.evidence.begun()}

    def finished(self, session: Session, artefact: Artefact) -> Updates:
        """The picture with its caption, its notices and its download."""
        with opened(artefact.path) as image:
            width_px, height_px = image.size
        card = self.desk.card(session)
        untrained = card is not None and card.untrained
        words = text.caption(artefact.request, width_px, height_px, artefact.seconds, untrained)
        frame = Frame(address(artefact.path), text.picture_alt(artefact.request), width_px / height_px)
        return {
            **self.begun(artefact.notices),
            **self.evidence.finished(session, artefact, frame),
            self.picture: frame.to_json(),
            **self.foot.finished(artefact, words),
        }

    def empty(self, session: Session) -> Updates:
        """The frame without a picture: one sentence, and one button where it can help."""
        entries = self.desk.studio.shelf.entries()
        chosen = self.desk.entry(session)
        words, button = text.START_TRAINED, text.START_TRAINED_BUTTON
        if all(entry.card and entry.card.untrained for entry in entries):
            words, button = text.START_UNTRAINED, text.START_UNTRAINED_BUTTON
        problem = chosen.problem if chosen else None
        return {
            **self.evidence.empty(session),
            self.picture: Frame(empty=True).to_json(),
            **self.foot.empty(),
            self.noted: "",
            self.start: gr.update(visible=True),
            self.start_words: notice(sentence(problem) if problem else words, wrong=bool(problem)),
            self.start_button: gr.update(value=button, visible=not problem),
        }
