"""Sides: whether pictures of a landmark show the side that was asked for, by a judge that learned from its photos."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.conditions import SIDES
from engine.evaluation.figures import Figure
from engine.evaluation.judges.judge import Images, Judge
from engine.evaluation.judges.learning import Epoch, JudgeConfig, train_judge
from engine.evaluation.judges.questions import side_labels, side_questions
from engine.evaluation.pictures import Ask
from engine.photos.collection import Collection
from engine.training.ring import Ring, photos_around
from engine.training.run import with_picture
from engine.training.squares import read_batches
from engine.training.step import OnStep, Pace

CHANCE = 1 / SIDES
"""Share of exact bins where a picture tells nothing."""
_DISTINCT = 0.6
"""Share of exact bins in real photos from which on a landmark has sides that can be told apart."""
_METER_WIDTH, _METER_BATCH, _READ = 12, 64, 32


@dataclass(frozen=True)
class SideMarks:
    """How often the side was right among `count` pictures."""

    exact: float
    """Share in the bin that was asked for."""
    near: float
    """Share in that bin or one of its neighbours."""
    median_off_deg: float
    """Of the azimuth that is read as a bearing."""
    count: int

    @property
    def distinct(self) -> bool:
        """Whether the sides can be told apart, where these are the marks of real photos."""
        return self.exact >= _DISTINCT


def mark_sides(judge: Judge, pictures: Images, azimuths_deg: NDArray[np.float64]) -> SideMarks:
    """What a judge with `side_questions` makes of pictures from known azimuths. Raises BadRequest as `Judge.read`."""
    reading = judge.read(pictures)
    off = (reading.numbers("bin") - side_labels(azimuths_deg)["bin"] + SIDES // 2) % SIDES - SIDES // 2
    turned = (reading.bearings_deg["azimuth"] - azimuths_deg + 180) % 360 - 180
    return SideMarks(
        exact=float((off == 0).mean()),
        near=float((np.abs(off) <= 1).mean()),
        median_off_deg=float(np.median(np.abs(turned))),
        count=len(azimuths_deg),
    )


def learn_sides(
    collection: Path, ring: Ring, out: Path, epochs: int, seed: int = 0, on_step: OnStep | None = None
) -> Path:
    """Folder `out` of a small judge that has looked `epochs` times at every photo in the ring: a megabyte that tells of
    a growing landmark whether its views show their sides.

    It keeps a checkpoint after every epoch and goes on from there. Raises BadCollection, BadFile, DiskFull, and what
    `on_step` raises.
    """
    photos = photos_around(with_picture(Collection.open(collection).photos), ring)
    config = JudgeConfig(
        width=_METER_WIDTH, epochs=epochs, batch_size=min(_METER_BATCH, len(photos)), closest=0.8, seed=seed
    )
    paths = [collection.resolve() / path for path in photos["path"].to_pylist()]
    squares = [
        (batch.permute(0, 2, 3, 1) * 127.5 + 127.5).round().byte().numpy()
        for batch in read_batches(paths, config.size_px, _READ)
    ]
    pace, state = Pace("sides", epochs, on_step), out.with_name(f"{out.name}.training")

    def on_epoch(epoch: Epoch) -> None:
        pace.tell(epoch.number, epoch.loss)

    judge = train_judge(
        np.concatenate(squares),
        side_labels(photos["azimuth_deg"].to_numpy()),
        side_questions(),
        config,
        state=state,
        on_epoch=on_epoch,
    )
    judge.save(out)
    shutil.rmtree(state)
    return out


def side_asks(
    prompt: str, per_bin: int, seed: int = 0, told: dict[str, float] | None = None, azimuth: bool = True
) -> tuple[list[Ask], NDArray[np.float64]]:
    """`per_bin` pictures from the middle of every bin, each with noise of its own, and their azimuths.

    `told` are conditions beside the azimuth; without `azimuth` the pictures are asked for in the same way, but not
    told it.
    """
    azimuths = np.tile(np.arange(SIDES) * 360.0 / SIDES, per_bin)
    asks = [
        Ask(prompt, {**(told or {}), **({"azimuth": float(each)} if azimuth else {})}, seed + number)
        for number, each in enumerate(azimuths)
    ]
    return asks, azimuths


def side_figures(what: str, marks: SideMarks, exact: str = "", near: str = "") -> list[Figure]:
    """The marks as figures, with the targets `exact` and `near` where there are any."""
    return [
        Figure(f"{what}, exact bin of {SIDES}", marks.exact, "%", marks.count, exact),
        Figure(f"{what}, within one bin", marks.near, "%", marks.count, near),
        Figure(f"{what}, median off", marks.median_off_deg, "degrees", marks.count),
    ]


def reader_of(judge: Judge) -> Callable[[Float[Tensor, "B 3 H W"], Sequence[float]], float]:
    """The meter of a growing landmark: share of its views in [0, 1] that are read within one bin of their azimuth."""

    def read(views: Float[Tensor, "B 3 H W"], azimuths_deg: Sequence[float]) -> float:
        pixels = (views.permute(0, 2, 3, 1).clamp(0, 1) * 255).round().byte().numpy()
        return mark_sides(judge, pixels, np.array(azimuths_deg)).near

    return read
