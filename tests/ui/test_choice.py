"""The dropdown whose list changes with the model."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from engine.errors import BadRequest
from ui.choice import Choice
from ui.settings import _sides, sizes


def _heard_after_a_change(dropdown: type[gr.Dropdown]) -> object:
    """What a function is given when the page still sends a choice of the list before."""
    heard = []

    async def click() -> None:
        with gr.Blocks() as page:
            chosen = dropdown(sizes(64), value=sizes(64)[0], label="Size")
            button = gr.Button()
            button.click(lambda: gr.update(choices=sizes(256), value=sizes(256)[0]), None, chosen)
            button.click(heard.append, chosen, None)
        session = SessionState(page)
        change, hear = page.fns.values()
        await page.process_api(change, [], session)
        await page.process_api(hear, [sizes(64)[0]], session)

    with ThreadPoolExecutor(1) as thread:  # Gradio wants a loop that is running, pytest one that is closed
        thread.submit(asyncio.run, click()).result()
    return heard[0]


def test_a_choice_of_the_list_before_arrives():
    assert _heard_after_a_change(Choice) == "64 × 64"


def test_gradios_own_dropdown_refuses_it():
    with pytest.raises(gr.Error, match="not in the list"):
        _heard_after_a_change(gr.Dropdown)


@pytest.mark.parametrize("sent", [None, 7, ["64 × 64"]])
def test_what_is_no_text_is_nothing(sent):
    assert Choice(sizes(64)).preprocess(sent) == ""


@pytest.mark.parametrize("said", ["", "large", "64 x 64", "64 × 64; 1", "999999 × 8"])
def test_a_size_that_is_none_is_told(said):
    with pytest.raises(BadRequest, match="choose one from the list"):
        _sides(said)


def test_the_page_draws_it_as_a_dropdown():
    assert Choice(sizes(64)).get_block_name() == "dropdown"
