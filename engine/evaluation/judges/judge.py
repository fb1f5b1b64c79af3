"""The judge: reads pictures and answers questions about them; a folder on disk without a pickle."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import interpolate

from engine.atomic import writing_folder
from engine.diffusion.manifest import check_manifest, write_manifest
from engine.errors import BadModel, BadRequest
from engine.evaluation.judges.network import STRIDE, JudgeNetwork
from engine.evaluation.judges.questions import Questions

Images = UInt8[np.ndarray, "N H W 3"] | Sequence[Image.Image]

_CARD = "judge.json"
_WEIGHTS = "judge.safetensors"
_BATCH = 256
_PART = 0.8
"""Share of a picture's side that a closer look sees."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What a judge reads out of N pictures."""

    questions: Questions
    probabilities: Mapping[str, Float[np.ndarray, "N A"]]
    """Of each answer of each choice; they sum to 1."""
    bearings_deg: Mapping[str, Float[np.ndarray, " N"]]
    """Of each direction, in [0, 360)."""
    certainty: Mapping[str, Float[np.ndarray, " N"]]
    """Of each direction: near 1 where the picture tells it, near 0 where it could be any or its opposite."""

    def numbers(self, question: str) -> np.ndarray:
        """Number of the likeliest answer to a choice, (N,)."""
        return self.probabilities[question].argmax(1)

    def answers(self, question: str) -> list[str]:
        """The likeliest answer to a choice, for each picture."""
        words = self.questions.choices[question]
        return [words[number] for number in self.numbers(question)]


class Judge:
    """A trained network with its questions. Answers in batches are the answers one by one."""

    def __init__(self, network: JudgeNetwork, questions: Questions, size_px: int, width: int) -> None:
        self.network, self.questions, self.size_px, self.width = network.eval(), questions, size_px, width

    def to(self, device: torch.device | str) -> "Judge":
        """This judge, on another device."""
        self.network.to(device)
        return self

    @torch.no_grad()
    def read(self, images: Images, closer: bool = False) -> Reading:
        """Answers to every question about each picture; pictures of other sizes are made smaller or larger first.

        With `closer` each picture is looked at five times more, at its corners and its middle, and what the six looks
        say is averaged: a little surer, six times as long.

        Raises BadRequest for no pictures and for an array that is not (N, H, W, 3) of whole numbers up to 255.
        """
        pixels = pixels_of(images, self.size_px)
        device = next(self.network.parameters()).device
        found = [self._looks(normalised(part.to(device)), closer) for part in pixels.split(_BATCH)]
        outputs = {name: torch.cat([part[name] for part in found]).cpu() for name in self.questions}
        pairs = {name: outputs[name] for name in self.questions.directions}
        return Reading(
            self.questions,
            {name: outputs[name].softmax(1).numpy() for name in self.questions.choices},
            {name: _bearing_deg(pair).numpy() for name, pair in pairs.items()},
            {name: pair.norm(dim=1).clamp(max=1).numpy() for name, pair in pairs.items()},
        )

    def _looks(self, pictures: Float[Tensor, "B 3 H W"], closer: bool) -> Mapping[str, Tensor]:
        """Mean of what the network says of the whole and, with `closer`, of parts of it."""
        looks = [self.network(pictures)]
        if closer:
            part = round(self.size_px * _PART)
            rest = self.size_px - part
            for row, column in ((0, 0), (0, rest), (rest, 0), (rest, rest), (rest // 2, rest // 2)):
                cut = pictures[:, :, row : row + part, column : column + part]
                near = interpolate(cut, size=self.size_px, mode="bilinear", antialias=True)
                looks.append(self.network(near.contiguous(memory_format=torch.channels_last)))
        return {name: torch.stack([look[name] for look in looks]).mean(0) for name in self.questions}

    def save(self, folder: Path) -> Path:
        """The folder, once the judge is in it whole. Raises DiskFull."""
        card = {
            "choices": self.questions.choices,
            "directions": self.questions.directions,
            "size_px": self.size_px,
            "width": self.width,
        }
        with writing_folder(folder) as temporary:
            (temporary / _CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
            state = {name: value.contiguous().cpu() for name, value in self.network.state_dict().items()}
            save_file(state, temporary / _WEIGHTS)
            write_manifest(temporary)
        return folder

    @classmethod
    def load(cls, folder: Path) -> "Judge":
        """The judge in a folder, on the CPU. Raises BadModel when it is missing, damaged or changed."""
        check_manifest(folder)
        try:
            card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
            choices = {name: tuple(answers) for name, answers in card["choices"].items()}
            questions = Questions(choices, tuple(card["directions"]))
            network = JudgeNetwork(questions, card["width"])
            network.load_state_dict(load_file(folder / _WEIGHTS))
            return cls(network, questions, card["size_px"], card["width"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise BadModel(
                f"{folder} is not a judge ({error}); train one or copy the folder again"
            ) from error


def pixels_of(images: Images, size_px: int) -> Tensor:
    """Pictures (N, size_px, size_px, 3) in uint8, resized with the pixels in between averaged.

    Raises BadRequest as `Judge.read` does.
    """
    if size_px % STRIDE or size_px <= 0:
        raise BadRequest(f"a judge cannot look at {size_px} px; give a multiple of {STRIDE}")
    if not len(images):
        raise BadRequest("there are no pictures to judge; give at least one")
    if isinstance(images, np.ndarray):
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
            raise BadRequest(
                f"the pictures are an array of {images.dtype} shaped {images.shape}; give uint8 of (N, H, W, 3)"
            )
        if images.shape[1:3] == (size_px, size_px):
            return torch.from_numpy(images)
        images = [Image.fromarray(image) for image in images]
    size = (size_px, size_px)
    resized = [image.convert("RGB").resize(size, Image.Resampling.BOX) for image in images]
    return torch.from_numpy(np.stack([np.asarray(image) for image in resized]))


def normalised(pixels: Tensor) -> Float[Tensor, "B 3 H W"]:
    """What the network takes of pixels (B, H, W, 3): [-1, 1], channels last in memory."""
    return pixels.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def _bearing_deg(pair: Float[Tensor, "B 2"]) -> Float[Tensor, " B"]:
    """Compass bearing of (sine, cosine)."""
    return torch.rad2deg(torch.atan2(pair[:, 0], pair[:, 1])) % 360
