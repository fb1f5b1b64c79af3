"""How the page's handlers answer: quietly, at once or from Gradio's queue."""

from typing import Any

import gradio as gr

STAMP = "(session, asked, ...values) => [session, performance.now(), ...values]"
"""Writes down when the page asked, because questions may arrive in another order than they were asked in."""

MOST_AT_WORK = 16
"""So many handlers may look on at work at a time; each of them waits on a thread."""


def at_once(session: gr.State, **more: Any) -> dict[str, Any]:
    """Options of an event whose handler answers at once, without a sign of waiting on the page.

    Signs of waiting are sent to the session, which nobody sees: for every component that gets one, Gradio copies the
    state of all that lies in it, and with the tabs among a handler's outputs that took 0.2 s at each event.
    """
    quiet = {"show_progress": "hidden", "show_progress_on": session, "api_visibility": "private"}
    return quiet | {"queue": False} | more


def at_work(session: gr.State, **more: Any) -> dict[str, Any]:
    """The same for a handler that looks on at work and answers again and again."""
    line = {"queue": True, "concurrency_id": "pictures", "concurrency_limit": MOST_AT_WORK}
    return at_once(session) | line | more
