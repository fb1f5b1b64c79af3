"""Landmarks: one is chosen, grows in 3D, and can be turned; the viewer and the ring on the map follow each other."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from engine.errors import BadRequest
from engine.studio.gallery import Artefact
from engine.studio.requests import ImageRequest, ReconstructRequest
from ui import text
from ui.answers import STAMP, at_once
from ui.easel import Updates
from ui.map_document import ASSETS, MODEL_VIEWER, as_script, file_url
from ui.notice import notice
from ui.picture import address, downloads
from ui.session import Session
from ui.workshop import Workshop

_FILES = (".glb", ".obj", ".ply", ".mp4")


class Landmarks(Workshop):
    """The tab: which landmark, by which settings, how fine a mesh, and a viewer."""

    TAB, KEY = text.LANDMARKS, "landmark"
    REQUEST, RATIO = ReconstructRequest, 2.0
    PROMPT_HINT, MAKE, START = text.LANDMARK_PROMPT_HINT, text.LANDMARK_MAKE, text.LANDMARK_START

    def build_controls(self) -> list[Any]:
        with gr.Row(elem_id="landmark-how", elem_classes="workshop-how"):
            self.which = gr.Dropdown([], label=text.LANDMARK, filterable=False, elem_id="landmark-which")
            self.preset = gr.Dropdown(
                [(text.LANDMARK_PRESETS[name], name) for name in text.LANDMARK_PRESETS],
                value=ReconstructRequest.preset,
                label=text.LANDMARK_PRESET,
                filterable=False,
                elem_id="landmark-preset",
            )
        with gr.Row(elem_id="landmark-mesh", elem_classes="workshop-how"):
            self.threshold = gr.Textbox(
                label=text.LANDMARK_THRESHOLD,
                placeholder=text.LANDMARK_THRESHOLD_HINT,
                max_lines=1,
                elem_id="landmark-threshold",
            )
            self.num_faces = gr.Slider(
                1_000,
                40_000,
                ReconstructRequest.num_faces,
                step=1_000,
                label=text.LANDMARK_FACES,
                buttons=[],
                elem_id="landmark-faces",
            )
        return [self.preset, self.threshold, self.num_faces]

    def build_result(self) -> gr.HTML:
        options = {
            "viewer": file_url(MODEL_VIEWER) if MODEL_VIEWER.is_file() else None,
            "missing": text.LANDMARK_NO_VIEWER,
        }
        script = (ASSETS / "model.js").read_text(encoding="utf-8")
        return gr.HTML(
            "null",
            html_template='<div class="model"></div>',
            js_on_load=f"const OPTIONS = {as_script(options)};\n{script}",
            apply_default_css=False,
            elem_id="landmark-result",
        )

    @property
    def outputs(self) -> list[Any]:
        return [*super().outputs, self.which]

    def wire(self) -> None:
        super().wire()
        chosen = [self.session, self.explore.asked, self.which, *self.explore.settings.controls]
        self.which.input(self._choose, chosen, self.outputs, **at_once(self.session, js=STAMP))

    def join(self, tab: gr.Tab) -> None:
        """Offer the landmarks that there are whenever the tab is opened."""
        shown = [self.which, self.status]
        tab.select(self._offer, self.session, shown, **at_once(self.session))

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> ReconstructRequest:
        card = self.desk.card(session)
        if card is None or card.kind != "angle":
            raise BadRequest(text.LANDMARK_NEEDS_MODEL)
        session.landmark = None
        preset, threshold, num_faces = values
        return ReconstructRequest(
            picture.model,
            prompt=picture.prompt,
            hour=picture.hour,
            month=picture.month,
            seed=picture.seed,
            gps_in_exif=picture.gps_in_exif,  # off is refused: a mesh says where it stands
            preset=preset,
            threshold=_density(threshold or ""),
            num_faces=num_faces,
        )

    def title(self, request: ReconstructRequest) -> str:
        return text.LANDMARK_PRESETS.get(request.preset, request.preset)

    def take_up(self, session: Session, request: ReconstructRequest) -> Updates:
        return {
            self.which: gr.update(choices=self._names(), value=request.model),
            self.preset: request.preset,
            self.threshold: "" if request.threshold is None else f"{request.threshold:g}",
            self.num_faces: request.num_faces,
        }

    def keep(self, session: Session, artefact: Artefact) -> Updates:
        session.landmark = artefact
        return {}

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        files = {ending: artefact.files[ending] for ending in _FILES if ending in artefact.files}
        film = files.get(".mp4")
        model = {
            "src": address(files[".glb"]),
            "film": address(film) if film else None,
            "alt": text.print_alt(artefact.request),
            "azimuth_deg": artefact.details.get("azimuth_deg", 180.0),
            "files": downloads(files),
        }
        return json.dumps(model), text.landmark_words(artefact)

    def _names(self) -> list[tuple[str, str]]:
        """Name and model of each landmark that can be turned."""
        return [
            (entry.card.name, entry.name)
            for entry in self.desk.studio.shelf.entries()
            if entry.card is not None and entry.problem is None and entry.card.kind == "angle"
        ]

    def _offer(self, session: Session) -> Updates:
        names = self._names()
        chosen = session.model if session.model in {model for _, model in names} else None
        told = {} if names else {self.status: notice(text.LANDMARK_NONE)}
        return {self.which: gr.update(choices=names, value=chosen)} | told

    def _choose(self, session: Session, asked_ms: float, model: str, *values: Any) -> Updates:
        """The landmark's model becomes the page's, and the map goes there."""
        return self.explore.choose(session, asked_ms, model, *values)


def _density(typed: str) -> float | None:
    """The density that a visitor has typed, None for nothing; BadRequest for what is no number."""
    try:
        return float(typed) if typed.strip() else None
    except ValueError:
        raise BadRequest(text.LANDMARK_NO_NUMBER.format(typed[:40])) from None
