"""Examples: places and words to begin with, for a model that is at home there and knows all that they ask."""

import json
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
        dials = {name: dial_value(getattr(self, name)) for name in ("heading", "hour", "month")}
        return {"prompt": self.prompt, "negative_prompt": "", "place": str(self.place)} | dials

    def suits(self, card: "PlaceCard") -> bool:
        """Whether the model has learned the place, every condition that is set, and every word."""
        wanted = {"longitude", "latitude"} | {
            name for name in ("heading", "hour", "month") if getattr(self, name) is not None
        }
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


def words_after(words: str, before: "PlaceCard | None", after: "PlaceCard | None") -> str | None:
    """What the prompt is to say once another model is chosen; None where it stays.

    Words that the page had put there, those of an example or of a landmark, make way; a visitor's own stay.
    """
    of_page = {"", before.prompt if before else "", *(each.prompt for each in examples_for(before))}
    own = after.prompt if after else ""
    return own if words in of_page and words != own else None


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
