"""What the keyboard does on the page, the list of it, and the sentence on each control."""

import gradio as gr

from ui import text
from ui.map_document import ASSETS, as_script


def script() -> str:
    """The page's own script with its words, safe inside a page."""
    return (
        f"const WORDS = {as_script({'tips': text.TIPS})};\n{(ASSETS / 'page.js').read_text(encoding='utf-8')}"
    )


def build_keys() -> None:
    """A button that opens the list of keys; the list is a dialog, which Escape or its own button closes."""
    rows = "".join(f"<dt>{key}</dt><dd>{what}</dd>" for key, what in text.KEYS)
    gr.HTML(
        f'<dialog id="keys-list" aria-label="{text.KEYS_TITLE}"><h2>{text.KEYS_TITLE}</h2><dl>{rows}</dl>'
        f'<form method="dialog"><button>{text.CLOSE}</button></form></dialog>',
        elem_id="keys",
    )
    button = gr.Button(text.KEYS_BUTTON, size="sm", elem_id="keys-button")
    button.click(None, js="() => document.querySelector('#keys-list').showModal()", api_visibility="private")
