"""Films: walk along a line of the map, turn round, or let a day or a year pass, and scrub what comes out."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import gradio as gr

from engine.errors import BadRegion, GeniusLociError
from engine.geo.region import Path
from engine.studio.gallery import Artefact
from engine.studio.picture import check_fits
from engine.studio.requests import PictureSettings, WalkRequest
from engine.studio.requests.walk import Kind
from ui import text
from ui.desk import Desk
from ui.develop import looks_on_board, outcome
from ui.easel import Updates
from ui.explore import STAMP, Explore
from ui.figures import Board, Figure, build_figures
from ui.map_document import ASSETS, file_url
from ui.notice import notice, notices, sentence
from ui.picture import address
from ui.region import Drawn
from ui.session import Session

_FRAMES = (8, 240)


class Films:
    """The tab: which way the film goes, how long it is, and a player that moves a marker on the map."""

    def __init__(self, desk: Desk, explore: Explore, session: gr.State) -> None:
        self.desk, self.explore, self.session = desk, explore, session
        with gr.Row(elem_id="films-ask"):
            self.prompt = gr.Textbox(
                label=text.PROMPT,
                placeholder=text.FILM_PROMPT_HINT,
                container=False,
                max_lines=1,
                elem_id="films-prompt",
            )
            self.make = gr.Button(text.MAKE, variant="primary", elem_id="films-make")
            self.cancel = gr.Button(text.CANCEL, visible=False, elem_id="films-cancel")
        with gr.Row(elem_id="films-how"):
            self.kind = gr.Dropdown(
                [(text.FILM_KINDS[name], name) for name in get_args(Kind)],
                value="path",
                label=text.FILM_KIND,
                filterable=False,
                elem_id="film-kind",
            )
            self.frames = gr.Slider(
                *_FRAMES, 36, step=4, label=text.FILM_FRAMES, buttons=[], elem_id="film-frames"
            )
            self.fps = gr.Slider(1, 30, 12, step=1, label=text.FILM_FPS, buttons=[], elem_id="film-fps")
        self.panel = build_figures(elem_id="film-develops")
        self.player = gr.HTML(
            "null",
            html_template='<div class="film"></div>',
            js_on_load=(ASSETS / "film.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="film-player",
        )
        self.status = gr.HTML(notice(text.FILM_START), elem_id="films-status")
        self.noted = gr.HTML(elem_id="films-noted")
        self._wire()

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler of this tab may change."""
        own = [self.make, self.cancel, self.panel, self.player, self.status, self.noted]
        return [*own, self.prompt, self.kind, self.frames, self.fps, *self.explore.outputs]

    def _wire(self) -> None:
        answer: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        work = answer | {"queue": True, "concurrency_id": "pictures", "concurrency_limit": 16}
        own = [self.prompt, self.kind, self.frames, self.fps]
        asked = [self.session, self.explore.asked, *own, *self.explore.settings.controls]
        made = gr.on([self.make.click, self.prompt.submit], self._make, asked, self.outputs, js=STAMP, **work)
        made.then(self._rest, self.session, [self.make, self.cancel], **answer)
        self.cancel.click(Session.cancel, self.session, None, **answer)

    def recall(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        """The tab as it was when a film was made, with the film."""
        request = artefact.request
        assert isinstance(request, WalkRequest)
        session.turn_to(asked_ms)
        updates = self.explore.take_up(session, request.model)
        if request.path is not None:
            session.region = Drawn("line", request.path.places, request.path)
        session.place = request.place or session.place
        return {
            **updates,
            self.prompt: request.prompt,
            self.kind: request.kind,
            self.frames: request.frames,
            self.fps: request.fps,
            self.noted: notices(artefact.notices),
            self.explore.map: self.desk.map_of(session),
            self.explore.tabs: gr.update(selected=text.FILMS),
            **self._finished(artefact),
        }

    # ---- handlers ------------------------------------------------------------------------------------------------

    def _make(self, session: Session, asked_ms: float, *values: Any) -> Iterator[Updates]:
        """Ask for the film, and look on while its frames come."""
        try:
            request = self._request(session, values)
            noted = self.desk.studio.notices(request)
        except GeniusLociError as error:
            yield {self.status: notice(sentence(error), wrong=True)}
            return
        if not session.ask(asked_ms, lambda: self.desk.studio.jobs.submit(request)):
            return
        job = session.job
        assert job is not None
        board = Board([Figure("film", text.FILM_KINDS[request.kind], progress=0.0)])
        buttons = {self.make: gr.update(visible=False), self.cancel: gr.update(visible=True)}
        yield {**buttons, self.noted: notices(noted), self.player: "null", self.panel: board.to_json()}
        for seen in looks_on_board(session, job, board, 0, text.film_step):
            yield {self.panel: seen.to_json()}
        result = outcome(job) if session.job is job else notice(text.STOPPED)
        if isinstance(result, str):
            yield {self.panel: Board().to_json(), self.status: result}
            return
        yield {self.explore.map: self.desk.map_of(session), **self._finished(result)}

    def _rest(self, session: Session) -> Updates:
        """The buttons once nothing is on its way."""
        working = session.job is not None and session.job.state in ("queued", "running")
        return {self.make: gr.update(visible=not working), self.cancel: gr.update(visible=working)}

    # ---- what is asked for, and what is shown -----------------------------------------------------------------------

    def _request(self, session: Session, values: Sequence[Any]) -> WalkRequest:
        """The film that the controls ask for, with the settings of Explore; one of our errors where it cannot be."""
        prompt, kind, frames, fps, *rest = values
        card = self.desk.card(session)
        picture = self.explore.settings.request(
            session.model, card, self.explore.settings.replaced(rest, prompt=prompt or "")
        )
        own = {name: getattr(picture, name) for name in PictureSettings.__dataclass_fields__}
        path, place = None, None
        if kind == "path":
            if session.region is None or not isinstance(session.region.geometry, Path):
                raise BadRegion(text.FILM_NEEDS_LINE)
            path = session.region.geometry
        elif (place := picture.place) is None:
            raise BadRegion(text.FILM_NEEDS_PLACE)
        request = WalkRequest(
            model=session.model, path=path, place=place, kind=kind, frames=frames, fps=fps, **own
        ).validate()
        if card is not None:
            check_fits(request, card)
        return request

    def _finished(self, artefact: Artefact) -> Updates:
        """The player with a finished film."""
        film = {
            "src": address(artefact.files[".mp4"]),
            "alt": text.picture_alt(artefact.request),
            "places": artefact.details.get("places") or [],
            "headings": artefact.details.get("headings") or [],
            "files": [
                {"url": file_url(path), "name": text.download(ending)}
                for ending, path in artefact.files.items()
            ],
        }
        return {
            self.panel: Board().to_json(),
            self.player: json.dumps(film),
            self.status: notice(text.film_words(artefact)),
        }
