"""The verbs `train gps`, `train angle` and `train judge`: a collection becomes a model of a place, or its judge."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from typing import Any

import tyro

from engine.errors import Cancelled
from engine.evaluation.gps_clip.config import GpsClipConfig, gps_clip_preset_names, load_gps_clip_preset
from engine.geo.place import Place
from engine.studio.jobs import CancelToken
from engine.studio.requests import TrainRequest
from engine.studio.verbs.verb import Outcome, Verb, ctrl_c_asks, done
from engine.training.angle_config import AngleConfig, angle_preset_names, load_angle_preset
from engine.training.config import RunConfig, TrainingConfig, gps_preset_names, load_preset

_DEFAULT = "demo"
_DEFAULT_ANGLE = "companion-angle"
_DEFAULT_JUDGE = "small-judge"

Settings = RunConfig | GpsClipConfig


@dataclass(frozen=True, kw_only=True)
class Train(Verb):
    """What every training is told. Every setting of the preset is a flag beside."""

    collection: tyro.conf.Positional[Path]
    """Folder of the collection to learn from."""
    out: Path
    """Folder of the new model."""
    resume: bool = False
    """Go on from the last checkpoint in OUT."""

    def _train(self, settings: Settings, preset: Settings, **asked: Any) -> Outcome:
        """What a training comes to; of its settings only those that differ from the preset are asked for, so that the
        request says what was decided."""
        from engine.studio.studio import Studio

        began = vars(preset)
        changed = {name: value for name, value in vars(settings).items() if value != began[name]}
        given = {"preset": settings.preset, "overrides": changed, "resume": self.resume}
        cancel = CancelToken()
        try:
            with ctrl_c_asks(cancel):
                artefact = done(
                    Studio(), TrainRequest(self.collection, self.out, **given, **asked), cancel=cancel
                )
        except Cancelled:
            raise Cancelled("stopped; the same line with --resume goes on from here") from None
        return Outcome(f"the model is in {artefact.path}", artefact.to_dict(), notices=artefact.notices)


@dataclass(frozen=True, kw_only=True)
class TrainGps(Train):
    """Teach a Stable Diffusion where photos were taken. Every setting of the preset is a flag."""

    base: str = "tiny"
    """Stable Diffusion 1.x or 2.x to begin from: a folder, a hub id, or tiny."""
    settings: tyro.conf.OmitArgPrefixes[TrainingConfig] = field(default_factory=lambda: load_preset(_DEFAULT))
    """The numbers of the run, from the preset where no flag says otherwise."""

    def run(self) -> Outcome:
        return self._train(self.settings, load_preset(self.settings.preset), base=self.base)


@dataclass(frozen=True, kw_only=True)
class TrainAngle(Train):
    """Teach a Stable Diffusion the sides of a landmark. Every setting of the preset is a flag."""

    base: str
    """Stable Diffusion 1.x or 2.x to begin from: a folder, which may be a model that `train gps` made, or a hub id."""
    centre: str
    """Where the landmark stands: latitude and longitude, like 48.8738,2.2950."""
    radius_m: float
    """Photos farther away are left out."""
    min_distance_m: float = 10.0
    """Nearer ones too: they may be taken inside it."""
    landmark: str
    """Its name; every photo is learned as "A photo of {landmark}"."""
    begin_with: Path | None = None
    """Companion of another landmark whose weights a new UNet begins with, which is quicker than with none."""
    settings: tyro.conf.OmitArgPrefixes[AngleConfig] = field(
        default_factory=lambda: load_angle_preset(_DEFAULT_ANGLE)
    )
    """The numbers of the run, from the preset where no flag says otherwise."""

    def run(self) -> Outcome:
        return self._train(
            self.settings,
            load_angle_preset(self.settings.preset),
            kind="angle",
            base=self.base,
            centre=Place.parse(self.centre),
            radius_m=self.radius_m,
            min_distance_m=self.min_distance_m,
            landmark=self.landmark,
            begin_with=self.begin_with,
        )


@dataclass(frozen=True, kw_only=True)
class TrainJudge(Train):
    """Teach a judge which pictures fit which places and words. Every setting of the preset is a flag."""

    settings: tyro.conf.OmitArgPrefixes[GpsClipConfig] = field(
        default_factory=lambda: load_gps_clip_preset(_DEFAULT_JUDGE)
    )
    """The numbers of the run, from the preset where no flag says otherwise."""

    def run(self) -> Outcome:
        return self._train(self.settings, load_gps_clip_preset(self.settings.preset), kind="judge")


def train_gps(argv: Sequence[str]) -> type[Any]:
    """The verb with the settings of the preset that `argv` names, so that --help shows its numbers."""
    return _with_preset(TrainGps, TrainingConfig, load_preset, _named(argv, gps_preset_names(), _DEFAULT))


def train_angle(argv: Sequence[str]) -> type[Any]:
    """The verb with the settings of the preset that `argv` names, so that --help shows its numbers."""
    preset = _named(argv, angle_preset_names(), _DEFAULT_ANGLE)
    return _with_preset(TrainAngle, AngleConfig, load_angle_preset, preset)


def train_judge(argv: Sequence[str]) -> type[Any]:
    """The verb with the settings of the preset that `argv` names, so that --help shows its numbers."""
    preset = _named(argv, gps_clip_preset_names(), _DEFAULT_JUDGE)
    return _with_preset(TrainJudge, GpsClipConfig, load_gps_clip_preset, preset)


def _named(argv: Sequence[str], presets: Sequence[str], default: str) -> str:
    named = re.search(r"(?:^| )--preset[= ](\S+)", " ".join(argv))
    return named[1] if named and named[1] in presets else default


def _with_preset(
    verb: type[Train], kind: type[Settings], load: Callable[[str], Settings], preset: str
) -> type[Any]:
    settings = ("settings", tyro.conf.OmitArgPrefixes[kind], field(default_factory=lambda: load(preset)))
    about = {"__doc__": verb.__doc__}
    return make_dataclass(
        verb.__name__, [settings], bases=(verb,), namespace=about, frozen=True, kw_only=True
    )
