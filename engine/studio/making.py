"""Making: which way leads from each kind of picture request to its result."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.studio.atlas.making import make_atlas
from engine.studio.attention import make_attention
from engine.studio.average import make_average
from engine.studio.belonging import make_belonging
from engine.studio.grid import make_grid
from engine.studio.jobs import CancelToken, Progress
from engine.studio.made import Made
from engine.studio.notices import within_reach
from engine.studio.picture import make_picture
from engine.studio.reconstruction import make_reconstruction
from engine.studio.requests import (
    AtlasRequest,
    AttentionRequest,
    AverageRequest,
    BelongRequest,
    GridRequest,
    ImageRequest,
    PictureRequest,
    ReconstructRequest,
    WalkRequest,
)
from engine.studio.walk import make_walk

if TYPE_CHECKING:
    from engine.diffusion.pipeline import PlacePipeline
    from engine.evaluation.gps_clip.judge import GpsClip
    from engine.landmark.distillation.meters import AngleReader

_WAYS: dict[type[PictureRequest], Callable[..., Made]] = {
    ImageRequest: make_picture,
    AverageRequest: make_average,
    GridRequest: make_grid,
    AtlasRequest: make_atlas,
    AttentionRequest: make_attention,
    BelongRequest: make_belonging,
    WalkRequest: make_walk,
}


def make(
    pipe: "PlacePipeline",
    request: PictureRequest,
    on_progress: Callable[[Progress], None],
    cancel: CancelToken,
    room: Path,
    judge: "GpsClip | None" = None,
    angle_reader: "AngleReader | None" = None,
) -> Made:
    """What a settled request that fits the model becomes, judged by the model's judge where it is to be and there is
    one. Raises what its way raises, and Cancelled.

    Long work keeps its states in a folder, `room`; a growing landmark is read by `angle_reader`.
    """
    if isinstance(request, ReconstructRequest):
        return make_reconstruction(pipe, request, on_progress, cancel, room, angle_reader)
    way: Any = _WAYS[type(request)]
    judges = {"judge": judge} if judge is not None else {}
    return way(pipe, within_reach(request, pipe.card), on_progress, cancel, **judges)
