"""Films: walk along a line of the map, turn round, or let a day or a year pass, and scrub what comes out."""

import json
from collections.abc import Sequence
from typing import Any, get_args

import gradio as gr

from engine.errors import BadRegion
from engine.geo.region import Path
from engine.studio.gallery import Artefact
from engine.studio.requests import ImageRequest, WalkRequest
from engine.studio.requests.walk import Kind
from ui import text
from ui.answers import at_once
from ui.easel import Updates
from ui.map_document import ASSETS
from ui.picture import address, downloads
from ui.region import Drawn
from ui.session import Session
from ui.workshop import Workshop, settings_of

_FRAMES = (8, 240)
_DAY = (5.0, 23.0)
"""From the hour before dawn to night."""


class Films(Workshop):
    """The tab: which way the film goes, how long it is, and a player that moves a marker on the map."""

    TAB, KEY = text.FILMS, "films"
    REQUEST = WalkRequest
    PROMPT_HINT, START = text.FILM_PROMPT_HINT, text.FILM_START

    def build_controls(self) -> list[Any]:
        with gr.Row(elem_id="films-how", elem_classes="workshop-how"):
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
        with gr.Row(elem_id="films-way", elem_classes="workshop-how"):
            self.spacing_m = gr.Number(
                None, label=text.FILM_SPACING, placeholder=text.FILM_SPACING_HINT, elem_id="film-spacing"
            )
            self.day = gr.Checkbox(False, label=text.FILM_DAY, elem_id="film-day")
            self.flowing = gr.Checkbox(False, label=text.FILM_FLOWING, elem_id="film-flowing")
        return [self.kind, self.frames, self.fps, self.spacing_m, self.day, self.flowing]

    def wire(self) -> None:
        super().wire()
        self.kind.input(
            lambda kind: [gr.update(visible=kind == "path")] * 2,
            self.kind,
            [self.spacing_m, self.day],
            **at_once(self.session),
        )

    def build_result(self) -> gr.HTML:
        return gr.HTML(
            "null",
            html_template='<div class="film"></div>',
            js_on_load=(ASSETS / "film.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="film-player",
        )

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> WalkRequest:
        kind, frames, fps, spacing_m, day, flowing = values
        path, place = None, None
        own = settings_of(picture)
        if kind == "path":
            if session.region is None or not isinstance(session.region.geometry, Path):
                raise BadRegion(text.FILM_NEEDS_LINE)
            path = session.region.geometry
            own |= {"spacing_m": spacing_m or None}
            if day:
                own |= dict(zip(("hour", "hour_to"), _DAY, strict=True))
        elif (place := picture.place) is None and kind != "orbit":
            raise BadRegion(text.FILM_NEEDS_PLACE)
        own |= {"noise": "flowing" if flowing else "still", "frames": frames, "fps": fps}
        return WalkRequest(picture.model, path=path, place=place, kind=kind, **own)

    def title(self, request: WalkRequest) -> str:
        return text.FILM_KINDS[request.kind]

    def take_up(self, session: Session, request: WalkRequest) -> Updates:
        if request.path is not None:
            session.region = Drawn("line", request.path.places, request.path)
        session.place = request.place or session.place
        along = request.kind == "path"
        return {
            self.kind: request.kind,
            self.frames: request.frames,
            self.fps: request.fps,
            self.spacing_m: gr.update(value=request.spacing_m, visible=along),
            self.day: gr.update(value=(request.hour, request.hour_to) == _DAY, visible=along),
            self.flowing: request.noise == "flowing",
        }

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        film = {
            "src": address(artefact.files[".mp4"]),
            "alt": text.picture_alt(artefact.request),
            "places": artefact.details.get("places") or [],
            "headings": artefact.details.get("headings") or [],
            "files": downloads(artefact.files),
        }
        return json.dumps(film), text.film_words(artefact)
