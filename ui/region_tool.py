"""The region tool: a box, polygon or line drawn on the map reaches the session, and a button clears it."""

from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from ui import text
from ui.desk import Desk
from ui.notice import notice, sentence
from ui.region import read_drawn
from ui.session import Session

Updates = dict[Any, Any]


class RegionTool:
    """The map's drawing tools, joined to the session; what is wrong with a drawing is said in `status`."""

    def __init__(
        self, desk: Desk, session: gr.State, place_map: gr.HTML, status: gr.HTML, which: gr.Dropdown
    ) -> None:
        """`which` is the list of regions by name, which a drawing of one's own takes the place of."""
        self.desk, self.map, self.status, self.which = desk, place_map, status, which
        answer: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        place_map.region_drawn(self._drawn, session, [place_map, status, which], **answer)
        place_map.region_cleared(self._cleared, session, [place_map], **answer)

    def _drawn(self, session: Session, event: gr.EventData) -> Updates:
        names = ("shape", "places", "radius_m")
        try:
            session.region = read_drawn({name: getattr(event, name, None) for name in names})
        except GeniusLociError as error:
            return {self.status: notice(sentence(error), wrong=True), self.map: self.desk.map_of(session)}
        return {self.map: self.desk.map_of(session), self.which: text.DRAWN}

    def _cleared(self, session: Session) -> Updates:
        session.region = None
        return {self.map: self.desk.map_of(session)}
