"""Markup: XML of strangers read without entities, and ours written the same way every time."""

import re
from typing import Final, NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

from engine.errors import BadFile

MAX_ELEMENTS: Final = 1_000_000
MAX_DEPTH: Final = 100
_ILLEGAL: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


def parse(data: bytes, name: str) -> Element:
    """The root of a document, its tags and attributes without namespace.

    A DOCTYPE is refused, so that no entity can grow or reach out. Raises BadFile for that, for what is no XML, and for
    more than a million elements or a hundred levels.
    """
    builder, depth, count = ElementTree.TreeBuilder(), 0, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            limits = f"{MAX_ELEMENTS:,} elements or {MAX_DEPTH} levels"
            raise BadFile(f"{name} has more than {limits}; split or simplify it")
        builder.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    def refuse(*_declaration: object) -> NoReturn:
        raise BadFile(f"{name} declares a DOCTYPE, which could hide anything; export it again without one")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise BadFile(f"{name} is not valid XML ({error}); export it again") from error
    return builder.close()


def text_of(element: Element, tag: str) -> str:
    """The text of the first child with a tag, without space around it; "" where there is none."""
    return (element.findtext(tag) or "").strip()


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last child; characters that XML cannot hold become �."""
    child = ElementTree.SubElement(
        parent, tag, {key: _ILLEGAL.sub("\ufffd", value) for key, value in attributes.items()}
    )
    if text:
        child.text = _ILLEGAL.sub("\ufffd", text)
    return child


def serialise(root: Element) -> bytes:
    """The document as indented UTF-8."""
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "utf-8") + b"\n"


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
