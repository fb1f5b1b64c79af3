"""Maps of an atlas as files: GeoTIFF, KMZ and GeoJSON; the same atlas gives the same bytes."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, TiffImagePlugin, TiffTags

from engine.atomic import write_bytes
from engine.geo.formats import Feature, markup, write
from engine.geo.mercator import to_mercator
from engine.studio.atlas.cells import Cell
from engine.studio.atlas.mosaic import Sheet
from engine.studio.requests import AtlasRequest

OVERLAY_PX = 2_048
"""Longest side of a KMZ's mosaic; globes refuse or blur larger ones on many a machine."""
_DATE = (1980, 1, 1, 0, 0, 0)
_PIXEL_SCALE, _TIEPOINT, _GEO_KEYS, _GEO_TEXT = (
    33_550,
    33_922,
    34_735,
    34_737,
)  # tags of GeoTIFF (OGC 19-008r4)
_CITATION = "WGS 84 / Pseudo-Mercator|"


def write_geotiff(path: Path, mosaic: Image.Image, sheet: Sheet, request: AtlasRequest) -> None:
    """Nothing; `path` is a GeoTIFF in EPSG:3857 whose description is the request. DiskFull on a full disk."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    keys = (
        *(
            1,
            1,
            0,
            4,
        ),  # version 1.1.0, four keys: each its number, where its value is, how many, and the value
        *(1024, 0, 1, 1),  # the model is a projected map
        *(1025, 0, 1, 1),  # a pixel is an area, so that the tiepoint is its corner
        *(1026, _GEO_TEXT, len(_CITATION), 0),
        *(3072, 0, 1, 3857),
    )
    for tag, kind, value in (
        (_PIXEL_SCALE, TiffTags.DOUBLE, (sheet.pixel_m, sheet.pixel_m, 0.0)),
        (_TIEPOINT, TiffTags.DOUBLE, (0.0, 0.0, 0.0, sheet.west_m, sheet.north_m, 0.0)),
        (_GEO_KEYS, TiffTags.SHORT, keys),
        (_GEO_TEXT, TiffTags.ASCII, _CITATION),
        (TiffImagePlugin.IMAGEDESCRIPTION, TiffTags.ASCII, json.dumps(request.to_dict(), sort_keys=True)),
    ):
        tags.tagtype[tag] = kind
        tags[tag] = value
    data = io.BytesIO()
    mosaic.save(data, "TIFF", tiffinfo=tags, compression="tiff_adobe_deflate")
    write_bytes(path, data.getvalue())


def write_kmz(
    path: Path,
    mosaic: Image.Image,
    sheet: Sheet,
    request: AtlasRequest,
    cells: Sequence[Cell],
    thumbnails: Sequence[Image.Image],
) -> None:
    """Nothing; `path` is a KMZ with the mosaic on the ground and a placemark with a small picture for each cell."""
    root = markup.Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    document = markup.add(root, "Document")
    title = request.prompt.strip() or "Atlas"
    markup.add(document, "name", title)
    style = markup.add(document, "Style", id="cell")
    markup.add(markup.add(style, "IconStyle"), "scale", "0.5")
    markup.add(markup.add(style, "LabelStyle"), "scale", "0")
    overlay = markup.add(document, "GroundOverlay")
    markup.add(overlay, "name", title)
    markup.add(markup.add(overlay, "Icon"), "href", "files/mosaic.png")
    box = markup.add(overlay, "LatLonBox")
    for side in ("north", "south", "east", "west"):
        markup.add(box, side, f"{getattr(sheet.bounds, side):.10f}")
    files = {"files/mosaic.png": _packed(_even_latitudes(mosaic, sheet), "PNG")}
    for number, (cell, picture) in enumerate(zip(cells, thumbnails, strict=True), start=1):
        name = f"files/{number:03d}.jpg"
        files[name] = _packed(picture.convert("RGB"), "JPEG", quality=90)
        placemark = markup.add(document, "Placemark")
        markup.add(placemark, "name", cell.name)
        markup.add(placemark, "description", f'<img src="{name}" width="{picture.width}"/><br/>{cell.centre}')
        markup.add(placemark, "styleUrl", "#cell")
        at = f"{cell.centre.longitude:.6f},{cell.centre.latitude:.6f}"
        markup.add(markup.add(placemark, "Point"), "coordinates", at)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in {"doc.kml": markup.serialise(root), **files}.items():
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = 3
            member.compress_type = zipfile.ZIP_DEFLATED if name == "doc.kml" else zipfile.ZIP_STORED
            archive.writestr(member, content)
    write_bytes(path, data.getvalue())


def write_geojson(path: Path, request: AtlasRequest, cells: Sequence[Cell]) -> None:
    """Nothing; `path` is a GeoJSON of the cells, each with the place and the conditions of its picture."""
    asked = {name: getattr(request, name) for name in ("heading", "hour", "month", "prompt", "seed")}
    write(
        path,
        [
            Feature(
                cell.outline,
                cell.name,
                {"latitude": cell.centre.latitude, "longitude": cell.centre.longitude, **asked},
            )
            for cell in cells
        ],
    )


def _even_latitudes(mosaic: Image.Image, sheet: Sheet) -> Image.Image:
    """The mosaic with rows of equal latitude, as KML wants them, and no larger than OVERLAY_PX."""
    bounds, height = sheet.bounds, mosaic.height
    latitudes = bounds.north - (np.arange(height) + 0.5) * (bounds.north - bounds.south) / height
    _, north_m = to_mercator(latitudes, 0.0)
    rows = ((sheet.north_m - north_m) / sheet.pixel_m).astype(int).clip(0, height - 1)
    even = Image.fromarray(np.asarray(mosaic)[rows])
    even.thumbnail((OVERLAY_PX, OVERLAY_PX))
    return even


def _packed(image: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()
