"""Attention in the making: a picture, and where it looked at each word of its prompt and each condition that is set."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.errors import BadRequest
from engine.photos.stamp import write_picture
from engine.studio.contact_sheet import Print, contact_sheet
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.notices import within_reach
from engine.studio.picture import make_picture
from engine.studio.requests import AttentionRequest
from engine.studio.requests.attention import MAPS

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.diffusion.attention import Attention
    from engine.diffusion.pipeline import PlacePipeline
    from engine.diffusion.words import Word

PICTURE: Final = ".picture.png"
"""Ending of the file with the picture alone."""
_PRINT_PX: Final = 512
"""Longer side of a print on the sheet at most; a prompt may have 75 words."""


def make_attention(
    pipe: "PlacePipeline",
    request: AttentionRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """A sheet of the picture under the map of each word and condition, the picture itself, and a file of all maps.

    The picture is to the pixel that of an ImageRequest. A map on the sheet is the mean over all layers and steps, from
    its least number to its greatest. `details["cells"]` say where what lies: `box_px` (left, top, right, bottom), and
    what it is a map `of`: a word by its number, a condition by its name, None for the picture, as in Attention.map.
    `details["shares"]` are parts of all attention, overall and by step. Raises BadRequest, Cancelled.
    """
    from engine.diffusion.attention import recorded
    from engine.diffusion.words import words_of

    words, conditions = words_of(request.prompt, pipe.tokenizer), tuple(request.conditions)
    if not words and not conditions:
        raise BadRequest(
            "there is nothing that the picture could look at; give a prompt, a place, a heading, an hour or a month"
        )
    with recorded(pipe) as attention:
        picture = make_picture(pipe, within_reach(request.picture, pipe.card), on_progress, cancel).image
    sheet, cells = _sheet(picture, attention, words, conditions)
    files = {
        PICTURE: partial(_write_alone, picture, request),
        MAPS: partial(_write_maps, attention, request),
    }
    return Made(sheet, files, {"cells": cells} | _facts(attention, conditions))


def _sheet(
    picture: "Image", attention: "Attention", words: tuple["Word", ...], conditions: tuple[str, ...]
) -> tuple["Image", list[dict[str, Any]]]:
    """The labelled sheet, and where each of its prints lies."""
    from engine.diffusion.heat import normalised, overlay

    small = picture.copy()
    small.thumbnail((_PRINT_PX, _PRINT_PX))
    labels: dict[int | str, str] = {number: word.text for number, word in enumerate(words)}
    labels |= {name: name for name in conditions}
    prints = [Print(small, "picture", "picture", quiet=True)]
    for of, label in labels.items():
        shown = overlay(small, normalised(attention.map(of)))
        otherwise = f"word {of + 1}" if isinstance(of, int) else of
        prints.append(Print(shown, label, otherwise, quiet=isinstance(of, str)))
    sheet, boxes = contact_sheet(prints)
    return sheet, [{"box_px": list(box), "of": of} for box, of in zip(boxes, (None, *labels), strict=True)]


def _facts(attention: "Attention", conditions: tuple[str, ...]) -> dict[str, Any]:
    """What is known of the maps, JSON-safe.

    No condition is a key, because a file that hides its place hides what stands under "latitude".
    """
    overall = attention.mean_shares()
    by_step = [attention.mean_shares(steps=step) for step in range(attention.num_steps)]
    return {
        "words": [word.text for word in attention.words],
        "conditions": list(conditions),
        "groups": list(attention.groups),
        "steps": attention.num_steps,
        "shares": [
            {"of": name, "share": round(share, 5), "by_step": [round(step[name], 5) for step in by_step]}
            for name, share in overall.items()
        ],
    }


def _write_alone(picture: "Image", request: AttentionRequest, path: Path) -> None:
    write_picture(
        path,
        picture,
        place=request.where,
        heading_deg=request.heading,
        caption=request.prompt or None,
        provenance={"request": request.picture.to_dict()},
        gps=request.gps_in_exif,
    )


def _write_maps(attention: "Attention", request: AttentionRequest, path: Path) -> None:
    from engine.diffusion.attention_file import write_attention

    write_attention(path, attention, request.to_dict() if request.gps_in_exif else None)
