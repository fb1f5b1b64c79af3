"""Examples: places and words to begin with, for a model that is at home there and knows all that they ask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import gradio as gr

from engine.geo.place import Place
from engine.studio.notices import unknown_words
from ui.dials import dial_value
from ui.map_document import ASSETS

if TYPE_CHECKING:
    from engine.diffusion.card import PlaceCard

_TOLD = ("heading", "hour", "month")
"""What an example may tell beside its place and words."""


@dataclass(frozen=True)
class Example:
    """A place, words for it, and perhaps a direction, an hour and a month."""

    title: str
    """What its button says."""
    latitude: float
    longitude: float
    prompt: str
    heading: float | None = None
    hour: float | None = None
    month: float | None = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.latitude, self.longitude)

    @property
    def settings(self) -> dict[str, str]:
        """What the controls are to hold, by their names in Settings."""
        dials = {name: dial_value(getattr(self, name)) for name in _TOLD}
        return {"prompt": self.prompt, "negative_prompt": "", "place": str(self.place)} | dials

    def suits(self, card: "PlaceCard") -> bool:
        """Whether the model has learned the place, every condition that is set, and every word."""
        wanted = {"longitude", "latitude"} | {name for name in _TOLD if getattr(self, name) is not None}
        return (
            not card.untrained
            and card.box is not None
            and card.box.contains(self.place)
            and wanted <= set(card.conditions)
            and not (card.words and unknown_words(self.prompt, card.words))
        )


def examples_for(card: "PlaceCard | None") -> tuple[Example, ...]:
    """The examples that suit a model; the first of them is what the page opens with."""
    return tuple(example for example in all_examples() if card is not None and example.suits(card))


def left_behind(
    values: Mapping[str, Any], before: "PlaceCard | None", after: "PlaceCard | None"
) -> dict[str, str]:
    """What controls are to hold instead once another model is chosen, by their names in Settings.

    What the page had put there makes way: an example that the next model does not have, of whichever model before, with
    its direction, hour and month, or the words that a landmark was taught with. What is a visitor's own stays.
    """
    words, own = values["prompt"] or "", after.prompt if after else ""
    example = next((each for each in all_examples() if each.prompt == words), None)
    if example in examples_for(after) or not (example or words in ("", before.prompt if before else "")):
        return {}
    of_page = example.settings if example else {}
    dials = {name: "" for name in _TOLD if of_page.get(name) and values[name] == of_page[name]}
    return dials | ({"prompt": own} if words != own else {})


@lru_cache(maxsize=1)
def all_examples() -> tuple[Example, ...]:
    """Every example that there is."""
    return tuple(
        Example(**each) for each in json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))
    )


def build_examples(**layout: Any) -> gr.HTML:
    """The examples as buttons. Its value is their titles as JSON; its event is `example_chosen(title)`, untrusted."""
    return gr.HTML(
        titles(()),
        html_template='<div class="examples"></div>',
        js_on_load=(ASSETS / "examples.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        **layout,
    )


def titles(examples: tuple[Example, ...]) -> str:
    """The value of the buttons."""
    return json.dumps([{"title": each.title, "prompt": each.prompt} for each in examples])
