"""The settings of an average: which region, beside which other one, and how its places are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args

import gradio as gr

from engine.diffusion.card import PlaceCard
from engine.diffusion.estimator import Estimator
from engine.errors import BadRegion
from engine.geo.region import Path, Polygon, Region
from engine.studio.picture import check_fits
from engine.studio.regions import named_regions
from engine.studio.requests import AverageRequest, ImageRequest, PictureSettings
from engine.studio.requests.average import SAMPLES, Spread
from ui import text
from ui.choice import Choice
from ui.region import Drawn


@dataclass(frozen=True)
class RegionSettings:
    """The controls, in the order in which their values travel."""

    which: Choice
    against: Choice
    prompt: gr.Textbox
    samples: gr.Slider
    estimator: gr.Dropdown
    spread: gr.Dropdown
    of_pictures: gr.Checkbox

    @property
    def controls(self) -> list[Any]:
        """The controls as a list."""
        return [getattr(self, field.name) for field in fields(self)]

    def requests(
        self, picture: ImageRequest, drawn: Drawn | None, card: PlaceCard | None, values: Sequence[Any]
    ) -> list[tuple[str, AverageRequest]]:
        """Title and validated request of each average that the values ask for, with the settings of a picture.

        One of our errors where they cannot be asked for.
        """
        given = dict(zip((field.name for field in fields(self)), values, strict=True))
        own = {name: getattr(picture, name) for name in PictureSettings.__dataclass_fields__}
        own |= {name: given[name] for name in ("samples", "estimator", "spread", "of_pictures")}
        own["prompt"] = given["prompt"] or ""
        names = regions_of(card)
        regions = {given["which"]: names.get(given["which"]) or area_of(drawn)}
        if given["against"] in names:
            regions[given["against"]] = names[given["against"]]
        wanted = []
        for title, region in regions.items():
            request = AverageRequest(model=picture.model, region=region, **own).validate()
            if card is not None:
                check_fits(request, card)
            wanted.append((title, request))
        return wanted

    def show(self, request: AverageRequest, card: PlaceCard | None, drawn: Drawn | None) -> dict[Any, Any]:
        """Updates that make the controls say what a request says."""
        names = ("prompt", "samples", "estimator", "spread", "of_pictures")
        shown = {getattr(self, name): getattr(request, name) for name in names}
        return {**self.suit(card, drawn), **shown}

    def suit(self, card: PlaceCard | None, drawn: Drawn | None) -> dict[Any, Any]:
        """Updates that make the controls offer the regions of a model, with the one on the map chosen."""
        names = list(regions_of(card))
        return {
            self.which: gr.update(choices=[text.DRAWN, *names], value=title(drawn)),
            self.against: gr.update(choices=[text.NO_OTHER, *names], value=text.NO_OTHER),
        }


def build_region_settings() -> tuple[RegionSettings, gr.Button, gr.Button]:
    """The controls, and the buttons that make and stop."""
    with gr.Row(elem_id="areas-which"):
        which = Choice([text.DRAWN], value=text.DRAWN, label=text.REGION, elem_id="region")
        against = Choice([text.NO_OTHER], value=text.NO_OTHER, label=text.COMPARE, elem_id="against")
    with gr.Row(elem_id="areas-ask", elem_classes="workshop-ask"):
        prompt = gr.Textbox(
            label=text.PROMPT,
            placeholder=text.REGION_PROMPT_HINT,
            container=False,
            max_lines=1,
            elem_id="areas-prompt",
        )
        make = gr.Button(text.MAKE, variant="primary", elem_id="areas-make")
        cancel = gr.Button(text.CANCEL, visible=False, elem_id="areas-cancel")
    with gr.Row(elem_id="areas-how", elem_classes="workshop-how"):
        samples = gr.Slider(
            *SAMPLES, 64, step=4, label=text.SAMPLES, info=text.SAMPLES_INFO, buttons=[], elem_id="samples"
        )
        estimator = _choice(
            "estimator", text.ESTIMATOR, text.ESTIMATOR_INFO, text.ESTIMATORS, Estimator, "fresh"
        )
        spread = _choice("spread", text.SPREAD, text.SPREAD_INFO, text.SPREADS, Spread, "area")
    of_pictures = gr.Checkbox(
        False, label=text.OF_PICTURES, info=text.OF_PICTURES_INFO, elem_id="of-pictures"
    )
    return RegionSettings(which, against, prompt, samples, estimator, spread, of_pictures), make, cancel


def regions_of(card: PlaceCard | None) -> Mapping[str, Polygon]:
    """The named regions that a model knows."""
    return named_regions(card.box) if card and card.box else {}


def title(drawn: Drawn | None) -> str:
    """The name of the region on the map, where it has one."""
    return drawn.name if drawn and drawn.name else text.DRAWN


def _choice(
    elem_id: str, label: str, info: str, words: Mapping[str, str], kind: Any, value: str
) -> gr.Dropdown:
    choices = [(words[name], name) for name in get_args(kind)]
    return gr.Dropdown(choices, value=value, label=label, info=info, filterable=False, elem_id=elem_id)


def area_of(drawn: Drawn | None) -> Region:
    """What was drawn, where it has an inside."""
    if drawn is None:
        raise BadRegion(text.REGION_MISSING)
    if isinstance(drawn.geometry, Path):
        raise BadRegion(text.REGION_IS_LINE)
    return drawn.geometry
