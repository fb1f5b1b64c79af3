"""An atlas in the making: its cells, their pictures, and what is written of them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import BadRequest
from engine.studio.atlas.cells import hexagons, squares
from engine.studio.atlas.mosaic import Sheet
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.requests import AtlasRequest, ImageRequest, PictureSettings
from engine.studio.scatter import within_box
from engine.studio.series import make_each

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.diffusion.pipeline import PlacePipeline

_LOOK_PIXELS = 384**2
_THUMBNAIL_PX = 160


def make_atlas(
    pipe: "PlacePipeline",
    request: AtlasRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Made:
    """The mosaic of a region, and maps of it unless they may not say where it is.

    Raises BadRegion, BadRequest, Cancelled.
    """
    from engine.studio.atlas.maps import write_geojson, write_geotiff, write_kmz

    if request.region is None:
        raise BadRequest("the request does not tell its region; draw one")
    region = within_box(request.region, pipe.card.box)
    square = request.cells == "square"
    cells = squares(region, request.side_m) if square else hexagons(region, request.resolution)
    own_px = pipe.card.resolution_px
    picture_px = min(request.width_px or own_px, request.height_px or own_px)
    sheet, small = Sheet.of(cells, picture_px), Sheet.of(cells, picture_px, _LOOK_PIXELS)
    mosaic, look = sheet.blank(), small.blank()

    def show(number: int, picture: "Image") -> "Image":
        small.paste(look, number, picture)
        return look.convert("RGB")

    own = {name: getattr(request, name) for name in PictureSettings.__dataclass_fields__}
    requests = [ImageRequest(request.model, cell.centre, **own) for cell in cells]
    thumbnails = []
    for number, picture in enumerate(make_each(pipe, requests, show, on_progress, cancel)):
        sheet.paste(mosaic, number, picture)
        picture.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
        thumbnails.append(picture)
    bounds = sheet.bounds
    details = {
        "places": [[cell.centre.latitude, cell.centre.longitude] for cell in cells],
        "bounds": {side: getattr(bounds, side) for side in ("south", "west", "north", "east")},
        "pixel_m": sheet.pixel_m,
    }
    maps = {
        ".tif": partial(write_geotiff, mosaic=mosaic, sheet=sheet, request=request),
        ".kmz": partial(
            write_kmz, mosaic=mosaic, sheet=sheet, request=request, cells=cells, thumbnails=thumbnails
        ),
        ".geojson": partial(write_geojson, request=request, cells=cells),
    }
    return Made(mosaic, maps if request.gps_in_exif else {}, details)
