"""The darkroom: one picture's way from being asked for, through its development, to the easel."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.studio.gallery import Artefact
from engine.studio.requests import ImageRequest
from ui import text
from ui.desk import Desk
from ui.develop import looks, outcome
from ui.easel import Easel, Updates
from ui.session import Session


class Darkroom:
    """What the page shows while a picture develops and once it has, whichever control asked for it."""

    def __init__(
        self,
        desk: Desk,
        session: gr.State,
        easel: Easel,
        make: gr.Button,
        cancel: gr.Button,
        place_map: gr.HTML,
        tabs: gr.Tabs,
    ) -> None:
        self.desk, self.session, self.easel = desk, session, easel
        self.make, self.cancel, self.map, self.tabs = make, cancel, place_map, tabs

    @property
    def outputs(self) -> list[Any]:
        """Everything that it may change."""
        return [*self.easel.parts, self.make, self.cancel, self.map, self.tabs]

    def follow(self, asked: Any) -> None:
        """Look on while the picture that `asked` has asked for develops, and take it."""
        answer: Any = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
        work = answer | {"queue": True, "concurrency_id": "pictures", "concurrency_limit": 16}
        seen = asked.then(self._look, self.session, [self.easel.picture, self.easel.status], **work)
        seen.then(self.take, self.session, self.outputs, queue=False, **answer)

    def begun(self, session: Session, request: ImageRequest, noted: tuple[str, ...]) -> Updates:
        """The page while a picture is on its way."""
        session.stand(request)
        session.develops = True
        return {
            self.make: gr.update(visible=False),
            self.cancel: gr.update(visible=True),
            **self.easel.begun(noted),
            **self.easel.foot.steps(session),
            self.map: self.desk.map_of(session),
            self.tabs: gr.update(selected=text.EXPLORE),
        }

    def finished(self, session: Session, artefact: Artefact) -> Updates:
        """The picture with all that is said of it, and its pin; the visitor may look at another tab meanwhile."""
        session.selected, session.develops = artefact.id, False
        return {
            **self.at_rest,
            **self.easel.finished(session, artefact),
            **self.easel.foot.steps(session),
            self.map: self.desk.map_of(session),
        }

    def shown(self, session: Session, artefact: Artefact) -> Updates:
        """A finished picture that the visitor has asked to see."""
        return {**self.finished(session, artefact), self.tabs: gr.update(selected=text.EXPLORE)}

    def idle(self, session: Session) -> Updates:
        """The page without work: the picture that was looked at before, or the way to begin."""
        session.develops = False
        try:
            artefact = self.desk.studio.gallery.get(session.selected or "")
        except GeniusLociError:
            return {**self.at_rest, **self.easel.empty(session), self.map: self.desk.map_of(session)}
        return self.finished(session, artefact)

    @property
    def at_rest(self) -> Updates:
        """The buttons while nothing is on its way."""
        return {self.make: gr.update(visible=True), self.cancel: gr.update(visible=False)}

    def _look(self, session: Session) -> Iterator[tuple[str, str]]:
        yield gr.skip(), gr.skip()  # Gradio empties the outputs of a generator that yields nothing
        if session.job and isinstance(
            session.job.request, ImageRequest
        ):  # another kind of job is its own tab's
            yield from looks(session, self.desk.ratio(session))

    def take(self, session: Session) -> Updates:
        """Show what became of the job; nothing while a newer picture is on its way.

        It may be shown twice, because the end of an older question may come before the last look at this one. Where
        another kind of job has stopped it, the picture before it comes back.
        """
        job = session.job
        if job is None or not isinstance(job.request, ImageRequest):
            return self.idle(session) if session.develops else gr.skip()
        if session.awaits(ImageRequest):
            return gr.skip()
        result = outcome(job)
        if isinstance(result, str):
            return {**self.idle(session), self.easel.status: result}
        return self.finished(session, result)
