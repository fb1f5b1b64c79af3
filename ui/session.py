"""One visitor's session: what is chosen, what is drawn, and the job on its way."""

import threading
import time
from collections.abc import Callable
from typing import Any, Self

from engine.geo.place import Place
from engine.studio.gallery import Artefact
from engine.studio.jobs import Job
from engine.studio.requests import ImageRequest, PictureRequest
from ui import text
from ui.map_state import View
from ui.region import Drawn
from ui.trail import Trail


class Session:
    """The state of one open page. Handlers of the same page change it in place, so none works on an old copy."""

    def __init__(self) -> None:
        self.model = ""
        self.tab = text.EXPLORE
        """The tab that is seen."""
        self.place: Place | None = None
        self.heading_deg: float | None = None
        self.azimuth_deg: float | None = None
        """The side of the landmark from where the camera looks, for a model of one."""
        self.region: Drawn | None = None
        self.collection: str | None = None
        """Name of the collection whose photos are shown."""
        self.selected: str | None = None
        """Id of the picture that is looked at."""
        self.mosaic: Artefact | None = None
        """The atlas, or the heat, that lies on the map."""
        self.landmark: Artefact | None = None
        """The landmark in the viewer."""
        self.pictured: Artefact | None = None
        """The picture in the frame of Explore."""
        self.develops = False
        """Whether that frame shows a picture on its way instead."""
        self.trail = Trail()
        self.view: View | None = None
        self.answers = time.time_ns() // 1_000_000
        """Number of the last map state; each has the next one. It begins with the clock, so that a page that outlives a
        studio takes those of the next."""
        self.job: Job | None = None
        self._asked_ms = 0.0  # when the page asked for the job, by the page's own clock
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A session of its own for every page that Gradio opens."""
        return type(self)()

    def ask(self, asked_ms: float, submit: Callable[[], Job]) -> bool:
        """Submit a job and wait for it instead of the one before; not where the page has asked for another since.

        Two questions of one page may arrive in the wrong order; the one that was asked last is the one that counts.
        """
        with self._lock:
            if asked_ms < self._asked_ms:
                return False
            self._asked_ms = asked_ms
            self.stop()
            self.job = submit()
            return True

    def turn_to(self, asked_ms: float) -> bool:
        """Turn to something else: what is on its way is stopped, and what was asked earlier comes to nothing.

        False, and nothing is stopped, where the page has asked for something else since.
        """
        with self._lock:
            if asked_ms < self._asked_ms:
                return False
            self._asked_ms = asked_ms
            self.stop()
            return True

    def awaits(self, kind: type[PictureRequest]) -> bool:
        """Whether a job of this kind is on its way."""
        return (
            self.job is not None
            and self.job.state in ("queued", "running")
            and isinstance(self.job.request, kind)
        )

    def stand(self, request: ImageRequest) -> None:
        """Stand where a picture is taken from, on the map."""
        self.place, self.heading_deg, self.azimuth_deg = request.place, request.heading, request.azimuth

    def cancel(self) -> None:
        """Stop what is on its way, and still wait for what becomes of it."""
        if self.job is not None:
            self.job.cancel()

    def stop(self) -> None:
        """Stop what is on its way and wait for nothing."""
        before, self.job = self.job, None
        if before is not None:
            before.cancel()
