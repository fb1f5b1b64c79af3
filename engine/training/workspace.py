"""The working folder of a run, beside the model that it makes: what it holds, and whether a run may begin or go on.

    lund.training/
        run.json        what is being trained: photos, base, settings
        log.jsonl       one line a step
        autoencoder/    the fitted autoencoder, for a base of random weights
        text_encoder/   the fitted text encoder and its tokenizer, for a base that has to learn to read
        fitting/        checkpoints of the two while they are fitted
        checkpoints/    step-000200, step-000400
        samples/        step-000200-0.png, ...

Once the model is finished it may be deleted; with it, training can go on for more steps.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.atomic import write_bytes
from engine.errors import BadRequest, OutputExists
from engine.training.checkpoint import checkpoints_in, sweep

_LASTING = (
    "photos_sha256",
    "base",
    "conditions",
    "resolution_px",
    "lora_rank",
    "lora_layers",
    "own_unet_channels",
    "prediction_type",
    "seed",
    # of an angle model
    "landmark",
    "centre",
    "azimuth_bin_deg",
    "bin_weight_cap",
    "own_captions",
    "prior_loss_weight",
    "prior_count",
    # of a GPS judge
    "width",
    "embedding_width",
    "place_tower",
    "place_width",
    "num_frequencies",
    "words",
)
"""What must not change between a run and its continuation, because weights or data depend on it."""


@dataclass(frozen=True)
class Workspace:
    """Paths of one run."""

    out: Path
    """Folder of the model."""

    @property
    def folder(self) -> Path:
        """The working folder."""
        return self.out.with_name(f"{self.out.name}.training")

    @property
    def request(self) -> Path:
        """What is being trained."""
        return self.folder / "run.json"

    @property
    def log(self) -> Path:
        """One JSON object a step."""
        return self.folder / "log.jsonl"

    @property
    def autoencoder(self) -> Path:
        """The fitted autoencoder in diffusers' layout."""
        return self.folder / "autoencoder"

    @property
    def text_encoder(self) -> Path:
        """The fitted text encoder and its tokenizer."""
        return self.folder / "text_encoder"

    @property
    def fitting(self) -> Path:
        """Folder of the checkpoints of what is fitted before the training itself."""
        return self.folder / "fitting"

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.folder / "checkpoints"

    @property
    def samples(self) -> Path:
        """Folder of the sample pictures."""
        return self.folder / "samples"

    @property
    def tensorboard(self) -> Path:
        """Folder of TensorBoard's events."""
        return self.folder / "tensorboard"

    @property
    def newest_checkpoint(self) -> Path | None:
        """The checkpoint to go on from."""
        return next(reversed(checkpoints_in(self.checkpoints)), None)

    def check(self, max_train_steps: int, resume: bool) -> None:
        """Nothing, when the run may begin, or go on with `resume`.

        Raises OutputExists when it would overwrite a model or an unfinished run, or has nothing left to do.
        """
        newest = self.newest_checkpoint
        if not resume and self.out.exists():
            raise OutputExists(f"{self.out} exists already; choose another folder, or delete it first")
        if not resume and newest:
            raise OutputExists(
                f"{self.folder} holds an unfinished run ({newest.name}); resume it, or delete the folder first"
            )
        if resume and self.out.exists():
            done = int(newest.name.removeprefix("step-")) if newest else None
            if done is None:
                raise OutputExists(
                    f"{self.out} is finished and has no checkpoints in {self.folder} to go on from; "
                    "choose another folder"
                )
            if done >= max_train_steps:
                raise OutputExists(
                    f"{self.out} is finished with {done} steps; ask for more than that, or choose another folder"
                )

    def begin(self, request: Mapping[str, Any], resume: bool) -> None:
        """Make the folder ready: swept of what killed runs left, empty unless `resume`, with `request` in run.json.

        Raises BadRequest when the run to go on with was of something else.
        """
        if not resume and self.folder.exists():
            shutil.rmtree(self.folder)
        request = json.loads(json.dumps(request))  # as the file has it: a tuple comes back as a list
        if self.request.exists():
            before = json.loads(self.request.read_text(encoding="utf-8"))
            for name in _LASTING:
                if before.get(name) != request.get(name):
                    raise BadRequest(
                        f"the run in {self.folder} had {name} {before.get(name)!r}, not {request.get(name)!r}; "
                        "resume it with what it began with, or choose another folder"
                    )
        write_bytes(self.request, (json.dumps(request, indent=2) + "\n").encode())
        for folder in (self.checkpoints, self.samples):
            folder.mkdir(exist_ok=True)
            sweep(folder)
        sweep(self.folder)
