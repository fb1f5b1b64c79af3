"""Explore: click the map, and the picture of the place comes out of the noise beside it."""

import random
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.geo.bearing import azimuth_deg, distance_m
from engine.geo.place import Place
from engine.studio.gallery import Artefact
from engine.studio.picture import check_fits
from engine.studio.requests import ImageRequest
from ui import text
from ui.answers import STAMP, at_once
from ui.darkroom import Darkroom
from ui.desk import Desk
from ui.dials import DIALS
from ui.easel import Easel, Updates
from ui.examples import build_examples, examples_for, left_behind, titles
from ui.front import Front
from ui.link import request_of
from ui.notice import notice, sentence
from ui.session import Session
from ui.settings import Settings, build_guidance, build_more


class Explore:
    """The tab: what it shows, and what its controls and the shared map do."""

    def __init__(
        self,
        desk: Desk,
        session: gr.State,
        place_map: gr.HTML,
        place: gr.Textbox,
        model: gr.Dropdown,
        front: Front,
    ) -> None:
        self.desk, self.session, self.map, self.model, self.front = desk, session, place_map, model, front
        self.easel = Easel(desk)
        self.status, self.dropped = self.easel.status, self.easel.dropped
        with gr.Row(elem_id="ask"):
            prompt = gr.Textbox(
                label=text.PROMPT,
                placeholder=text.PROMPT_HINT,
                container=False,
                max_lines=1,
                elem_id="prompt",
            )
            self.make = gr.Button(text.MAKE, variant="primary", elem_id="make")
            self.cancel = gr.Button(text.CANCEL, elem_id="cancel", visible=False)
        self.darkroom = Darkroom(desk, session, self.easel, self.make, self.cancel, place_map, front)
        self.examples = build_examples(visible=False, elem_id="examples")
        with gr.Row(elem_id="dials"):
            dials = {name: dial.build() for name, dial in DIALS.items()}
        guidance = build_guidance()
        more, self.dice = build_more()
        self.asked = gr.Number(0, visible=False)
        self.settings = Settings(prompt=prompt, place=place, **dials, **guidance, **more)

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler of this tab may change."""
        return [*self.darkroom.outputs, self.examples, self.model, *self.settings.controls]

    def wire(self, arrived: Any) -> None:
        """Join the controls and the map to what they do: ask, look on while the picture develops, take it.

        When a visitor has `arrived`, the first example is shown.
        """
        s = self.settings
        answer = at_once(self.session)

        def asks(ask: Any, listen: Any, outputs: list[Any] | None = None) -> None:
            given = [self.session, self.asked, *s.controls]
            self.darkroom.follow(listen, ask, given, outputs or self.outputs)

        wants = (self.make.click, s.prompt.submit, s.place.submit, s.negative_prompt.submit, s.seed.submit)
        sliders = (s.guidance_scale, s.gps_guidance_scale, s.num_inference_steps)
        dials: tuple[Any, ...] = (s.heading, s.hour, s.month, s.azimuth, s.distance)
        changes = (*(each.release for each in sliders), s.size.input)
        asks(lambda session, asked_ms, *values: self._ask(session, asked_ms, values), partial(gr.on, wants))
        own = self.darkroom.outputs  # fewer of them, so that the page is at its next question sooner
        asks(self._again, partial(gr.on, changes), own)
        for dial in dials:  # an event of our own has no place in gr.on
            asks(self._dialled, dial.dialled, own)
        asks(self._roll, self.dice.click)
        asks(lambda session, asked_ms, *_: self._retrace(session, asked_ms, -1), self.easel.foot.undo.click)
        asks(lambda session, asked_ms, *_: self._retrace(session, asked_ms, 1), self.easel.foot.redo.click)
        asks(self._begin, self.easel.start_button.click)
        asks(self._welcome, arrived.then)
        asks(self._example, self.examples.example_chosen)
        asks(self._clicked, self.map.map_clicked)
        asks(self._turned, self.map.map_turned)
        asks(self._sided, self.map.side_chosen)
        self.cancel.click(Session.cancel, self.session, None, **answer)
        self.easel.foot.wire(self.session)
        self.easel.evidence.wire(self.session)
        chosen = [self.session, self.asked, self.model, *s.controls]
        self.model.input(self.choose, chosen, self.outputs, **answer, js=STAMP)

    def arrive(self, session: Session) -> Updates:
        """The page as a visitor finds it: the default model on the map, and a way to begin.

        Where the model has an example, its picture comes next, and until then the frame stays as it is.
        """
        self.desk.choose_model(session, session.model or self.desk.studio.shelf.default)
        begin = {self.easel.start: gr.update(visible=False)} if examples_for(self.desk.card(session)) else {}
        return self._new_model(session) | begin

    def recall(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        """The page as it was when a picture was made, with the picture."""
        assert isinstance(artefact.request, ImageRequest)
        session.trail.add(artefact.request)
        return self._show(session, asked_ms, artefact)

    def adopt(self, session: Session, asked_ms: float, request: ImageRequest) -> Updates:
        """Show the picture of a request with its settings: out of the gallery, or else made anew."""
        session.trail.add(request)
        return self._return_to(session, asked_ms, request)

    def _show(self, session: Session, asked_ms: float, artefact: Artefact) -> Updates:
        request = artefact.request
        assert isinstance(request, ImageRequest)
        session.turn_to(asked_ms)
        updates = self.take_up(session, request.model)
        gone = {self.status: updates[self.status]} if self.status in updates else {}
        session.stand(request)
        shown = self.settings.show(request, self.desk.card(session))
        return {**updates, **shown, **self.darkroom.shown(session, artefact), **gone}

    def _return_to(self, session: Session, asked_ms: float, request: ImageRequest) -> Updates:
        made = self.desk.studio.made(request)
        if made is not None:
            return self._show(session, asked_ms, made)
        updates = self.take_up(session, request.model)
        noted = self.desk.studio.notices(request)
        if not session.ask(asked_ms, lambda: self.desk.studio.jobs.submit(request)):
            return gr.skip()
        shown = self.settings.show(request, self.desk.card(session))
        return {**updates, **shown, **self.darkroom.begun(session, request, noted)}

    def take_up(self, session: Session, model: str) -> Updates:
        """Make a result's model the session's own, with the controls that suit it; words where it is not here."""
        gone = model not in {entry.name for entry in self.desk.studio.shelf.entries()}
        if model != session.model and not gone:
            self.desk.choose_model(session, model)
        updates = {
            **self._suit(session),
            self.model: gr.update(choices=self.desk.models, value=session.model),
        }
        if gone:
            updates[self.status] = notice(text.MODEL_GONE.format(model, session.model), wrong=True)
        return updates

    # ---- handlers ------------------------------------------------------------------------------------------------

    def _ask(self, session: Session, asked_ms: float, values: Sequence[Any], **new: Any) -> Updates:
        """Ask for the picture that the controls describe, some of them with a new value; the gallery may have it.

        Nothing where the page has asked for another one since. Other controls are left alone: the hand may be on them.
        """
        card = self.desk.card(session)
        try:
            request = self.settings.request(session.model, card, self.settings.replaced(values, **new))
            if card is not None:
                check_fits(request, card)
            noted = self.desk.studio.notices(request)
        except GeniusLociError as error:
            return self._failed(session, error)
        set_anew = {getattr(self.settings, name): value for name, value in new.items()}
        if made := self.desk.studio.made(request):
            if not session.turn_to(asked_ms):
                return gr.skip()
            session.trail.add(request)
            session.stand(request)
            return {**self.darkroom.shown(session, made), **set_anew}
        if not session.ask(asked_ms, lambda: self.desk.studio.jobs.submit(request)):
            return gr.skip()
        session.trail.add(request)
        return {**self.darkroom.begun(session, request, noted), **set_anew}

    def _again(self, session: Session, asked_ms: float, *values: Any) -> Updates:
        """Ask for the picture again with other settings; nothing while there is none."""
        if session.selected is None and session.job is None:
            return gr.skip()
        return self._ask(session, asked_ms, values)

    def _dialled(self, session: Session, event: gr.EventData, asked_ms: float, *values: Any) -> Updates:
        """Ask for the picture again with what the dial says, which its own value may not say yet."""
        name, value = getattr(event, "name", None), getattr(event, "value", None)
        new = {name: value} if name in tuple(DIALS) else {}
        return self._again(session, asked_ms, *self.settings.replaced(values, **new))

    def _roll(self, session: Session, asked_ms: float, *values: Any) -> Updates:
        seed = random.randrange(2**31)
        if session.selected is None and session.job is None:
            return {self.settings.seed: seed}
        return self._ask(session, asked_ms, values, seed=seed)

    def _retrace(self, session: Session, asked_ms: float, steps: int) -> Updates:
        """Show what was asked for before the picture, or after it, with its settings."""
        request = session.trail.move(steps)
        if request is None:
            return gr.skip()
        try:
            return self._return_to(session, asked_ms, request)
        except GeniusLociError as error:
            return self._failed(session, error)

    def _begin(self, session: Session, asked_ms: float, *values: Any) -> Updates:
        card = self.desk.card(session)
        return self._ask(session, asked_ms, values, place=str(card.box.centre) if card and card.box else "")

    def _clicked(self, session: Session, event: gr.EventData, asked_ms: float, *values: Any) -> Updates:
        try:
            place = Place(getattr(event, "latitude", None), getattr(event, "longitude", None))
        except GeniusLociError as error:
            return self._failed(session, error)
        card = self.desk.card(session)
        if card is not None and card.kind == "angle" and card.centre is not None:  # the camera stands there
            side, far = azimuth_deg(card.centre, place), distance_m(card.centre, place)
            stands = {"azimuth": f"{side:.0f}", "distance": f"{far:.0f}", "place": ""}
            return self._ask(session, asked_ms, values, **stands)
        return self._ask(session, asked_ms, values, place=str(place))

    def _turned(self, session: Session, event: gr.EventData, asked_ms: float, *values: Any) -> Updates:
        heading = getattr(event, "heading_deg", None)
        return self._ask(session, asked_ms, values, heading="" if heading is None else str(heading))

    def _sided(self, session: Session, event: gr.EventData, asked_ms: float, *values: Any) -> Updates:
        card, turns = self.desk.card(session), session.landmark is not None and session.tab == text.LANDMARKS
        if turns or card is None or card.kind != "angle":  # the viewer's, or of a ring that is about to go
            return gr.skip()
        azimuth = getattr(event, "azimuth_deg", None)
        return self._ask(session, asked_ms, values, azimuth="" if azimuth is None else str(azimuth), place="")

    def _example(self, session: Session, event: gr.EventData, asked_ms: float, *values: Any) -> Updates:
        """Ask for the picture of the example that was clicked; nothing where there is none of that title."""
        for example in examples_for(self.desk.card(session)):
            if example.title == getattr(event, "title", None):
                return self._ask(session, asked_ms, values, **example.settings)
        return gr.skip()

    def _welcome(self, session: Session, page: gr.Request, asked_ms: float, *values: Any) -> Updates:
        """Show what the page's address asks for, or else the first example; nothing where a visitor was faster."""
        if session.place or session.selected or session.job:
            return gr.skip()
        try:
            if linked := request_of(page.query_params, session.model):
                return self.adopt(session, asked_ms, linked)
        except GeniusLociError as error:
            return {**self.easel.empty(session), **self._failed(session, error)}
        card = self.desk.card(session)
        if not (examples := examples_for(card)):
            return gr.skip()
        first = examples[0].settings
        with suppress(GeniusLociError):
            request = self.settings.request(session.model, card, self.settings.replaced(values, **first))
            if artefact := self.desk.studio.made(request):
                return self.recall(session, asked_ms, artefact)
        return self._ask(session, asked_ms, values, **first)

    def choose(self, session: Session, asked_ms: float, name: str, *values: Any) -> Updates:
        """The page of another model, on the map where that is at home; the hand may be on the controls."""
        session.turn_to(asked_ms)
        session.selected = None
        before, placed = self.desk.card(session), session.place is not None
        self.desk.choose_model(session, name)
        new = left_behind(self.settings.named(values), before, self.desk.card(session))
        if placed and session.place is None:
            new["place"] = ""
        return self.settings.holding(self._new_model(session), new)

    def _failed(self, session: Session, error: GeniusLociError) -> Updates:
        """The page as it was, with the reason why nothing came of it."""
        return {self.status: notice(sentence(error), wrong=True), self.map: self.desk.map_of(session)}

    def _new_model(self, session: Session) -> Updates:
        return {
            **self.darkroom.at_rest,
            **self.easel.empty(session),
            **self._suit(session),
            self.status: notice(""),
            self.map: self.desk.map_of(session),
            self.model: gr.update(choices=self.desk.models, value=session.model),
        }

    def _suit(self, session: Session) -> Updates:
        """What the model of a session can be asked for: its settings and its examples."""
        card = self.desk.card(session)
        examples = examples_for(card)
        return {
            **self.settings.suit(card),
            self.examples: gr.update(value=titles(examples), visible=bool(examples)),
        }
