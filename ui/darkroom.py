"""The darkroom: one picture's way from being asked for, through its development, to the easel."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.studio.gallery import Artefact
from engine.studio.requests import ImageRequest
from ui import text
from ui.answers import STAMP, at_once, at_work
from ui.desk import Desk
from ui.develop import first_look, looks, outcome
from ui.easel import Easel, Updates
from ui.front import Front
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
        front: Front,
    ) -> None:
        self.desk, self.session, self.easel = desk, session, easel
        self.make, self.cancel, self.map, self.front = make, cancel, place_map, front

    @property
    def outputs(self) -> list[Any]:
        """Everything that it may change."""
        return [*self.easel.parts, self.make, self.cancel, self.map, self.front.tabs]

    def follow(self, listen: Any, ask: Callable[..., Updates], inputs: list[Any], outputs: list[Any]) -> None:
        """Let `ask` answer the event `listen`, look on while the picture that it has asked for develops, and take it.

        The first look comes with the answer: a question of its own would come 0.2 s later. The others have outputs of
        their own, because every look at all outputs takes the time from the picture.
        """

        @functools.wraps(ask)  # Gradio reads in the signature what else a handler is to be given
        def answer(session: Session, *values: Any) -> Iterator[Updates]:
            before = session.job
            yield ask(session, *values)
            if session.job is before or not session.awaits(ImageRequest):
                return
            if look := first_look(session, self.desk.ratio(session)):
                yield dict(zip(self._looked, look, strict=True))

        often: Any = {"trigger_mode": "multiple"}
        work = at_work(self.session, **often)
        asked = listen(answer, inputs, outputs, js=STAMP, **work | {"concurrency_id": "asked"})
        seen = asked.then(self._look, self.session, self._looked, **work)
        seen.then(self.take, self.session, self.outputs, **at_once(self.session, **often))

    @property
    def _looked(self) -> list[Any]:
        return [self.easel.picture, self.easel.status]

    def _look(self, session: Session) -> Iterator[tuple[str, str]]:
        yield gr.skip(), gr.skip()  # Gradio empties the outputs of a generator that yields nothing
        # Another kind of job is its own tab's.
        if session.job and isinstance(session.job.request, ImageRequest):
            yield from looks(session, self.desk.ratio(session))

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
            **self.front.show(session, text.EXPLORE),
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
        return {**self.finished(session, artefact), **self.front.show(session, text.EXPLORE)}

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
