"""Recall: a result comes back with all its settings, in the tab that made it, from its pin, its print or its file."""

from collections.abc import Mapping
from typing import Any, Protocol

import gradio as gr

from engine.errors import BadRequest, GeniusLociError
from engine.studio.gallery import Artefact
from engine.studio.requests import PictureRequest
from ui import text
from ui.answers import STAMP, at_once
from ui.desk import Desk
from ui.easel import Updates
from ui.explore import Explore
from ui.notice import notice, sentence
from ui.session import Session


class Tab(Protocol):
    """A tab that can show again what it made."""

    @property
    def outputs(self) -> list[Any]:
        """Everything that it may change."""
        ...

    def recall(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        """The tab as it was when the result was made, with the result."""
        ...


class Recall:
    """Which tab shows the results of which requests; a click on a pin of the map goes through it too."""

    def __init__(
        self, desk: Desk, explore: Explore, session: gr.State, tabs: Mapping[type[PictureRequest], Tab]
    ) -> None:
        self.desk, self.tabs, self.status = desk, tabs, explore.status
        answer = at_once(session, js=STAMP)
        explore.map.pin_opened(self._open_pin, [session, explore.asked], self.outputs, **answer)

    @property
    def outputs(self) -> list[Any]:
        """Everything that any of the tabs may change."""
        return list(dict.fromkeys(output for tab in self.tabs.values() for output in tab.outputs))

    def recall(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        """The page as it was when the result was made; BadRequest for one that no tab shows."""
        tab = self.tabs.get(type(artefact.request))
        if tab is None:
            raise BadRequest(text.CANNOT_OPEN.format(text.kind(artefact.request)))
        return tab.recall(session, asked_ms, artefact)

    def _open_pin(self, session: Session, event: gr.EventData, asked_ms: float) -> Updates:
        try:
            return self.recall(session, asked_ms, self.desk.studio.gallery.get(str(getattr(event, "id", ""))))
        except GeniusLociError as error:
            return {self.status: notice(sentence(error), wrong=True)}
