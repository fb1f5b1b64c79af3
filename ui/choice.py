"""A dropdown whose list changes with the model."""

import gradio as gr


class Choice(gr.Dropdown):
    """As gr.Dropdown, which refuses what is not in its list of this moment; this one hands on what the page says.

    A click may be on its way with the size or the region of one model while another is being chosen. What reads the
    value knows all that it can be, and says what is wrong with anything else.
    """

    is_template = True
    """Gradio's mark of a component that is drawn on the page as the one that it derives from."""

    def preprocess(self, payload: object) -> str:
        """The chosen text; empty where the page sends none."""
        return payload if isinstance(payload, str) else ""
