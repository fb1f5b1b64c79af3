"""The region tool: a box, polygon or line drawn on the map reaches the session, and a button clears it."""

from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from ui.desk import Desk
from ui.notice import notice, sentence
from ui.region import read_drawn
from ui.session import Session

Updates = dict[Any, Any]


class RegionTool:
    """The map's drawing tools, joined to the session; what is wrong with a drawing is said in `status`."""

    def __init__(self, desk: Desk, session: gr.State, place_map: gr.HTML, status: gr.HTML) -> None:
        self.desk, self.map, self.status = desk, place_map, status
        answer: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        place_map.region_drawn(self._drawn, session, [place_map, status], **answer)
        place_map.region_cleared(self._cleared, session, [place_map], **answer)

    def _drawn(self, session: Session, event: gr.EventData) -> Updates:
        shape, places = getattr(event, "shape", None), getattr(event, "places", None)
        try:
            session.region = read_drawn({"shape": shape, "places": places})
        except GeniusLociError as error:
            return {self.status: notice(sentence(error), wrong=True), self.map: self.desk.map_of(session)}
        return {self.map: self.desk.map_of(session)}

    def _cleared(self, session: Session) -> Updates:
        session.region = None
        return {self.map: self.desk.map_of(session)}
