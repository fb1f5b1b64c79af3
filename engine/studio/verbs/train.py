"""The verb `train gps`: a collection becomes a model of its place."""

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import tyro

from engine.errors import Cancelled
from engine.studio.jobs import CancelToken
from engine.studio.requests import TrainRequest
from engine.studio.verbs.verb import Outcome, Verb, done
from engine.training.config import TrainingConfig, load_preset, preset_names

_DEFAULT = "demo"


@dataclass(frozen=True, kw_only=True)
class TrainGps(Verb):
    """Teach a Stable Diffusion where photos were taken. Every setting of the preset is a flag."""

    collection: tyro.conf.Positional[Path]
    """Folder of the collection to learn from."""
    out: Path
    """Folder of the new model."""
    base: str = "tiny"
    """Stable Diffusion 1.x or 2.x to begin from: a folder, a hub id, or tiny."""
    resume: bool = False
    """Go on from the last checkpoint in OUT."""
    settings: tyro.conf.OmitArgPrefixes[TrainingConfig] = field(default_factory=lambda: load_preset(_DEFAULT))
    """The numbers of the run, from the preset where no flag says otherwise."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        preset = self.settings.preset
        # Only what differs from the preset is asked for, so that the request says what was decided.
        began = vars(load_preset(preset))
        changed = {name: value for name, value in vars(self.settings).items() if value != began[name]}
        request = TrainRequest(
            self.collection,
            self.out,
            base=self.base,
            preset=preset,
            overrides=changed,
            resume=self.resume,
        )
        cancel = CancelToken()
        try:
            with _ctrl_c_asks(cancel):
                artefact = done(Studio(), request, cancel=cancel)
        except Cancelled:
            raise Cancelled("stopped; the same line with --resume goes on from here") from None
        return Outcome(f"the model is in {artefact.path}", artefact.to_dict())


@contextmanager
def _ctrl_c_asks(cancel: CancelToken) -> Iterator[None]:
    """Within the block, the first Ctrl+C asks for an end that keeps a checkpoint; the second ends at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        cancel.cancel()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def train_gps(argv: Sequence[str]) -> type[Any]:
    """The verb with the settings of the preset that `argv` names, so that --help shows its numbers."""
    named = re.search(r"(?:^| )--preset[= ](\S+)", " ".join(argv))
    preset = named[1] if named and named[1] in preset_names() else _DEFAULT
    settings = (
        "settings",
        tyro.conf.OmitArgPrefixes[TrainingConfig],
        field(default_factory=lambda: load_preset(preset)),
    )
    about = {"__doc__": TrainGps.__doc__}
    return make_dataclass(
        "TrainGps", [settings], bases=(TrainGps,), namespace=about, frozen=True, kw_only=True
    )
