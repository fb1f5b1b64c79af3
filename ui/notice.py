"""Notices: one line of the page that says what is going on, or what went wrong and what to do."""

import html
from collections.abc import Iterable


def notice(words: str, *, wrong: bool = False) -> str:
    """The line as HTML; whatever is in the words is shown as it stands."""
    kind, role = ("notice wrong", "alert") if wrong else ("notice", "status")
    return f'<p class="{kind}" role="{role}">{html.escape(words)}</p>'


def sentence(words: object) -> str:
    """The words with a full stop, and a capital letter where they do not begin with a name or a number."""
    said = str(words)
    first = said.split(maxsplit=1)[0] if said.strip() else ""
    begun = f"{said[:1].upper()}{said[1:]}" if first.isalpha() else said
    return f"{begun}{'' if said.endswith(('.', '?')) else '.'}"


def notices(words: Iterable[str]) -> str:
    """Several lines as HTML, on what is to be known of a picture; empty for none."""
    return "".join(
        f'<p class="notice note{" long" * (len(each) > 180)}" role="status">{html.escape(each)}</p>'
        for each in words
    )
