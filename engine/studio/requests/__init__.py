"""Requests: everything that a page, a command or a program can ask of the studio, as frozen values."""

from collections.abc import Mapping
from typing import Any

from engine.errors import BadRequest
from engine.studio.requests.atlas import AtlasRequest
from engine.studio.requests.attention import AttentionRequest
from engine.studio.requests.average import AverageRequest
from engine.studio.requests.axis import Axis
from engine.studio.requests.belong import BelongRequest, GivenPicture
from engine.studio.requests.grid import GridRequest
from engine.studio.requests.making import IngestRequest, TrainRequest, WorldRequest
from engine.studio.requests.picture import ImageRequest, PictureRequest, PictureSettings
from engine.studio.requests.reconstruct import ReconstructRequest
from engine.studio.requests.sfm import SfmRequest
from engine.studio.requests.walk import WalkRequest

__all__ = [
    "AtlasRequest",
    "AttentionRequest",
    "AverageRequest",
    "Axis",
    "BelongRequest",
    "GivenPicture",
    "GridRequest",
    "ImageRequest",
    "IngestRequest",
    "PictureRequest",
    "PictureSettings",
    "ReconstructRequest",
    "Request",
    "SfmRequest",
    "TrainRequest",
    "WalkRequest",
    "WorldRequest",
    "request_from_dict",
]

Request = PictureRequest | SfmRequest | IngestRequest | TrainRequest | WorldRequest

_KINDS = {
    kind.NAME: kind
    for kind in (
        ImageRequest,
        AverageRequest,
        GridRequest,
        AtlasRequest,
        AttentionRequest,
        BelongRequest,
        WalkRequest,
        ReconstructRequest,
        SfmRequest,
        IngestRequest,
        TrainRequest,
        WorldRequest,
    )
}


def request_from_dict(data: Mapping[str, Any]) -> Request:
    """The validated request of any kind that a JSON form holds; BadRequest where it holds none."""
    name = data.get("request") if isinstance(data, Mapping) else None
    if not isinstance(name, str) or name not in _KINDS:
        raise BadRequest(f"there is no request of the kind {name!r}; there are {', '.join(_KINDS)}")
    return _KINDS[name].from_dict(data)
