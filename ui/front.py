"""The front: which tab the visitor sees, and how another one comes to the front."""

from typing import Any

import gradio as gr

from ui.answers import at_once
from ui.session import Session


class Front:
    """The tabs as one, whose front one every session knows."""

    def __init__(self, tabs: gr.Tabs, session: gr.State) -> None:
        self.tabs = tabs
        tabs.select(self._turned, session, None, **at_once(session, trigger_mode="multiple"))

    def show(self, session: Session, tab: str) -> dict[Any, Any]:
        """Updates that bring a tab to the front; none where it is there.

        An update of the tabs makes Gradio copy the state of all that lies in them, which takes 0.1 s.
        """
        if session.tab == tab:
            return {}
        session.tab = tab
        return {self.tabs: gr.update(selected=tab)}

    def _turned(self, session: Session, event: gr.SelectData) -> None:
        session.tab = event.value
