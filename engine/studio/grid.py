"""A grid in the making: pictures that differ in two settings, on one labelled sheet."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.grid_sheet import GridSheet
from engine.studio.jobs import CancelToken, Progress
from engine.studio.judging import scores_of
from engine.studio.made import Made
from engine.studio.requests import GridRequest
from engine.studio.series import make_each

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.diffusion.pipeline import PlacePipeline
    from engine.evaluation.gps_clip.judge import GpsClip

MOST_PIXELS = 64_000_000
"""Of a sheet; programs that open pictures begin to refuse them at 90 million."""
_LOOK_PX = 512


def make_grid(
    pipe: "PlacePipeline",
    request: GridRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
    judge: "GpsClip | None" = None,
) -> Made:
    """The sheet of a grid, and where each of its pictures lies. Raises BadRequest, Cancelled.

    Each entry of `details["cells"]` has `box_px` (left, top, right, bottom) and `settings`, what the picture does not
    share with all the others; with a judge `scores` too, which stand below the picture.
    """
    requests = request.cells
    own_px = pipe.card.resolution_px
    picture_px = request.width_px or own_px, request.height_px or own_px
    layout = GridSheet(
        request.rows, request.columns, picture_px, request.gps_in_exif, scored=judge is not None
    )
    width, height = layout.size
    if width * height > MOST_PIXELS:
        raise BadRequest(
            f"the sheet of this grid would be {width:,} x {height:,} px; choose fewer or smaller pictures"
        )
    sheet = layout.blank()
    scale = min(1.0, _LOOK_PX / max(layout.size))
    look = sheet.resize((max(1, round(width * scale)), max(1, round(height * scale))))

    def show(number: int, picture: "Image") -> "Image":
        left, top, right, bottom = (round(edge * scale) for edge in layout.boxes[number])
        look.paste(picture.resize((max(1, right - left), max(1, bottom - top))), (left, top))
        return look.copy()

    pictures = make_each(pipe, requests, show, on_progress, cancel)
    cells: list[dict[str, Any]] = []
    for number, (picture, asked, settings) in enumerate(
        zip(pictures, requests, request.differences, strict=True)
    ):
        box = layout.boxes[number]
        sheet.paste(picture, box)
        told = {name: _plain(value) for name, value in settings.items()}
        cells.append({"box_px": list(box), "settings": told})
        if judge is not None:
            scores = scores_of(judge, picture, asked.place, asked.prompt)
            layout.write_scores(sheet, number, scores)
            cells[-1]["scores"] = scores
    return Made(sheet, details={"cells": cells})


def cell_at(details: Mapping[str, Any], x: float, y: float) -> dict[str, Any] | None:
    """Settings of the picture at a pixel of the sheet, by the names that an ImageRequest has for them.

    None between the pictures. A place that the sheet's file does not tell is not among them.
    """
    for cell in details["cells"]:
        left, top, right, bottom = cell["box_px"]
        if left <= x < right and top <= y < bottom:
            settings = {name: value for name, value in cell["settings"].items() if value is not None}
            return settings | ({"place": Place(**settings["place"])} if "place" in settings else {})
    return None


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return {"latitude": value.latitude, "longitude": value.longitude} if isinstance(value, Place) else value
