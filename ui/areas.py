"""Regions: draw or choose a part of the city, and see what is typical of it, beside another one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from engine.errors import GeniusLociError
from engine.studio.average import DISAGREEMENT
from engine.studio.gallery import Artefact
from engine.studio.requests import AverageRequest
from ui import text
from ui.answers import STAMP, at_once, at_work
from ui.desk import Desk
from ui.develop import looks_on_board, outcome
from ui.easel import Updates
from ui.explore import Explore
from ui.figures import Board, Figure, build_figures
from ui.map_document import file_url
from ui.notice import notice, notices, sentence
from ui.picture import address, inline
from ui.region import Drawn
from ui.region_settings import build_region_settings, regions_of, title
from ui.session import Session


class Areas:
    """The tab: which region, how its places are asked, and one or two averages with what tells them apart."""

    def __init__(self, desk: Desk, explore: Explore, session: gr.State, tab: gr.Tab) -> None:
        self.desk, self.explore, self.session = desk, explore, session
        self.settings, self.make, self.cancel = build_region_settings()
        self.panel = build_figures(elem_id="averages")
        self.overlay = gr.Checkbox(False, label=text.OVERLAY, info=text.OVERLAY_INFO, elem_id="overlay")
        self.status = gr.HTML(notice(text.REGION_START), elem_id="areas-status")
        self.noted = gr.HTML(elem_id="areas-noted")
        self.board = gr.State(Board())
        self._wire(tab)

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler of this tab may change."""
        own = [self.make, self.cancel, self.panel, self.status, self.noted, self.board]
        return [*own, *self.settings.controls, *self.explore.outputs]

    def _wire(self, tab: gr.Tab) -> None:
        s = self.settings
        answer = at_once(self.session)
        work = at_work(self.session)
        values = [*s.controls, *self.explore.settings.controls]
        asked = [self.session, self.explore.asked, self.board, self.overlay, *values]
        made = gr.on([self.make.click, s.prompt.submit], self._make, asked, self.outputs, js=STAMP, **work)
        made.then(self._rest, self.session, [self.make, self.cancel], **answer)
        self.cancel.click(Session.cancel, self.session, None, **answer)
        tab.select(self._suit, self.session, [s.which, s.against], **answer)
        s.which.input(self._choose, [self.session, s.which], [self.explore.map, self.status], **answer)
        self.overlay.input(self._lay, [self.board, self.overlay], [self.board, self.panel], **answer)

    def recall(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        """The tab as it was when an average was made, with its picture."""
        request = artefact.request
        assert isinstance(request, AverageRequest)
        session.turn_to(asked_ms)
        updates = self.explore.take_up(session, request.model)
        card = self.desk.card(session)
        if request.region is not None:
            names = {polygon: name for name, polygon in regions_of(card).items()}
            session.region = Drawn.of(request.region, names.get(request.region, ""))
            self.desk.look_at(session, request.region.bounds)
        board = Board([_finished("a", title(session.region), artefact)])
        return {
            **updates,
            **self.settings.show(request, card, session.region),
            **self._show(board),
            self.status: updates.get(self.explore.status, notice("")),
            self.noted: notices(artefact.notices),
            self.explore.map: self.desk.map_of(session),
            **self.explore.front.show(session, text.REGIONS),
        }

    # ---- handlers ------------------------------------------------------------------------------------------------

    def _make(
        self, session: Session, asked_ms: float, board: Board, overlay: bool, *values: Any
    ) -> Iterator[Updates]:
        """Ask for the average of the region, then for that of the other one, and look on while they develop."""
        try:
            wanted = self._wanted(session, values)
            noted = [each for _, request in wanted for each in self.desk.studio.notices(request)]
        except GeniusLociError as error:
            yield {self.status: notice(sentence(error), wrong=True)}
            return
        board.overlay = overlay
        board.figures = [
            Figure(key, name, progress=0.0) for key, (name, _) in zip("ab", wanted, strict=False)
        ]
        buttons = {self.make: gr.update(visible=False), self.cancel: gr.update(visible=True)}
        noted = notices(tuple(dict.fromkeys(noted)))
        yield {**buttons, self.status: notice(""), self.noted: noted, **self._show(board)}
        finished: list[Artefact] = []
        for number, (name, request) in enumerate(wanted):
            if not session.ask(asked_ms, partial(self.desk.studio.jobs.submit, request)):
                return
            job = session.job
            assert job is not None
            yield from map(self._show, looks_on_board(session, job, board, number, text.average_step))
            result = outcome(job) if session.job is job else notice(text.STOPPED)
            if isinstance(result, str):
                board.figures = [replace(figure, progress=None) for figure in board.figures]
                yield {**self._show(board), self.status: result}
                return
            finished.append(result)
            board.figures[number] = _finished(board.figures[number].key, name, result)
            yield {**self._show(board), self.explore.map: self.desk.map_of(session)}
        if len(finished) == 2:
            board.figures.append(_difference(finished))
        yield {**self._show(board), self.status: notice("")}

    def _rest(self, session: Session) -> Updates:
        """The buttons once nothing is on its way."""
        working = session.awaits(AverageRequest)
        return {self.make: gr.update(visible=not working), self.cancel: gr.update(visible=working)}

    def _suit(self, session: Session) -> Updates:
        """The names of the regions that the session's model knows."""
        return self.settings.suit(self.desk.card(session), session.region)

    def _choose(self, session: Session, name: str) -> Updates:
        """Show the region of a name on the map."""
        if polygon := regions_of(self.desk.card(session)).get(name):
            session.region = Drawn.of(polygon, name)
            self.desk.look_at(session, polygon.bounds)
        return {self.explore.map: self.desk.map_of(session), self.status: notice("")}

    def _lay(self, board: Board, overlay: bool) -> Updates:
        board.overlay = overlay
        return self._show(board)

    # ---- what is asked for, and what is shown -----------------------------------------------------------------------

    def _wanted(self, session: Session, values: Sequence[Any]) -> list[tuple[str, AverageRequest]]:
        """Title and request of each average, with the settings of Explore; one of our errors where they cannot be."""
        count = len(self.settings.controls)
        card = self.desk.card(session)
        explored = self.explore.settings.replaced(values[count:], place="", prompt="")
        picture = self.explore.settings.request(session.model, card, explored)
        return self.settings.requests(picture, session.region, card, values[:count])

    def _show(self, board: Board) -> Updates:
        return {self.board: board, self.panel: board.to_json()}


def _finished(key: str, name: str, artefact: Artefact) -> Figure:
    """The figure of a finished average."""
    with Image.open(artefact.path) as image:
        ratio = image.width / image.height
    heat = artefact.files.get(DISAGREEMENT)
    words = text.average_words(artefact)
    alt = text.average_alt(name, artefact.request.prompt)
    return Figure(key, name, words, address(artefact.path), file_url(heat) if heat else "", alt, ratio)


def _difference(pair: Sequence[Artefact]) -> Figure:
    """The figure of where two averages differ: grey where they do not."""
    first, second = (np.asarray(Image.open(each.path).convert("RGB"), np.int16) for each in pair)
    if first.shape != second.shape:
        return Figure("difference", text.DIFFERENCE, text.DIFFERENCE_SIZES)
    image = Image.fromarray((128 + second - first).clip(0, 255).astype(np.uint8))
    words = text.difference_words(float(np.abs(second - first).mean()) / 255)
    return Figure(
        "difference",
        text.DIFFERENCE,
        words,
        inline(image),
        "",
        text.DIFFERENCE_ALT,
        image.width / image.height,
    )
