"""Captions: what people wrote about a photo, wherever they wrote it, and none of what machines wrote."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import ExifTags, ImageFile, IptcImagePlugin

_LONGEST = 1000
"""Characters of a caption; Stable Diffusion reads about 300 of them."""


def caption_beside(path: Path) -> str:
    """Caption in the text file beside a photo (photo.txt or photo.jpg.txt); "" where there is none."""
    for beside in (path.with_suffix(".txt"), path.with_name(path.name + ".txt")):
        try:
            with beside.open("rb") as file:
                text = file.read(4 * _LONGEST)
        except OSError:
            continue
        if caption := clean_caption(text.decode("utf-8", "replace")):
            return caption
    return ""


def caption_within(image: ImageFile.ImageFile, exif: Mapping[int, Any]) -> str:
    """Caption in the picture's own metadata: EXIF, Windows, IPTC or PNG text, in this order; "" where there is none."""
    base = ExifTags.Base
    for tag, encoding in (
        (base.ImageDescription, ""),
        (base.XPTitle, "utf-16-le"),
        (base.XPSubject, "utf-16-le"),
    ):
        if caption := clean_caption(text_of(exif.get(tag), encoding)):
            return caption
    if "photoshop" in image.info:
        iptc = IptcImagePlugin.getiptcinfo(image) or {}
        for field in ((2, 120), (2, 105), (2, 5)):  # caption, headline, object name
            if caption := clean_caption(text_of(iptc.get(field))):
                return caption
    for key in ("Description", "Title", "Comment"):
        if isinstance(text := image.info.get(key), str) and (caption := clean_caption(text)):
            return caption
    return ""


def clean_caption(text: str) -> str:
    """The caption on one line of at most 1,000 characters; "" where a camera or a program wrote it."""
    text = unicodedata.normalize("NFC", text[: 4 * _LONGEST])
    text = "".join(
        " " if unicodedata.category(char)[0] in "CZ" and char != "\u200d" else char for char in text
    )
    text = " ".join(text.split())[:_LONGEST].rstrip()
    return "" if _MACHINE.fullmatch(text) or not any(map(str.isalnum, text)) else text


def text_of(value: object, encoding: str = "") -> str:
    """Text of a metadata value: text, bytes, or a list of byte values; "" for anything else.

    Bytes are UTF-8 where they can be and Windows-1252 where not; Pillow hands EXIF's text out as Latin-1, and it is
    turned back first. The text ends at its first NUL.
    """
    if isinstance(value, list):
        value = value[0] if value else b""
    if isinstance(value, tuple) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        value = bytes(value[: 8 * _LONGEST])
    if isinstance(value, str):
        try:
            value = value[: 8 * _LONGEST].encode("latin-1")
        except UnicodeEncodeError:
            return str(value).split("\0")[0]
    if not isinstance(value, bytes):
        return ""
    value = value[: 8 * _LONGEST]
    if encoding:
        return value.decode(encoding, "replace").split("\0")[0]
    value = value.split(b"\0")[0]
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


# What cameras leave in the fields meant for people: their own name, a file's name or path, JSON of an app (which may
# hold addresses of e-mail, as Mapillary's did).
_MACHINE = re.compile(
    r"[{\[]+\s*[\"'].*|<.*>"
    r"|[\w\\/.:~ -]*\.(jpe?g|png|tiff?|webp|heic|dng|nef|cr2)"
    r"|(OLYMPUS|MINOLTA|KODAK|SONY|PENTAX|RICOH|VIVITAR)\b.*(CAMERA|DSC|PICTURE)\b.*"
    r"|SONY DSC|SAMSUNG|Default|DCIM.*|IMG[_-]?\d+|DSCN?[_-]?\d+|ASCII|UNICODE|Screenshot|Untitled"
    r"|Created with .*|Processed with .*|binary comment|non stabilisé",
    re.IGNORECASE,
)
