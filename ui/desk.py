"""The desk: what all tabs share: the studio, its prints and collections, and how a session looks on the map."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.diffusion.card import PlaceCard
from engine.errors import MissingModel
from engine.geo.region import Box
from engine.studio.gallery import Artefact
from engine.studio.models import ModelEntry
from engine.studio.requests import BelongRequest, ImageRequest
from engine.studio.studio import Studio
from ui import text
from ui.collections import CollectionViews
from ui.map_document import file_url
from ui.map_state import Layer, LegendLine, MapState, ModelBox, Mosaic, Pin, Pins, PlaceMark, Sides, View
from ui.picture import address
from ui.prints import Prints
from ui.session import Session

MOST_PINS = 150
_HEAT_OPACITY = 0.6
_RING_M = 150.0
"""Radius of a landmark's ring on the map, where its model does not say how far its photos were taken."""


class Desk:
    """The studio with everything that the page keeps beside it."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.cache = studio.home / ".cache" / "page"
        self.prints = Prints(self.cache)
        self.collections = CollectionViews(studio.collections, self.cache)

    @property
    def models(self) -> list[tuple[str, str]]:
        """What to call each model, with a mark where it is untrained or broken, and its name."""
        return [(text.model_choice(entry), entry.name) for entry in self.studio.shelf.entries()]

    def entry(self, session: Session) -> ModelEntry | None:
        """The model that a session works with; None where it is gone."""
        try:
            return self.studio.shelf.get(session.model)
        except MissingModel:
            return None

    def card(self, session: Session) -> PlaceCard | None:
        """The card of the session's model; None where it cannot be read."""
        entry = self.entry(session)
        return entry.card if entry else None

    def ratio(self, session: Session) -> float:
        """Width over height of the picture that the session waits for."""
        card, request = self.card(session), session.job and session.job.request
        if not isinstance(request, ImageRequest):
            return 1.0
        side_px = card.resolution_px if card else 1
        return (request.width_px or side_px) / (request.height_px or side_px)

    def choose_model(self, session: Session, name: str) -> None:
        """Make a model the session's own: the map looks at its box and shows the photos that it learned from."""
        session.model = name
        card = self.card(session)
        session.azimuth_deg = None
        session.collection = self.collections.of_model(card)
        if card and session.place and not (card.box and card.box.contains(session.place)):
            session.place = None
        if card and card.box:
            self.look_at(session, card.box)
        if card and (ring := _ring_of(card)):
            self.look_at(session, Box.around([ring.centre], 1.3 * ring.radius_m))

    def look_at(self, session: Session, box: Box) -> None:
        """Move the session's map to a box."""
        session.view = View((session.view.seq if session.view else 0) + 1, box)

    def pictures(self, session: Session) -> Sequence[Artefact]:
        """The newest pictures of the session's model that have a place."""
        of_model = [
            each
            for each in self.studio.gallery.list()
            if each.request.model == session.model and each.request.where
        ]
        return of_model[:MOST_PINS]

    def map_of(self, session: Session, wrong: str = "") -> str:
        """Everything that the map shows of a session, as its value, and what has just gone wrong there."""
        session.answers += 1
        layers: dict[str, Layer] = {}
        legend: list[LegendLine] = []
        card = self.card(session)
        pins = [self._pin(picture) for picture in self.pictures(session)]
        if card and card.box:
            layers["box"] = ModelBox(card.box)
            size = text.box_legend(card.name, card.box.width_m, card.box.height_m, card.untrained)
            legend.append(LegendLine("box", size))
        photos = self.collections.shown(session.collection)
        if photos:
            layers["density"] = photos.density
            legend.append(LegendLine("density", text.density_legend(photos.name, len(photos))))
        if session.mosaic and not session.mosaic.path.is_file():
            session.mosaic = None  # deleted meanwhile
        if session.mosaic and (sides := session.mosaic.details.get("bounds")):
            words = text.print_alt(session.mosaic.request)
            see_through = _HEAT_OPACITY if isinstance(session.mosaic.request, BelongRequest) else 1.0
            layers["mosaic"] = Mosaic(address(session.mosaic.path), words, Box(**sides), see_through)
            legend.append(LegendLine("mosaic", words, clears=True))
        if session.region:
            layers["region"] = session.region.outline
            inside = session.region.count(photos.latitudes, photos.longitudes) if photos else None
            made = session.region.count(
                np.array([pin.place.latitude for pin in pins]),
                np.array([pin.place.longitude for pin in pins]),
            )
            line = text.region_legend(session.region.size, inside, made)
            legend.append(LegendLine("region", line, clears=True))
        if card and (ring := _ring_of(card)):
            layers["sides"] = replace(ring, azimuth_deg=session.azimuth_deg)
            legend.append(LegendLine("region", text.ring_legend(card.name, ring.counts)))
        layers["pins"] = Pins(pins, session.selected)
        if session.place:
            pictured = any(pin.id == session.selected and pin.place == session.place for pin in pins)
            turns = card is not None and "heading" in card.conditions
            layers["place"] = PlaceMark(session.place, session.heading_deg, not pictured, turns)
        if wrong:
            legend.append(LegendLine("wrong", wrong))
        return MapState(session.answers, layers, legend, session.view).to_json()

    def _pin(self, picture: Artefact) -> Pin:
        request = picture.request
        title = text.picture_alt(replace(request, prompt=request.prompt[:80]))
        return Pin(picture.id, request.where, file_url(self.prints.of(picture)), title)


def _ring_of(card: PlaceCard) -> Sides | None:
    """The ring of photos that a model of a landmark has learned from; None for a model of anything else."""
    if card.centre is None or not card.azimuth_counts:
        return None
    return Sides(card.centre, card.radius_m or _RING_M, card.azimuth_counts)
