"""The region tool: what is drawn on the map, or comes out of a file, reaches the session, and a button clears it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.geo.region import Box
from ui import text
from ui.answers import at_once
from ui.desk import Desk
from ui.notice import sentence
from ui.region import Drawn, read_drawn, read_file
from ui.session import Session

Updates = dict[Any, Any]
FILES = [".geojson", ".json", ".kml", ".kmz", ".gpx"]
_MARGIN_M = 100.0


def build_opener() -> gr.UploadButton:
    """The button on the map that opens a file with a line or an area."""
    return gr.UploadButton(text.OPEN_REGION, file_types=FILES, elem_id="region-file")


class RegionTool:
    """The map's drawing tools and its button for files, joined to the session; what is wrong is said on the map."""

    def __init__(
        self, desk: Desk, session: gr.State, place_map: gr.HTML, opener: gr.UploadButton, which: gr.Dropdown
    ) -> None:
        """`which` is the list of regions by name, which a drawing of one's own takes the place of."""
        self.desk, self.map, self.which = desk, place_map, which
        answer = at_once(session)
        place_map.region_drawn(self._drawn, session, [place_map, which], **answer)
        place_map.region_cleared(self._cleared, session, place_map, **answer)
        opener.upload(self._opened, [session, opener], [place_map, which], **answer)

    def _drawn(self, session: Session, event: gr.EventData) -> Updates:
        names = ("shape", "places", "radius_m")
        return self._take(session, lambda: read_drawn({name: getattr(event, name, None) for name in names}))

    def _opened(self, session: Session, file: str | None) -> Updates:
        updates = self._take(session, lambda: read_file(Path(file or "")))
        if self.which in updates and session.region is not None:
            self.desk.look_at(session, Box.around(session.region.places, _MARGIN_M))
            updates[self.map] = self.desk.map_of(session)
        return updates

    def _take(self, session: Session, read: Callable[[], Drawn]) -> Updates:
        """The map with the region; where there is none, the region before it, and the reason why."""
        try:
            session.region = read()
        except GeniusLociError as error:
            return {self.map: self.desk.map_of(session, wrong=sentence(error))}
        return {self.map: self.desk.map_of(session), self.which: text.DRAWN}

    def _cleared(self, session: Session) -> str:
        session.region = None
        return self.desk.map_of(session)
