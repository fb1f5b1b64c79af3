"""The settings of a picture: the controls that hold them, and both ways between controls and a request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from engine.diffusion.card import PlaceCard
from engine.errors import BadRequest
from engine.studio.picture import settled
from engine.studio.requests import ImageRequest
from engine.studio.whereabouts import find_place
from ui import text
from ui.choice import Choice
from ui.dials import DIALS, dial_value, dialled


@dataclass(frozen=True)
class Settings:
    """The controls, in the order in which their values travel."""

    prompt: gr.Textbox
    place: gr.Textbox
    guidance_scale: gr.Slider
    gps_guidance_scale: gr.Slider
    negative_prompt: gr.Textbox
    num_inference_steps: gr.Slider
    seed: gr.Number
    size: Choice
    heading: gr.HTML
    hour: gr.HTML
    month: gr.HTML
    azimuth: gr.HTML
    distance: gr.HTML
    gps_in_exif: gr.Checkbox

    @property
    def controls(self) -> list[gr.components.Component]:
        """The controls as a list."""
        return [getattr(self, field.name) for field in fields(self)]

    def named(self, values: Sequence[Any]) -> dict[str, Any]:
        """The values of the controls by their names."""
        return dict(zip((field.name for field in fields(self)), values, strict=True))

    def request(self, model: str, card: PlaceCard | None, values: Sequence[Any]) -> ImageRequest:
        """The validated request that the values of the controls ask for; one of our errors where they cannot."""
        given = self.named(values)
        for name in ("prompt", "place", "negative_prompt"):
            given[name] = given[name] or ""  # a box that nobody has touched is None
        written = given.pop("place").strip()
        size = given.pop("size")
        own = card is not None and size == _size(card.resolution_px, card.resolution_px)
        width_px, height_px = (None, None) if own else _sides(size)
        for name in DIALS:
            known = card is not None and name in card.conditions
            given[name] = dialled(name, given[name]) if known else None
        if given["seed"] is None:
            raise BadRequest("the seed is empty; write a whole number, or roll the dice")
        return ImageRequest(
            model=model,
            place=find_place(written, card.box if card else None) if written else None,
            width_px=width_px,
            height_px=height_px,
            **given,
        ).validate()

    def replaced(self, values: Sequence[Any], **new: Any) -> list[Any]:
        """The values with some of them replaced, by name."""
        return list((self.named(values) | new).values())

    def holding(self, updates: Mapping[Any, Any], values: Mapping[str, Any]) -> dict[Any, Any]:
        """The updates with new values of controls, by name; whether a control is seen stays as an update says."""
        held = {getattr(self, name): value for name, value in values.items()}
        return {**updates} | {
            each: updates.get(each, gr.update()) | {"value": value} for each, value in held.items()
        }

    def show(self, request: ImageRequest, card: PlaceCard | None) -> dict[Any, Any]:
        """Updates that make the controls say what a request says."""
        request = settled(request, card) if card else request
        shown: dict[Any, Any] = {
            getattr(self, name): getattr(request, name)
            for name in (
                "prompt", "guidance_scale", "gps_guidance_scale", "negative_prompt", "num_inference_steps",
                "seed", "gps_in_exif",
            )
        }  # fmt: skip
        shown[self.place] = str(request.place) if request.place else ""
        for name in DIALS:
            known = card is not None and name in card.conditions
            shown[getattr(self, name)] = gr.update(value=dial_value(getattr(request, name)), visible=known)
        side = card.resolution_px if card else 512
        size = _size(request.width_px or side, request.height_px or side)
        shown[self.size] = gr.update(choices=list(dict.fromkeys([*sizes(side), size])), value=size)
        return shown

    def suit(self, card: PlaceCard | None) -> dict[Any, Any]:
        """Updates that make the controls offer what a model can do, with the numbers that suit it."""
        side = card.resolution_px if card else 512
        updates: dict[Any, Any] = {self.size: gr.update(choices=sizes(side), value=_size(side, side))}
        if card is not None:
            updates[self.guidance_scale] = card.guidance_scale
            updates[self.gps_guidance_scale] = card.gps_guidance_scale
            updates[self.num_inference_steps] = card.num_inference_steps
        for name in DIALS:
            updates[getattr(self, name)] = gr.update(visible=card is not None and name in card.conditions)
        return updates


def build_guidance() -> dict[str, Any]:
    """The sliders for how closely a picture follows its words and its place, by their names."""
    with gr.Row(elem_id="guidance"):
        words = gr.Slider(0, 15, 3.5, step=0.5, label=text.GUIDANCE, buttons=[], elem_id="guidance-scale")
        place = gr.Slider(
            0, 15, 7.5, step=0.5, label=text.GPS_GUIDANCE, buttons=[], elem_id="gps-guidance-scale"
        )
    return {"guidance_scale": words, "gps_guidance_scale": place}


def build_more() -> tuple[dict[str, Any], gr.Button]:
    """The settings behind "More" by their names, and the dice beside the seed."""
    # No gr.Accordion: it puts its children together when it is first opened, and forgets what is typed meanwhile.
    gr.Button(text.MORE, elem_id="more-button").click(None, js=_OPEN_MORE, api_visibility="private")
    with gr.Column(elem_id="more"):
        negative = gr.Textbox(label=text.NEGATIVE_PROMPT, max_lines=1, elem_id="negative-prompt")
        with gr.Row(elem_id="numbers"):
            steps = gr.Slider(1, 100, 30, step=1, label=text.STEPS, buttons=[], elem_id="steps")
            with gr.Row(elem_id="seed-row"):
                seed = gr.Number(0, label=text.SEED, precision=0, minimum=0, elem_id="seed")
                dice = gr.Button(text.DICE, elem_id="dice")
            size = Choice(sizes(512), value=sizes(512)[0], label=text.SIZE, filterable=False, elem_id="size")
        gps = gr.Checkbox(True, label=text.GPS_IN_FILE, elem_id="gps-in-exif")
    own = {"num_inference_steps": steps, "seed": seed, "size": size, "gps_in_exif": gps}
    return {"negative_prompt": negative} | own, dice


_OPEN_MORE = """() => {
    const open = document.querySelector("#more").classList.toggle("open");
    document.querySelector("#more-button").setAttribute("aria-expanded", open);
}"""


def sizes(side_px: int) -> list[str]:
    """Sizes that suit a model: square, lying and standing, each side a multiple of 8."""
    longer = side_px * 3 // 2 // 8 * 8
    return [_size(side_px, side_px), _size(longer, side_px), _size(side_px, longer)]


def _size(width_px: int, height_px: int) -> str:
    return f"{width_px} × {height_px}"


def _sides(size: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5}) × (\d{1,5})", size or "")
    if not found:
        raise BadRequest(f"the size {str(size)[:40]!r} is none; choose one from the list")
    return int(found[1]), int(found[2])
