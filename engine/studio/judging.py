"""Judging: the judge that lies beside a model, and what it says of a picture that was made.

The judge of a model in `checkpoints/demo` is the folder `checkpoints/demo.judge`. It lies beside the model and not in
it, so that the model stays the same to a byte with a judge or without, and one that is trained anew keeps its own.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.diffusion.manifest import manifest_hash
from engine.errors import BadModel
from engine.evaluation.gps_clip import CARD_FILE
from engine.studio.console import quiet_libraries

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.evaluation.gps_clip.judge import GpsClip
    from engine.geo.place import Place
    from engine.landmark.distillation.meters import AngleReader

ENDING: Final = ".judge"
"""What the name of a judge's folder has more than its model's."""
SIDES_ENDING: Final = ".sides"
"""The same of a judge of a landmark's sides."""
_DECIMALS: Final = 2


def is_judge(folder: Path) -> bool:
    """Whether a folder is meant to be a judge, and so is no model."""
    return folder.suffix in (ENDING, SIDES_ENDING) or (folder / CARD_FILE).is_file()


def judge_folder(model: Path | None) -> Path | None:
    """The folder of the judge that lies beside a model's folder; None where there is none."""
    return _beside(model, ENDING)


def sides_folder(model: Path) -> Path:
    """Where the judge of the sides of a landmark's model lies, or would lie."""
    whole = model.resolve()
    return whole.with_name(whole.name + SIDES_ENDING)


def side_reader(model: Path | None) -> "AngleReader | None":
    """What the judge of sides beside a landmark's model reads out of views; None where there is none.

    Raises BadModel where it is damaged.
    """
    folder = _beside(model, SIDES_ENDING)
    if folder is None:
        return None
    from engine.evaluation.judges.judge import Judge
    from engine.evaluation.sides import reader_of

    return reader_of(Judge.load(folder))


def _beside(model: Path | None, ending: str) -> Path | None:
    if model is None:
        return None
    whole = model.resolve()
    folder = whole.with_name(whole.name + ending)
    return folder if folder.is_dir() else None


def judge_identity(model: Path | None) -> str | None:
    """Hash of the manifest of the judge beside a model, which says which weights it has; None where there is none.

    Raises BadModel where it has no manifest.
    """
    folder = judge_folder(model)
    try:
        return manifest_hash(folder) if folder else None
    except OSError as error:
        raise BadModel(f"{folder} is damaged ({error}); copy or train the judge again") from error


class Judges:
    """The judges beside models; the last used one stays in memory."""

    def __init__(self) -> None:
        self._loaded: tuple[tuple[Path, str | None], GpsClip] | None = None
        self._lock = threading.Lock()

    def beside(self, model: Path | None) -> "GpsClip | None":
        """The judge beside a model's folder, ready to use; None where there is none.

        Raises BadModel where it is damaged, and MissingModel where it looks with a frozen network that is not here.
        """
        folder = judge_folder(model)
        if folder is None:
            return None
        key = (folder, judge_identity(model))
        with self._lock:
            if self._loaded is None or self._loaded[0] != key:
                from engine.evaluation.gps_clip.judge import GpsClip

                quiet_libraries()
                self._loaded = (key, GpsClip.load(folder))
            return self._loaded[1]


def scores_of(judge: "GpsClip", picture: "Image", place: "Place | None", prompt: str) -> dict[str, float]:
    """How well a picture fits its place (`gps`) and its words (`words`), 100 for a perfect fit; at most 2 decimals.

    Without `gps` where it has no place within the box of the judge, which knows nothing of others; without `words`
    where the judge knows none of them.
    """
    import numpy as np

    scores = {}
    if place is not None and judge.card.box.contains(place):
        scores["gps"] = float(judge.place_scores([picture], [place])[0])
    if prompt.strip() and judge.reads_words:
        scores["words"] = float(judge.word_scores([picture], [prompt])[0])
    return {name: round(score, _DECIMALS) for name, score in scores.items() if np.isfinite(score)}
