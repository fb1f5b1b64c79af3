"""A workshop: a tab that asks for one thing at a time, looks on while it comes, and shows what has come."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import gradio as gr

from engine.errors import GeniusLociError
from engine.studio.gallery import Artefact
from engine.studio.jobs import Progress
from engine.studio.picture import check_fits
from engine.studio.requests import ImageRequest, PictureRequest, PictureSettings
from ui import text
from ui.answers import STAMP, at_once, at_work
from ui.desk import Desk
from ui.develop import looks_on_board, outcome
from ui.easel import Updates
from ui.explore import Explore
from ui.figures import Board, Figure, build_figures
from ui.notice import notice, notices, sentence
from ui.session import Session


class Workshop(ABC):
    """The tab: words, controls of its own, a button, and a result of its own kind.

    A tab says its controls, its request and how its result is shown; the rest is the same for all.
    """

    TAB: ClassVar[str]
    """Its name."""
    KEY: ClassVar[str]
    """What the ids of its elements begin with."""
    REQUEST: ClassVar[type[PictureRequest]]
    """What it asks for."""
    PROMPT_HINT: ClassVar[str]
    MAKE: ClassVar[str] = text.MAKE
    """What its button says."""
    RATIO: ClassVar[float] = 1.0
    """Width over height of what is seen while it works."""
    START: ClassVar[str]
    """What is said before anything is made."""

    def __init__(self, desk: Desk, explore: Explore, session: gr.State) -> None:
        self.desk, self.explore, self.session = desk, explore, session
        with gr.Row(elem_id=f"{self.KEY}-ask", elem_classes="workshop-ask"):
            self.prompt = gr.Textbox(
                label=text.PROMPT,
                placeholder=self.PROMPT_HINT,
                container=False,
                max_lines=1,
                elem_id=f"{self.KEY}-prompt",
            )
            self.make = gr.Button(self.MAKE, variant="primary", elem_id=f"{self.KEY}-make")
            self.cancel = gr.Button(text.CANCEL, visible=False, elem_id=f"{self.KEY}-cancel")
        self.controls = self.build_controls()
        self.panel = build_figures(elem_id=f"{self.KEY}-develops")
        self.result = self.build_result()
        self.status = gr.HTML(notice(self.START), elem_id=f"{self.KEY}-status")
        self.noted = gr.HTML(elem_id=f"{self.KEY}-noted")
        self.wire()

    # ---- what a tab says ------------------------------------------------------------------------------------------

    @abstractmethod
    def build_controls(self) -> list[Any]:
        """Its controls, in the order in which their values travel."""

    @abstractmethod
    def build_result(self) -> gr.HTML:
        """Where the result is shown; "null" shows none."""

    @abstractmethod
    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> PictureRequest:
        """What its controls ask for, with the words and settings of a picture; one of our errors where they cannot."""

    @abstractmethod
    def title(self, request: PictureRequest) -> str:
        """What the result is called while it comes."""

    @abstractmethod
    def shown(self, artefact: Artefact) -> tuple[str, str]:
        """The result's value, and what is said of it."""

    @abstractmethod
    def take_up(self, session: Session, request: Any) -> Updates:
        """Updates that make controls and session say what a request says."""

    def keep(self, session: Session, artefact: Artefact) -> Updates:
        """Updates that go with showing a result, and what the session is to keep of it."""
        return {}

    def cleared(self) -> Updates:
        """Updates that take the result before away."""
        return {self.result: "null"}

    # ---- what all have in common ------------------------------------------------------------------------------------

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler of this tab may change."""
        own = [self.make, self.cancel, self.panel, self.result, self.status, self.noted]
        return [*own, self.prompt, *self.controls, *self.explore.outputs]

    def wire(self) -> None:
        """Join the buttons to what they do."""
        answer = at_once(self.session)
        work = at_work(self.session)
        settings = self.explore.settings.controls
        asked = [self.session, self.explore.asked, self.prompt, *self.controls, *settings]
        made = gr.on([self.make.click, self.prompt.submit], self._make, asked, self.outputs, js=STAMP, **work)
        made.then(self._rest, self.session, [self.make, self.cancel], **answer)
        self.cancel.click(Session.cancel, self.session, None, **answer)

    def recall(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        """The tab as it was when its result was made, with the result."""
        request = artefact.request
        session.turn_to(asked_ms)
        updates = self.explore.take_up(session, request.model)
        gone = {self.status: updates[self.explore.status]} if self.explore.status in updates else {}
        return {
            **updates,
            self.prompt: request.prompt,
            **self.take_up(session, request),
            self.noted: notices(artefact.notices),
            **self.explore.front.show(session, self.TAB),
            **self._finished(session, artefact),
            **gone,
        }

    def _make(self, session: Session, asked_ms: float, prompt: str, *values: Any) -> Iterator[Updates]:
        """Ask for the result, and look on while it comes."""
        count = len(self.controls)
        card = self.desk.card(session)
        settings = self.explore.settings
        try:
            picture = settings.request(
                session.model, card, settings.replaced(values[count:], prompt=prompt or "")
            )
            request = self.request(session, picture, values[:count]).validate()
            if card is not None:
                check_fits(request, card)
            noted = self.desk.studio.notices(request)
        except GeniusLociError as error:
            yield {self.status: notice(sentence(error), wrong=True)}
            return
        if not session.ask(asked_ms, lambda: self.desk.studio.jobs.submit(request)):
            yield gr.skip()  # Gradio empties the outputs of a generator that yields nothing
            return
        job = session.job
        assert job is not None
        board = Board([Figure(self.KEY, self.title(request), ratio=self.RATIO, progress=0.0)])
        buttons = {self.make: gr.update(visible=False), self.cancel: gr.update(visible=True)}
        yield {
            **buttons,
            self.status: notice(""),
            self.noted: notices(noted),
            **self.cleared(),
            self.panel: board.to_json(),
        }
        for seen in looks_on_board(session, job, board, 0, self.step):
            yield {self.panel: seen.to_json()}
        result = outcome(job) if session.job is job else notice(text.STOPPED)
        if isinstance(result, str):
            yield {self.panel: Board().to_json(), self.status: result}
            return
        yield self._finished(session, result)

    def step(self, progress: Progress) -> str:
        """How far the result is, in one line."""
        return text.series_step(progress)

    def _finished(self, session: Session, artefact: Artefact) -> Updates:
        """The tab with a result, and the map with its pin."""
        value, words = self.shown(artefact)
        return {
            **self.keep(session, artefact),
            self.panel: Board().to_json(),
            self.result: value,
            self.status: notice(words),
            self.explore.map: self.desk.map_of(session),
        }

    def _rest(self, session: Session) -> Updates:
        """The buttons once nothing of the tab's own is on its way."""
        working = session.awaits(self.REQUEST)
        return {self.make: gr.update(visible=not working), self.cancel: gr.update(visible=working)}


def settings_of(picture: ImageRequest) -> dict[str, Any]:
    """The settings that a picture shares with every other kind of request, by name."""
    return {name: getattr(picture, name) for name in PictureSettings.__dataclass_fields__}
