"""The studio: the one way in which page, command line, HTTP and tests get what they ask for."""

import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from engine.errors import BadModel, BadRequest
from engine.studio.console import quiet_libraries
from engine.studio.gallery import Artefact, Gallery, picture_id, write_artefact
from engine.studio.jobs import CancelToken, JobQueue, Progress
from engine.studio.judging import Judges, judge_folder, judge_identity, side_reader, sides_folder
from engine.studio.making import make
from engine.studio.models import ModelShelf
from engine.studio.notices import notices
from engine.studio.picture import check_fits, settled
from engine.studio.requests import (
    IngestRequest,
    PictureRequest,
    ReconstructRequest,
    Request,
    SfmRequest,
    TrainRequest,
    WorldRequest,
)
from engine.studio.sfm import make_from_photos

if TYPE_CHECKING:
    from engine.studio.evidence import Evidence
    from engine.training.step import TrainingStep

HOME_VARIABLE = "GENIUS_LOCI_HOME"
"""Environment variable that names another home."""


class Studio:
    """A home folder with checkpoints/, collections/ and gallery/, and the work that is done in it."""

    def __init__(self, home: Path | None = None) -> None:
        """`home` is $GENIUS_LOCI_HOME, or the program's own folder, when it is None."""
        self.home = home or Path(os.environ.get(HOME_VARIABLE) or Path(__file__).parents[2])
        self.shelf = ModelShelf(self.home / "checkpoints")
        self.judges = Judges()
        self.gallery = Gallery(self.home / "gallery")
        self.jobs = JobQueue(self.run)
        self._busy = threading.Lock()  # a pipeline's scheduler has a state: one run at a time

    def collections(self) -> tuple[Path, ...]:
        """Folders of the collections in the home, by name."""
        return tuple(path.parent for path in sorted((self.home / "collections").glob("*/photos.parquet")))

    def run(
        self,
        request: Request,
        on_progress: Callable[[Progress], None] | None = None,
        cancel: CancelToken | None = None,
        out: Path | None = None,
    ) -> Artefact:
        """What the request asks for, made here and now.

        `out` is the file of a picture, by its ending PNG, JPEG or WEBP; None puts it into the gallery. Raises
        the errors of engine.errors, Cancelled within a step of `cancel`; nothing is left half-written.
        """
        request = request.validate()
        on_progress = on_progress or (lambda progress: None)
        cancel = cancel or CancelToken()
        with self._busy:
            cancel.check()
            started = time.monotonic()
            if isinstance(request, PictureRequest):
                return self._picture(request, on_progress, cancel, out, started)
            if out is not None:
                raise BadRequest("where the result goes is part of this request; leave `out` to pictures")
            if isinstance(request, SfmRequest):
                return make_from_photos(request, on_progress, cancel, started)
            if isinstance(request, IngestRequest):
                return _ingest(request, on_progress, cancel, started)
            if isinstance(request, WorldRequest):
                return _world(request, on_progress, cancel, started)
            return _train(request, on_progress, cancel, started)

    def has_judge(self, model: str) -> bool:
        """Whether a judge lies beside the model of that name. Raises MissingModel."""
        return judge_folder(self.shelf.get(model).path) is not None

    def notices(self, request: PictureRequest) -> tuple[str, ...]:
        """Sentences on what the model does not know of the request; they will come with the picture too."""
        from engine.diffusion.photo_places import PhotoPlaces

        entry = self.shelf.get(request.model)
        if entry.card is None:
            return ()
        return notices(request, entry.card, PhotoPlaces.read(entry.path) if entry.path else None)

    def evidence(self, picture: Artefact, count: int = 6) -> "Evidence":
        """What the photos of a picture's model say of it, the nearest `count` of them one by one.

        Raises MissingModel, BadModel and BadCollection where model or photos cannot be read, BadFile where the picture
        cannot.
        """
        from engine.diffusion.photo_places import PhotoPlaces
        from engine.photos.collection import Collection
        from engine.studio.evidence import collection_of, evidence_of

        assert isinstance(picture.request, PictureRequest)
        entry = self.shelf.get(picture.request.model)
        folder = collection_of(entry.card, self.collections())
        return evidence_of(
            picture,
            PhotoPlaces.read(entry.path) if entry.path else None,
            Collection.open(folder) if folder else None,
            self.home / ".cache" / "evidence",
            count,
            another_model=picture.details.get("model") not in (None, {}, entry.identity),
        )

    def made(self, request: PictureRequest) -> Artefact | None:
        """The picture of this request, where the gallery has it from this very model."""
        entry = self.shelf.get(request.model)
        if entry.card is None or entry.problem:
            return None
        with suppress(BadRequest):
            return self.gallery.get(picture_id(settled(request, entry.card), entry.identity))

    def room(self, request: PictureRequest) -> Path:
        """The folder where the states of long work are kept, the same for all requests that share it."""
        grown = request.of_field if isinstance(request, ReconstructRequest) else request
        return self.home / ".cache" / "grown" / picture_id(grown, self.shelf.get(request.model).identity)

    def warm_up(self) -> None:
        """Load torch and the default model, so that the first picture need not wait for them.

        A request that comes meanwhile waits its turn. What goes wrong is said to who asks for a picture.
        """
        with self._busy, suppress(Exception):
            self.shelf.load(self.shelf.default)

    def close(self) -> None:
        """End the queue and its thread."""
        self.jobs.close()

    def _picture(
        self,
        request: PictureRequest,
        on_progress: Callable[[Progress], None],
        cancel: CancelToken,
        out: Path | None,
        started: float,
    ) -> Artefact:
        entry = self.shelf.get(request.model)
        if entry.card is None or entry.problem:
            raise BadModel(entry.problem or f"{entry.name} has no card")
        check_fits(request, entry.card)
        request = settled(request, entry.card)
        endings = (*_PICTURES, *request.endings)
        if out is not None and out.suffix.lower() not in endings:
            raise BadRequest(f"a picture cannot be written as {out.name!r}; end it in {', '.join(endings)}")
        if out is not None and out.is_dir():
            raise BadRequest(f"{out} is a folder; name the picture's file in it")
        on_progress(Progress(0, request.num_inference_steps or 0, f"loading {entry.name}"))
        model = entry.identity
        judge = self.judges.beside(entry.path) if request.judged else None
        sides = side_reader(entry.path) if isinstance(request, ReconstructRequest) else None
        pipe = self.shelf.load(request.model)
        made = make(pipe, request, on_progress, cancel, self.room(request), judge, sides)
        if judge is not None:
            made = replace(made, details={**made.details, "judge": judge_identity(entry.path)})
        cancel.check()
        noted = self.notices(request)
        seconds = time.monotonic() - started
        if out is None:
            return self.gallery.add(made, request, model, seconds, noted)
        return write_artefact(out, made, request, model, seconds, noted)


_PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def _ingest(
    request: IngestRequest, on_progress: Callable[[Progress], None], cancel: CancelToken, started: float
) -> Artefact:
    from engine.photos.ingest import ingest

    on_photo = _counting(on_progress, cancel, started)
    report = ingest(
        request.sources, request.out, table=request.table, region=request.region, on_progress=on_photo
    )
    details = {
        "taken": report.taken,
        "refused": {str(reason): count for reason, count in report.refused.items()},
    }
    seconds = time.monotonic() - started
    return Artefact(request.out, request, request.out.name, datetime.now(UTC), seconds, details)


def _world(
    request: WorldRequest, on_progress: Callable[[Progress], None], cancel: CancelToken, started: float
) -> Artefact:
    from engine.world.photos import write_photos

    written = write_photos(
        request.out,
        request.count,
        request.seed,
        request.landmark,
        request.size_px,
        request.light,
        on_progress=_counting(on_progress, cancel, started),
    )
    seconds = time.monotonic() - started
    details = {"written": written}
    return Artefact(request.out, request, request.out.name, datetime.now(UTC), seconds, details)


def _counting(
    on_progress: Callable[[Progress], None], cancel: CancelToken, started: float
) -> Callable[[int, int], None]:
    """A callback of work that counts photos, which reports them and raises Cancelled on request."""

    def on_photo(done: int, total: int) -> None:
        elapsed = time.monotonic() - started
        eta_s = elapsed / done * (total - done) if done else None
        on_progress(Progress(done, total, f"photo {done:,} of {total:,}", eta_s))
        cancel.check()

    return on_photo


def _train(
    request: TrainRequest, on_progress: Callable[[Progress], None], cancel: CancelToken, started: float
) -> Artefact:
    from engine.evaluation.gps_clip.config import load_gps_clip_preset
    from engine.evaluation.gps_clip.making import train_gps_clip
    from engine.evaluation.sides import learn_sides
    from engine.training.angle import train_angle
    from engine.training.angle_config import load_angle_preset
    from engine.training.config import load_preset
    from engine.training.gps import train_gps

    quiet_libraries()

    def on_step(step: "TrainingStep") -> None:
        figures = {"loss": step.loss, "learning_rate": step.learning_rate, "steps_per_s": step.steps_per_s}
        metrics = {name: value for name, value in figures.items() if math.isfinite(value)}
        preview = None
        if step.samples:
            with Image.open(step.samples[-1]) as sample:
                preview = sample.convert("RGB")
        message = f"{step.stage}, step {step.step:,} of {step.max_train_steps:,}"
        on_progress(Progress(step.step, step.max_train_steps, message, step.eta_s, preview, metrics))
        cancel.check()

    said: list[str] = []
    where, how = (request.collection, request.out), {"resume": request.resume, "on_step": on_step}
    if request.kind == "judge":
        config = load_gps_clip_preset(request.preset, **request.overrides)
        folder = train_gps_clip(*where, config, **how, on_notice=said.append)
    elif request.kind == "angle":
        config = load_angle_preset(request.preset, **request.overrides)
        how["begin_with"] = request.begin_with
        folder = train_angle(*where, request.base, request.ring, config, **how, on_notice=said.append)
        if config.judge_epochs:
            told = (config.judge_epochs, config.seed, on_step)
            learn_sides(request.collection, request.ring, sides_folder(folder), *told)
    else:
        folder = train_gps(*where, request.base, load_preset(request.preset, **request.overrides), **how)
    seconds = time.monotonic() - started
    details = {"notices": said} if said else {}
    return Artefact(folder, request, folder.name, datetime.now(UTC), seconds, details)
